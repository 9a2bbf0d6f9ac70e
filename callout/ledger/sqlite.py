"""The ledger on SQLite: rollback journal, full durability, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from callout.errors import BadInput, CalloutError, Locked
from callout.ledger.event import COLUMNS, Draft, Event
from callout.ledger.reading import NAMES, PAGE_ROWS, Reading
from callout.ledger.rows import EMPTY, Head, LedgerDamaged, callout_number, event_of, rows_after
from callout.ledger.sqlite_migrations import migrate, schema_complaints
from callout.ledger.sqlite_waiting import LONGEST_S, Turns
from callout.ledger.store import Clock, LedgerView
from callout.programs import printable

__all__ = ["LedgerDamaged", "SQLiteLedger"]

Result = TypeVar("Result")
_RESTORE = "Keep a copy; restore the last good one."
# SQLite's own, and what its check gets: it goes from every index to every row, again and again.
CACHE_KIB = 2000
CHECK_CACHE_KIB = 64 * 1024
_INSERT = f"INSERT INTO events ({NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - fixed names
# The journal stays and only its head is overwritten, which is on the disk before a COMMIT returns. With DELETE, its
# removal is not, below `synchronous = EXTRA`: after a loss of power it may be back, and take a commit back.
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_mode = PERSIST",
    "PRAGMA journal_size_limit = 1048576",
)


class SQLiteLedger(Reading):
    """See `Ledger`. The file is 0600 in a 0700 folder, both made at the first opening."""

    TABLE = "events"
    PLACEHOLDER = "?"
    POSITION = "instr"

    def __init__(self, path: Path, now: Clock, *, longest_wait_s: float = LONGEST_S) -> None:
        self._path, self._now, self._turns = path, now, Turns(longest_wait_s)
        self._connection = self._connect()

    def append(self, *drafts: Draft) -> list[Event]:
        """The stored events, in order, all in one transaction or none."""
        return self.append_after(lambda _: drafts)

    def append_after(self, decide: Callable[[LedgerView], Sequence[Draft]]) -> list[Event]:
        """Appends what `decide` makes of the stored events; nobody else writes in between."""

        def work() -> list[Event]:
            rows = rows_after(
                self._head(), decide(self), number=lambda: callout_number(self._count("opened")),
                cases=lambda: self._count("case_opened"), identifier=lambda: str(uuid.uuid4()), now=self._now,
            )  # fmt: skip
            self._insert(rows)
            return list(map(event_of, rows))

        return self._in_one_transaction(work)

    def fill(self, rows: Iterable[Mapping[str, Any]]) -> Head:
        """Takes the rows of a whole ledger into this one, which must be empty; all or nothing."""

        def work() -> Head:
            if self._head() != EMPTY:
                raise BadInput(f"{self._path} is not empty.", "Import into a new ledger: CALLOUT_LEDGER names it.")
            self._insert(rows)
            return self._head()

        return self._in_one_transaction(work)

    def complaints(self) -> list[str]:
        """What SQLite's integrity check says of rows and indexes, at most 20; and what of the schema is not as made."""
        self._ask(f"PRAGMA cache_size = -{CHECK_CACHE_KIB}")
        found = [str(said) for (said,) in self._ask("PRAGMA integrity_check(20)")]
        self._ask(f"PRAGMA cache_size = -{CACHE_KIB}")
        there = {str(name): str(made) for name, made in self._ask("SELECT name, sql FROM sqlite_master")}
        damaged = [] if found == ["ok"] else [f"its file is damaged: {said}" for said in found]
        return [*damaged, *schema_complaints(there)]

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def _ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._turns.wait_for(lambda: self._connection.execute(statement, values).fetchall())
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._explained(error) from None

    def _in_one_transaction(self, work: Callable[[], Result]) -> Result:
        connection = self._connection
        self._turns.begin()
        try:
            self._turns.wait_for(lambda: connection.execute("BEGIN IMMEDIATE"))
            try:
                done = work()
                # Who reads at this moment is waited for; the transaction stays as it is meanwhile.
                self._turns.wait_for(lambda: connection.execute("COMMIT"))
            except BaseException:
                if connection.in_transaction:  # a full disk may have ended it already
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._explained(error) from None
        self._turns.end()
        return done

    def _head(self) -> Head:
        last = self._connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return last or EMPTY

    def _count(self, kind: str) -> int:
        (count,) = self._connection.execute("SELECT count(*) FROM events WHERE kind = ?", (kind,)).fetchone()
        return int(count)

    def _insert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        every = iter(rows)
        while some := list(islice(every, PAGE_ROWS)):
            self._connection.executemany(_INSERT, [tuple(row[name] for name in COLUMNS) for row in some])

    def _connect(self) -> sqlite3.Connection:
        try:
            # Several of us may begin the same ledger at once: Ansible's workers do, on the first run of all.
            self._path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            if not self._path.exists():
                # Made by us first, so that it is never readable by others, not even for a moment.
                os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=0)
            for setting in _SETTINGS:
                self._turns.wait_for(lambda setting=setting: connection.execute(setting))  # type: ignore[misc]
            self._turns.wait_for(lambda: migrate(connection, self._path))
        except (sqlite3.Error, OSError) as error:
            raise self._explained(error) from None
        return connection

    def _explained(self, error: Exception) -> CalloutError:
        said = str(error)
        if "locked" in said or "busy" in said:
            return Locked(f"{self._path}: somebody has held the ledger for a minute.", "Find who with: fuser -v FILE")
        if "full" in said:
            return CalloutError(f"{self._path}: the disk is full, nothing was recorded.", "Make room, run again.")
        if any(words in said for words in ("malformed", "not a database", "Could not decode")):
            seen = printable(said).rstrip(".")
            return LedgerDamaged(f"{self._path} is damaged: {seen}.", _RESTORE)
        return CalloutError(f"{self._path}: {said}.", "Check that the folder is yours and writable.")
