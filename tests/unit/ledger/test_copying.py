"""A backup is a ledger: whole while others write, verified, private, whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from callout.ansible_face.rehearsal import rehearsal_ledger
from callout.errors import BadInput, CalloutError
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import LedgerDamaged, verify_chain
from callout.ledger.copying import back_up, write_lines
from callout.places import Places
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]


def test_a_backup_is_the_same_ledger(ledger: Ledger, draft: Make, tmp_path: Path) -> None:
    """From either database; restored by naming it, it goes on."""
    ledger.append(*(draft("noted", number=number) for number in range(30)))
    file = tmp_path / "kept" / "ledger.backup"
    file.parent.mkdir()
    assert back_up(ledger, file, lambda: NOW) == (30, list(ledger.rows())[-1]["hash"])
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
    with closing(open_ledger(f"sqlite:///{file}", lambda: NOW)) as restored:
        assert list(restored.rows()) == list(ledger.rows())
        assert restored.append(draft("opened", "NEW"))[0].callout == "CO-0001"
        assert verify_chain(restored.rows(), restored.complaints())[0].code == "whole"


def test_nothing_is_overwritten(file_ledger: Ledger, draft: Make, tmp_path: Path) -> None:
    file_ledger.append(draft())
    file = tmp_path / "there"
    file.write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        back_up(file_ledger, file, lambda: NOW)
    with pytest.raises(BadInput, match="is there already"):
        write_lines(["x"], file)
    assert file.read_text() == "mine"


def test_a_damaged_ledger_is_not_backed_up(file_ledger: Ledger, path: Path, draft: Make, tmp_path: Path) -> None:
    """A backup that looks whole and is not would be kept for years."""
    file_ledger.append(draft(number=1), draft(number=2))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DROP TRIGGER events_are_never_changed")
        other.execute("UPDATE events SET actor = 'mallory' WHERE seq = 2")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(LedgerDamaged, match="event 2"):
        back_up(file_ledger, tmp_path / "kept", lambda: NOW)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_is_a_sentence(file_ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(CalloutError, match="cannot be written: No such file"):
        back_up(file_ledger, tmp_path / "none" / "kept", lambda: NOW)


def test_check_mode_works_on_a_copy(url: str, ledger: Ledger, draft: Make, tmp_path: Path) -> None:
    """Whichever database the ledger is in: what is recorded in check mode is recorded in the copy."""
    ledger.append(draft("opened", "NEW"))
    places = Places(tmp_path / "inventory", tmp_path / "check", url)
    with closing(open_ledger(rehearsal_ledger(places, lambda: NOW, os.getpid()), lambda: NOW)) as copied:
        assert list(copied.rows()) == list(ledger.rows())
        assert copied.append(draft("opened", "NEW"))[0].callout == "CO-0002"
    assert len(list(ledger.rows())) == 1


WRITER = """
import datetime as dt, sys
from callout.ledger import Draft, open_ledger
now = lambda: dt.datetime.now(dt.UTC)
ledger = open_ledger(sys.argv[1], now)
while True:
    ledger.append(Draft("noted", now(), "eva", body={"text": "x" * 500}))
"""


def test_others_write_meanwhile(url: str, ledger: Ledger, draft: Make, tmp_path: Path) -> None:
    """What is in the copy is a beginning of the ledger; nobody was kept from writing."""
    ledger.append(*(draft(text="x" * 500) for _ in range(3000)))
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url])
    try:
        while len(list(ledger.events(kind="noted"))) < 3001:
            time.sleep(0.05)
        seq, _ = back_up(ledger, tmp_path / "kept", lambda: NOW)
    finally:
        writer.kill()
        writer.wait()
    assert seq >= 3001
    with closing(open_ledger(str(tmp_path / "kept"), lambda: NOW)) as copied:
        assert list(copied.rows()) == list(ledger.rows())[:seq]


KILLED = """
import datetime as dt, sys
from pathlib import Path
from callout.ledger import open_ledger
from callout.ledger.copying import back_up
now = lambda: dt.datetime.now(dt.UTC)
print("begun", flush=True)
back_up(open_ledger(sys.argv[1], now), Path(sys.argv[2]), now)
"""


def test_a_kill_leaves_no_half_backup(file_ledger: Ledger, path: Path, draft: Make, tmp_path: Path) -> None:
    """Killed at several moments: there is none, or a whole one; the next one clears away what is left."""
    file_ledger.append(*(draft(text="x" * 300) for _ in range(3000)))
    folder = tmp_path / "kept"
    folder.mkdir()
    for number in range(6):
        file = folder / "ledger.backup"
        words = [sys.executable, "-c", KILLED, str(path), str(file)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.02 + number * 0.03)
            process.send_signal(signal.SIGKILL)
        if file.exists():
            with closing(open_ledger(str(file), lambda: NOW)) as made:
                assert list(made.rows()) == list(file_ledger.rows())
            file.unlink()
            file.with_name("ledger.backup-journal").unlink(missing_ok=True)
    back_up(file_ledger, file, lambda: NOW)
    assert list(folder.iterdir()) == [file]
