"""The ledger on SQLite: rollback journal, full durability, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callout.errors import BadInput, CalloutError, Locked
from callout.ledger.event import COLUMNS, GENESIS, Draft, Event, sealed_row
from callout.ledger.store import NEW, Clock, LedgerView
from callout.programs import printable

SCHEMA_VERSION = 1
# A writer that waits longer than this meets a lock that somebody forgot, not a busy team.
BUSY_TIMEOUT_MS = 60_000
FILTERS = frozenset({"kind", "callout", "customer", "system", "id"})
SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL, customer TEXT NOT NULL, system TEXT NOT NULL, callout TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_callout ON events (callout, seq);
CREATE INDEX IF NOT EXISTS events_by_customer ON events (customer, kind, at);
CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, seq);
CREATE TRIGGER IF NOT EXISTS events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


class SQLiteLedger:
    """See `Ledger`. The file is 0600 in a 0700 folder, both made at the first opening."""

    def __init__(self, path: Path, now: Clock) -> None:
        self._path, self._now = path, now
        self._connection = self._connect()

    def append(self, *drafts: Draft) -> list[Event]:
        """The stored events, in order, all in one transaction or none."""
        return self.append_after(lambda _: drafts)

    def append_after(self, decide: Callable[[LedgerView], Sequence[Draft]]) -> list[Event]:
        """Appends what `decide` makes of the stored events; nobody else writes in between."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                drafts = decide(self)
                events = self._insert(drafts) if drafts else []
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk may have ended it already
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._explained(error) from None
        return events

    def events(self, **filters: str) -> Iterator[Event]:
        """Events in order; `filters` are equalities on kind, callout, customer, system, id."""
        if unknown := set(filters) - FILTERS:
            raise BadInput(f"Events cannot be filtered by {', '.join(sorted(unknown))}.")
        where = " AND ".join(f"{name} = ?" for name in filters)
        statement = f"SELECT {','.join(COLUMNS)} FROM events {'WHERE ' + where if where else ''} ORDER BY seq"  # noqa: S608 - names from a closed set
        try:
            for row in self._connection.execute(statement, tuple(filters.values())):
                yield Event(*row)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row as stored, in order of seq."""
        try:
            for row in self._connection.execute(f"SELECT {','.join(COLUMNS)} FROM events ORDER BY seq"):  # noqa: S608 - fixed names
                yield dict(zip(COLUMNS, row, strict=True))
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def complaints(self) -> list[str]:
        """What SQLite's integrity check says, rows and indexes against each other; at most 20."""
        try:
            found = [str(said) for (said,) in self._connection.execute("PRAGMA integrity_check(20)")]
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._explained(error) from None
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def _insert(self, drafts: Sequence[Draft]) -> list[Event]:
        last = self._connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        seq, prev_hash = last or (0, GENESIS)
        number = self._next_callout() if any(draft.callout == NEW for draft in drafts) else ""
        stored = []
        for draft in drafts:
            seq += 1
            row = sealed_row(
                replace(draft, callout=number) if draft.callout == NEW else draft,
                seq=seq,
                identifier=str(uuid.uuid4()),
                recorded_at=self._now(),
                prev_hash=prev_hash,
            )
            self._connection.execute(
                f"INSERT INTO events ({','.join(COLUMNS)}) VALUES ({','.join('?' * len(COLUMNS))})",  # noqa: S608 - fixed names
                tuple(row[name] for name in COLUMNS),
            )
            prev_hash = row["hash"]
            stored.append(Event(*(row[name] for name in COLUMNS)))
        return stored

    def _next_callout(self) -> str:
        (count,) = self._connection.execute("SELECT count(*) FROM events WHERE kind = 'opened'").fetchone()
        return f"CO-{count + 1:04d}"

    def _connect(self) -> sqlite3.Connection:
        folder = self._path.parent
        try:
            if not folder.exists():
                folder.mkdir(parents=True, mode=0o700)
            if not self._path.exists():
                # Made by us first, so that it is never readable by others, not even for a moment.
                os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA synchronous = FULL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise BadInput(f"{self._path} was written by a newer callout.", "Upgrade callout on this machine.")
            if version < SCHEMA_VERSION:
                self._create(connection)
        except (sqlite3.Error, OSError) as error:
            raise self._explained(error) from None
        return connection

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.split(";\n"):
            # A trigger's own body holds "; END", which is not followed by a line's end.
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def _explained(self, error: Exception) -> CalloutError:
        said = str(error)
        if "locked" in said or "busy" in said:
            return Locked(f"{self._path}: somebody has held the ledger for a minute.", "Find who with: fuser -v FILE")
        if "full" in said:
            return CalloutError(f"{self._path}: the disk is full, nothing was recorded.", "Make room, run again.")
        if any(words in said for words in ("malformed", "not a database", "Could not decode")):
            seen = printable(said).rstrip(".")
            return LedgerDamaged(f"{self._path} is damaged: {seen}.", "Keep a copy; restore the last good one.")
        return CalloutError(f"{self._path}: {said}.", "Check that the folder is yours and writable.")


class LedgerDamaged(CalloutError):
    """The file is no whole database any more; as a verification's answer this is a failing finding."""

    exit_status = 3
