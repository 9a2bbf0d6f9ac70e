"""Check mode works on a copy of the ledger: every step runs the same code, and nothing is recorded."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from callout.ledger.address import is_postgres, sqlite_path
from callout.ledger.copying import copy
from callout.ledger.store import Clock, Ledger, open_ledger
from callout.places import Places


def rehearsal_ledger(places: Places, now: Clock, run: int) -> str:
    """The URL of this run's copy of the ledger, made at the run's first task.

    `run` is the process number of the ansible-playbook that all tasks of one run have in common. Copies of
    runs that have ended are removed.
    """
    folder = places.data / "rehearsals"
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        owner = old.name.partition(".")[0].partition("-")[0]
        if owner.isdecimal() and not _alive(int(owner)):
            old.unlink(missing_ok=True)
    mine = folder / f"{run}.sqlite"
    if not mine.exists():
        with closing(open_ledger(places.ledger, now)) as ledger:
            _copy(places.ledger, ledger, mine, now)
    return f"sqlite:///{mine}"


def _copy(url: str, ledger: Ledger, target: Path, now: Clock) -> None:
    """SQLite's own backup, or every row of PostgreSQL's: whole also while somebody else writes."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.stem}-", suffix=".making")
    os.close(descriptor)
    beside = Path(name)
    try:
        if is_postgres(url):
            copy(ledger.rows(), beside, now)
        else:
            with closing(sqlite3.connect(sqlite_path(url))) as reader, closing(sqlite3.connect(beside)) as writer:
                reader.backup(writer)
        with suppress(FileExistsError):
            # A link replaces nothing: the tasks of all systems of one run share the first copy that is whole.
            os.link(beside, target)
    finally:
        beside.unlink(missing_ok=True)
        beside.with_name(f"{beside.name}-journal").unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
