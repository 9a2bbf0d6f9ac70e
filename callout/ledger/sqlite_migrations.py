"""SQLite's schema, step by step: each one transaction, one process at a time, and never back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path

from callout.errors import BadInput
from callout.ledger.selection import OF_A_CASE, begun, case_in

# What each version added. Statements end with `;` at the end of a line; a trigger's own body has none there.
MIGRATIONS = {
    1: """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL, customer TEXT NOT NULL, system TEXT NOT NULL, callout TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX events_by_callout ON events (callout, seq);
CREATE INDEX events_by_customer ON events (customer, kind, at);
CREATE INDEX events_by_kind ON events (kind, seq);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
""",
    # A system's story and everybody's month without reading all of the rest. And REPLACE INTO, which no trigger on
    # DELETE sees, finds an order that it cannot keep.
    2: """
CREATE INDEX events_by_system ON events (system, kind, seq);
CREATE INDEX events_by_time ON events (kind, at);
CREATE TRIGGER events_are_appended_in_order BEFORE INSERT ON events
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
        OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
""",
    # A month's bill without reading what was entered since: by when the work began.
    3: f"""
CREATE INDEX events_by_work ON events (customer, {begun("instr")}) WHERE kind = 'work_logged';
""",
    # Whom else the same people worked for at that time, without reading anybody's past.
    4: f"""
CREATE INDEX events_by_actor ON events (actor, {begun("instr")}, customer) WHERE kind = 'work_logged';
""",
    # One case's events without reading anybody else's.
    5: f"""
CREATE INDEX events_by_case ON events ({case_in("instr")}, seq) WHERE {OF_A_CASE};
""",
}
NEWEST = max(MIGRATIONS)
GUARDS = frozenset({"events_are_never_changed", "events_are_never_deleted", "events_are_appended_in_order"})


def migrate(connection: sqlite3.Connection, path: Path, newest: int = NEWEST) -> None:
    """Brings the schema of an open file to version `newest`, where it is older; each step is there or it is not.

    Raises BadInput for a file that a newer callout has written, and sqlite3.Error.
    """
    while True:
        version = _version(connection, path)
        if version >= newest:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have done it while we waited for the lock.
            if _version(connection, path) == version:
                _step(connection, version + 1)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it already
                connection.execute("ROLLBACK")
            raise


def schema_complaints(there: Mapping[str, str]) -> list[str]:
    """What is missing or not as the migrations make it, a sentence each; `there` is SQL by name.

    What somebody has added, like an index of their own, does no harm and is none.
    """
    found = []
    for name, made in sorted(_made().items()):
        what = "guard" if name in GUARDS else "table or index"
        if name not in there:
            found.append(f"its {what} {name} is gone")
        elif there[name] != made:
            found.append(f"its {what} {name} is not as it was made")
    return found


@cache
def _made() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for version in MIGRATIONS:
            _step(connection, version)
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {str(name): str(text) for name, text in made}


def _version(connection: sqlite3.Connection, path: Path) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > NEWEST:
        raise BadInput(f"{path} was written by a newer callout.", "Upgrade callout on this machine.")
    return int(version)


def _step(connection: sqlite3.Connection, version: int) -> None:
    for statement in MIGRATIONS[version].split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version}")
