"""Check mode works on a copy of the ledger: every step runs the same code, and nothing is recorded."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from callout.ledger.store import Clock, open_ledger, sqlite_path
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
    copy = folder / f"{run}.sqlite"
    if not copy.exists():
        open_ledger(places.ledger, now).close()
        _copy(sqlite_path(places.ledger), copy)
    return f"sqlite:///{copy}"


def _copy(source: Path, target: Path) -> None:
    """SQLite's own backup: whole also while somebody else writes."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.stem}-", suffix=".making")
    os.close(descriptor)
    beside = Path(name)
    try:
        with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(beside)) as writer:
            reader.backup(writer)
        with suppress(FileExistsError):
            # A link replaces nothing: the tasks of all systems of one run share the first copy that is whole.
            os.link(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
