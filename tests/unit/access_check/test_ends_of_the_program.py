"""How access-check ends where its output cannot be written, or where the fault is our own: one sentence, one status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = "from access_check.cli import run; run()"
# A command that nobody has thought through: what it says may be a secret.
BREAKS = """
from access_check.cli import app, run
@app.command()
def breaks():
    raise ZeroDivisionError("canary-4711")
run()
"""


def run(program: str, *words: str, stdout: Any = subprocess.PIPE, **more: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, **more}
    started = [sys.executable, "-c", program, *words]
    return subprocess.run(started, stdout=stdout, stderr=subprocess.PIPE, text=True, env=settings, check=False)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("words", "status"), [(("--help",), 1), (("--format", "nagios", "-i", "/nowhere"), 3)])
def test_a_full_disk_is_a_sentence(words: tuple[str, ...], status: int, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(PROGRAM, *words, stdout=full, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == status
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("access-check: Standard output cannot be written: No space left on device;")


@pytest.mark.parametrize(("words", "status"), [(("--help",), 1), (("--format", "nagios", "-i", "/nowhere"), 3)])
def test_a_reader_that_has_gone_is_a_sentence(words: tuple[str, ...], status: int) -> None:
    ours, its = os.pipe()
    os.close(ours)
    done = run(PROGRAM, *words, stdout=its)
    os.close(its)
    assert done.returncode == status
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("access-check: Whoever read standard output has gone")


def test_where_nothing_can_be_said_at_all_the_status_still_is() -> None:
    with Path("/dev/full").open("wb") as full:
        words = [sys.executable, "-c", PROGRAM, "-i", "/nowhere"]
        assert subprocess.run(words, stdout=full, stderr=full, check=False).returncode == 2


def test_a_fault_of_ours_is_a_sentence_and_where_the_details_are() -> None:
    done = run(BREAKS, "breaks", CALLOUT_DEBUG="")
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first == "access-check: our own fault: ZeroDivisionError."
    assert "CALLOUT_DEBUG=1" in second


def test_the_details_are_there_for_who_asks() -> None:
    done = run(BREAKS, "breaks", CALLOUT_DEBUG="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "canary-4711" in done.stderr
    assert done.stderr.splitlines()[-2] == "access-check: our own fault: ZeroDivisionError."
