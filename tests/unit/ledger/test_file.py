"""The file itself: a changed byte in an index hides rows from views, so verification looks there too."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from callout.errors import CalloutError, Locked
from callout.findings import Finding, Status
from callout.ledger import Draft, open_ledger
from callout.ledger.chain import verify_chain
from callout.ledger.sqlite import SQLiteLedger

NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
# Four processes that meet before each of the ledgers, none of which is there yet, nor is its folder.
BEGINNERS = """
import datetime as dt, multiprocessing, sys
from callout.ledger import Draft, open_ledger
NOW = dt.datetime(2026, 3, 3, tzinfo=dt.timezone.utc)
fork = multiprocessing.get_context("fork")
meet = fork.Barrier(4)
def begin():
    for number in range(40):
        meet.wait(60)
        ledger = open_ledger(f"sqlite:///{sys.argv[1]}/{number}/data/ledger.sqlite", lambda: NOW)
        ledger.append(Draft("noted", NOW, "eva"))
four = [fork.Process(target=begin) for _ in range(4)]
[one.start() for one in four]
[one.join() for one in four]
sys.exit(any(one.exitcode for one in four))
"""


def verified(path: Path) -> list[Finding]:
    with closing(open_ledger(f"sqlite:///{path}", lambda: NOW)) as ledger:
        return verify_chain(ledger.rows(), ledger.complaints())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "ledger.sqlite"
    with closing(open_ledger(f"sqlite:///{file}", lambda: NOW)) as ledger:
        for _ in range(4):
            ledger.append(Draft("opened", NOW, "eva", "acme", "acme-pbx1", "NEW", {"ticket": "T-1"}))
    return file


def test_whole_file_has_no_complaint(path: Path) -> None:
    assert [finding.code for finding in verified(path)] == ["whole"]


def test_every_copy_of_every_value_is_guarded(path: Path) -> None:
    """Values stand in rows and in indexes: whichever copy is changed, somebody notices."""
    whole = path.read_bytes()
    values = [b"CO-0002", b"acme", b"opened", b"eva", b"acme-pbx1", b"T-1"]
    places = [start for value in values for start in _all(whole, value)]
    assert len(places) > 30
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert noticed(path), place


def test_begun_by_several_at_once(tmp_path: Path) -> None:
    """Ansible's workers begin the first ledger side by side: one makes the folder and the tables, all write."""
    done = subprocess.run([sys.executable, "-c", BEGINNERS, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for number in range(40):
        with closing(open_ledger(f"sqlite:///{tmp_path}/{number}/data/ledger.sqlite", lambda: NOW)) as ledger:
            assert len(list(ledger.events())) == 4


def noticed(path: Path) -> bool:
    """As the verb sees it: a failing finding, or an error that exits with 3."""
    try:
        return Status.FAIL in {finding.status for finding in verified(path)}
    except CalloutError as error:
        return error.exit_status == 3


def _all(text: bytes, value: bytes) -> list[int]:
    found, start = [], text.find(value)
    while start >= 0:
        found.append(start)
        start = text.find(value, start + 1)
    return found


def test_a_lock_that_somebody_forgot(path: Path) -> None:
    """A bounded wait, then exit status 9; nothing is recorded; once it is free all goes on."""
    with (
        closing(SQLiteLedger(path, lambda: NOW, longest_wait_s=0.2)) as ledger,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        for action in (lambda: ledger.append(Draft("noted", NOW, "eva")), lambda: list(ledger.events())):
            with pytest.raises(Locked, match="somebody has held the ledger") as error:
                action()
            assert error.value.exit_status == 9
        other.execute("ROLLBACK")
        assert ledger.append(Draft("noted", NOW, "eva"))[0].seq == 5


def test_a_reader_that_stays_keeps_nobody_from_deciding_only_from_committing(path: Path) -> None:
    """An open read of another program: the commit waits for its end, and goes through then."""
    with (
        closing(SQLiteLedger(path, lambda: NOW, longest_wait_s=0.2)) as ledger,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        reading = other.execute("SELECT * FROM events")
        reading.fetchone()
        with pytest.raises(Locked):
            ledger.append(Draft("noted", NOW, "eva"))
        reading.close()
        assert ledger.append(Draft("noted", NOW, "eva"))[0].seq == 5
