"""Every verb's help ends with what its exit status means; completion knows the verbs and costs no other one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALLOUT = str(Path(sys.executable).with_name("callout"))


@pytest.mark.parametrize("words", [["list"], ["time"], ["time", "stop"], ["patch", "sign"], []])
def test_help_says_what_the_exit_status_means(words: list[str]) -> None:
    done = subprocess.run([CALLOUT, *words, "--help"], capture_output=True, text=True, check=True)
    assert " ".join(done.stdout.split()).endswith("130 interrupted.")


@pytest.mark.parametrize(
    ("typed", "place", "offered"), [("callout pa", "1", "patch"), ("callout time st", "2", "start stop")]
)
def test_completion_offers_verbs(typed: str, place: str, offered: str) -> None:
    asked = {"_CALLOUT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": place}
    done = subprocess.run([CALLOUT], env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered.split()
