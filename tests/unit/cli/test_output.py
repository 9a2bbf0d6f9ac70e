"""What is printed: whatever the terminal's alphabet, and nothing that moves its cursor."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import Draft, open_ledger

ROOT = Path(__file__).parent.parent.parent.parent
CALLOUT = str(Path(sys.executable).with_name("callout"))
NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with closing(open_ledger(f"sqlite:///{tmp_path}/.callout/ledger.sqlite", lambda: NOW)) as ledger:
        body = {"ticket": "T-1", "reason": "Türsprechstelle"}
        ledger.append(Draft("opened", NOW, "eva", "acme", "acme-pbx1", "NEW", body))
        started = {"started_at": "2026-03-03T00:00:00.000000Z", "ticket": "T-1"}
        ledger.append(Draft("work_started", NOW, "eva\x1b[2J", "acme", "acme-pbx1", "", started))
    return tmp_path


def run(place: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONIOENCODING": "", **environment}
    return subprocess.run(
        [CALLOUT, *words, "-i", str(place)], env=settings, capture_output=True, text=True, check=False
    )


def test_a_terminal_without_unicode_is_no_reason_to_fail(place: Path) -> None:
    done = run(place, "list", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "T\\xfcrsprechstelle" in done.stdout


def test_nothing_that_is_said_moves_the_cursor(place: Path) -> None:
    """Who works is a name from the environment; what is typed comes back in the sentence."""
    assert "\x1b" not in run(place, "time", "list").stdout
    refused = run(place, "show", "CO-\x1b[2J")
    assert refused.returncode == 2
    assert "\x1b" not in refused.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["list", "list --json", "bill --customer initech --month 2026-03"])
def test_a_full_disk_is_a_sentence(place: Path, words: str, unbuffered: str) -> None:
    shutil.copytree(ROOT / "inventory" / "example", place, dirs_exist_ok=True)
    shutil.copy(place / "group_vars/all/vault.yml.example", place / "group_vars/all/vault.yml")
    settings = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    called = [CALLOUT, *words.split(), "-i", str(place)]
    options: dict[str, Any] = {"stderr": subprocess.PIPE, "text": True, "env": settings, "cwd": place, "check": False}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(called, stdout=full, **options)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("callout: Standard output cannot be written: No space left on device;")
    assert second.startswith("  What was recorded stays recorded")


@pytest.mark.parametrize("words", [("list",), ("--help",), ("--version",)])
def test_a_reader_that_has_gone_is_a_sentence(place: Path, words: tuple[str, ...]) -> None:
    ours, its = os.pipe()
    os.close(ours)
    behind = ["-i", str(place)] if words == ("list",) else []
    done = subprocess.run([CALLOUT, *words, *behind], stdout=its, stderr=subprocess.PIPE, text=True, check=False)
    os.close(its)
    assert done.returncode == 1
    assert done.stderr.startswith("callout: Whoever read standard output has gone")
    assert "Traceback" not in done.stderr


def test_the_version_is_asked_for_without_a_verb() -> None:
    done = subprocess.run([CALLOUT, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("callout ")
