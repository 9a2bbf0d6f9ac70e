"""Opens a restored SQLite database, a dump or a copied file, with Python's own SQLite, in a process that is bounded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from access_check.escaping import shown
from callout.backups.drill_rules import DatabaseSeen, TableSeen
from callout.backups.machine import ended, gathered
from callout.backups.manifest import DATABASE
from callout.backups.record import DumpRecord
from callout.backups.restored import plain_file
from callout.backups.scratch import DUMP_FACTOR, SPARE_BYTES, Scratch
from callout.programs import start_program

DEADLINE_S = 2 * 3600
BESIDE = ("", "-wal", "-journal")


def try_sqlite(scratch: Scratch, dump: DumpRecord) -> DatabaseSeen | None:
    """The database `dump` of a restored archive, opened in a folder of its own; None where it is not there.

    What lies beside a copied file (its log) is opened with it. Nothing is judged.
    """
    folder = scratch.folder / "sqlite"
    folder.mkdir(mode=0o700)
    for beside in BESIDE:
        file = plain_file(scratch.tree, f"{DATABASE}{dump.file}{beside}")
        if file is None and not beside:
            return None
        if file is not None:
            file.rename(folder / f"{dump.file}{beside}")
    copied = not dump.file.endswith(".sql")
    return _understood(_asked(folder, dump), dump.name, copied=copied)


def _asked(folder: Path, dump: DumpRecord) -> tuple[str, dict[str, Any]]:
    """Why there is no answer, or the answer. It hangs on our standard input: when we are gone, it ends."""
    limit = DUMP_FACTOR * dump.bytes + SPARE_BYTES
    words = [sys.executable, "-P", "-m", "callout.backups.sqlite_trial", str(folder), dump.file, str(limit)]
    process = start_program(words, environment={"SQLITE_TMPDIR": str(folder)})
    try:
        done = gathered(process, DEADLINE_S)
    finally:
        ended(process)
    if done.rc != 0 or done.cut:
        return f"SQLite did not come to an end, {shown(done.complaint, 300)}".rstrip("."), {}
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = None
    return ("", told) if isinstance(told, dict) else ("its answer is not understood", {})


def _understood(answer: tuple[str, dict[str, Any]], name: str, *, copied: bool) -> DatabaseSeen:
    """A process that a hostile file was opened in is believed no more than the file."""
    problem, told = answer
    if problem:
        return DatabaseSeen(name, problem=problem)
    try:
        server = f"SQLite {shown(str(told['version']), 40)}"
        if told["failed"]:
            return DatabaseSeen(name, server, shown(str(told["failed"]), 300).rstrip("."), load_failed=True)
        faults = [shown(str(fault), 300) for fault in told["integrity"]]
        tables = tuple(
            TableSeen(shown(bytes.fromhex(table), 256), _number(in_dump), _number(loaded))
            for table, in_dump, loaded in told["tables"]
        )
    except (KeyError, TypeError, ValueError):
        return DatabaseSeen(name, problem="its answer is not understood")
    integrity = "OK" if faults == ["ok"] else "; ".join(faults[:3]) or "no answer"
    return DatabaseSeen(name, server, tables=tables, integrity=integrity, copied=copied)


def _number(told: object) -> int | None:
    if told is None or (isinstance(told, int) and told >= 0):
        return told
    raise ValueError(f"{told!r} is no number of rows")
