"""What the ledger says of mails, to be asked quickly: a copy in a file of its own, which may be deleted at any time.

It follows the ledger from where it is. Where the ledger no longer has the event that it followed last, or the file is
damaged, it begins anew.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callout.errors import CalloutError
from callout.ledger.event import format_utc
from callout.ledger.store import LedgerView

KINDS = ("mail_received", "mail_filed", "case_opened", "case_ended", "case_reopened", "letter_written")
LONGEST_WAIT_S = 60
_VERSION = 2
_TABLES = """
CREATE TABLE place (seq INTEGER NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE mails (mail TEXT PRIMARY KEY, message_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE twins (twin TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE messages (message_id TEXT PRIMARY KEY, of_case TEXT NOT NULL, is_letter INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cases (number TEXT PRIMARY KEY, customer TEXT NOT NULL, has_ended INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE received (sender TEXT NOT NULL, at TEXT NOT NULL, mail TEXT NOT NULL, PRIMARY KEY (sender, at, mail))
    WITHOUT ROWID;
"""


class MailIndex:
    """See `Known` in `callout.desk.mail.judge`. Several processes may have it open; each follows for all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = self._opened()

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def follow(self, ledger: LedgerView) -> None:
        """Takes in what the ledger has more. Raises CalloutError where the index cannot be written."""
        with self._told():
            if self._is_lost(ledger):
                self._begin_anew()
            if next(ledger.events(after=self._place()[0], kinds=KINDS), None) is None:
                return
            with self._transaction():
                place = self._place()
                for event in ledger.events(after=place[0], kinds=KINDS):
                    self.take(event.kind, event.customer, event.body)
                    place = (event.seq, event.id, event.hash)
                self._connection.execute("DELETE FROM place")
                self._connection.execute("INSERT INTO place VALUES (?, ?, ?)", place)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is taken within is forgotten at the end: decisions on mails whose events are not in the ledger yet."""
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def take(self, kind: str, customer: str, body: Mapping[str, Any]) -> None:
        """One event, within a transaction; those of other kinds than `KINDS` say nothing here."""
        put = self._connection.execute
        case = body["case"]
        if kind == "case_opened":
            put("INSERT OR IGNORE INTO cases VALUES (?, ?, 0)", (case, customer))
        elif kind in ("case_ended", "case_reopened"):
            put("UPDATE cases SET has_ended = ? WHERE number = ?", (kind == "case_ended", case))
        elif kind == "letter_written":
            put("INSERT OR REPLACE INTO messages VALUES (?, ?, 1)", (body["message_id"].strip("<>"), case))
        elif kind == "mail_received":
            put("INSERT OR IGNORE INTO mails VALUES (?, ?)", (body["mail"], body["message_id"]))
            if body.get("twin"):
                put("INSERT OR IGNORE INTO twins VALUES (?)", (body["twin"],))
            if body["sender"]:
                put(
                    "INSERT OR IGNORE INTO received VALUES (?, ?, ?)",
                    (body["sender"], body["received_at"], body["mail"]),
                )
            if body["verdict"] in ("opened", "threaded"):
                self._belongs(body["message_id"], case)
        elif kind == "mail_filed" and case:
            found = put("SELECT message_id FROM mails WHERE mail = ?", (body["mail"],)).fetchone()
            self._belongs(found[0] if found else "", case)

    def has(self, mail: str, twin: str = "") -> bool:
        """Whether the ledger has this mail, or a copy of it that took another way."""
        there = self._one("SELECT 1 FROM mails WHERE mail = ?", mail)
        return bool(there or (twin and self._one("SELECT 1 FROM twins WHERE twin = ?", twin)))

    def case_of_message(self, message_id: str) -> str:
        """See `Known`."""
        return str(self._one("SELECT of_case FROM messages WHERE message_id = ?", message_id) or "")

    def is_letter(self, message_id: str) -> bool:
        """See `Known`."""
        return bool(self._one("SELECT is_letter FROM messages WHERE message_id = ?", message_id))

    def customer_of_case(self, case: str) -> str:
        """See `Known`."""
        return str(self._one("SELECT customer FROM cases WHERE number = ?", case) or "")

    def has_ended(self, case: str) -> bool:
        """See `Known`."""
        return bool(self._one("SELECT has_ended FROM cases WHERE number = ?", case))

    def from_sender(self, sender: str, since: dt.datetime, until: dt.datetime) -> int:
        """See `Known`."""
        query = "SELECT count(*) FROM received WHERE sender = ? AND at > ? AND at <= ?"
        return int(self._one(query, sender, format_utc(since), format_utc(until)))

    def _place(self) -> tuple[int, str, str]:
        """The last event that was taken in: its place in the chain, its id and its hash."""
        return self._connection.execute("SELECT seq, id, hash FROM place").fetchone() or (0, "", "")

    def _belongs(self, message_id: str, case: str) -> None:
        if message_id and case:  # the first one has it: nobody moves a case's mails by sending an id once more
            self._connection.execute("INSERT OR IGNORE INTO messages VALUES (?, ?, 0)", (message_id, case))

    def _one(self, query: str, *values: str) -> Any:
        row = self._connection.execute(query, values).fetchone()
        return row[0] if row else None

    def _is_lost(self, ledger: LedgerView) -> bool:
        place = self._connection.execute("SELECT id, hash FROM place WHERE seq > 0").fetchone()
        return place is not None and [event.hash for event in ledger.events(id=place[0])] != [place[1]]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it already
                self._connection.execute("ROLLBACK")
            raise

    def _begin_anew(self) -> None:
        with self._transaction():
            for table in ("place", "mails", "twins", "messages", "cases", "received"):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names

    def _opened(self) -> sqlite3.Connection:
        with self._told():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return self._connected()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                # Damaged: all that was in it is in the ledger. First what would be played back into a new one.
                self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
                self._path.unlink()
                return self._connected()

    def _connected(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=LONGEST_WAIT_S)
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                connection.execute(f'DROP TABLE "{name}"')
            for statement in _TABLES.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = f"{self._path} cannot be used: {error}; no mail was taken."
            raise CalloutError(said, "Make room, or delete that file: it is made again from the ledger.") from None
