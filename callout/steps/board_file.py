"""The board's file: rows of deadlines in SQLite, so that an agenda of many thousand cases is asked, not worked out.

It is a view of the ledger and nothing else: it may be deleted at any time. `Known` says what it was made from; whoever
reads it compares that with what there is (`callout.steps.board`). Written in one transaction, or under another name and
then put in its place: a kill leaves the old board or the new one. Only one process writes at a time (`board_lock`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from callout.desk.board_agenda import TIMELESS, Question, Tally
from callout.desk.board_rows import Band, BoardCase, BoardRow, Place
from callout.steps.board_known import Known, read_known, written_known

# Who reads is done in a moment; only a machine that stands still makes anybody wait for longer.
BUSY_S = 30.0
_TABLES = """
CREATE TABLE known (told TEXT NOT NULL);
CREATE TABLE cases (number TEXT PRIMARY KEY, customer TEXT NOT NULL, system TEXT NOT NULL, priority TEXT NOT NULL,
    subject TEXT NOT NULL, opened INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE beside (number TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (number, id)) WITHOUT ROWID;
CREATE TABLE clocks (place TEXT NOT NULL, moment INTEGER NOT NULL, urgency INTEGER NOT NULL, number TEXT NOT NULL,
    clock TEXT NOT NULL, part INTEGER NOT NULL, seq INTEGER NOT NULL, customer TEXT NOT NULL, due INTEGER,
    by_hand INTEGER NOT NULL, justified INTEGER NOT NULL, turn TEXT NOT NULL, why TEXT NOT NULL{percents},
    PRIMARY KEY (place, moment, urgency, number, clock, part, seq)) WITHOUT ROWID;
CREATE INDEX clocks_by_case ON clocks (number);
"""
_CLOCK = "place, moment, urgency, number, clock, part, seq, customer, due, by_hand, justified, turn, why"
# The order of the words is that of `band` in board_rows, and of the key, so that nothing has to be sorted.
_WHERE = {
    Band.BREACHED: "place = 'live' AND moment <= :now AND justified = 0",
    Band.UNKNOWN: "place = 'unknown'",
    Band.LATE: "place = 'late'",
    Band.JUSTIFIED: "place = 'live' AND moment <= :now AND justified = 1",
    Band.RUNNING: "place = 'live' AND moment > :now",
    Band.PAUSED: "place = 'paused'",
    Band.IDLE: "place = 'idle'",
}
_AT_ONCE = 500
Row = tuple[Any, ...]


class BoardFile:
    """An open board. Raises sqlite3.Error for one that is damaged or cannot be written, from any of its methods."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def known(self) -> Known:
        """What it was made from. Raises sqlite3.DatabaseError where it is no board of ours, or not whole."""
        known = self._told()
        if tuple(map(self._count, _COUNTED)) != (known.cases, known.clocks):
            raise sqlite3.DatabaseError("rows are missing")
        return known

    def rows(self, question: Question, now: int) -> list[BoardRow]:
        """The rows that are asked for, in the agenda's order."""
        percents = self._told().percents
        found: list[BoardRow] = []
        for one in Band:
            left = -1 if question.limit is None else question.limit - len(found)
            where, values = _where(one, question, now)
            if left != 0 and where:
                found += self._rows(where, {**values, "left": left}, percents)
        return found

    def tallies(self, question: Question, now: int, *, by_clock: bool) -> list[Tally]:
        """How many rows are in each band: of all, or by customer and clock, in their order."""
        percents = self._told().percents
        bands: dict[tuple[str, str], dict[Band, int]] = {} if by_clock else {("", ""): {}}
        warned: dict[tuple[str, str], dict[int, int]] = {}
        first: dict[tuple[tuple[str, str], Band], int] = {}
        none = dict.fromkeys(percents, 0)
        for one in Band:
            where, values = _where(one, question, now)
            if not where:
                continue
            reached = "".join(f", total(warn_{percent} <= :now)" for percent in percents if one is Band.RUNNING)
            names, grouped = ("customer, clock", "GROUP BY customer, clock") if by_clock else ("'', ''", "")
            asked = f"SELECT {names}, count(*), min(moment){reached} FROM clocks WHERE {where} {grouped}"  # noqa: S608 - fixed
            for customer, clock, count, moment, *totals in self._connection.execute(asked, values):
                if count:
                    bands.setdefault((customer, clock), {})[one] = count
                    if totals:
                        warned[customer, clock] = _by_highest(percents, totals)
                    first[(customer, clock), one] = moment
        return [
            Tally(*key, counts, warned.get(key, none), first.get((key, Band.RUNNING)), first.get((key, Band.BREACHED)))
            for key, counts in sorted(bands.items())
        ]

    def cases(self, customer: str) -> int:
        """How many cases it has, or that customer has."""
        where = "WHERE customer = ?" if customer else ""
        found = self._connection.execute(f"SELECT count(*) FROM cases {where}", [customer] if customer else [])  # noqa: S608 - fixed
        return int(found.fetchone()[0])

    def beside(self, number: str) -> list[str]:
        """The events (ids) that belong to a case although they do not name it as theirs."""
        return [event for (event,) in self._connection.execute(_BESIDE, [number])]

    def cases_with(self, clock: str) -> list[str]:
        """The numbers of the cases for which that clock asks for something."""
        return [number for (number,) in self._connection.execute(_WITH_CLOCK, [clock])]

    def keep_beside(self, found: Iterable[tuple[str, str]]) -> None:
        """Notes events (ids) that belong to a case (number)."""
        self._connection.executemany("INSERT OR IGNORE INTO beside VALUES (?, ?)", found)

    def put(self, every: Iterable[tuple[BoardCase, Sequence[BoardRow]]], percents: Sequence[int]) -> None:
        """Puts these cases' rows in place of those that they had. A case without rows is not on the board."""
        marks = ", ".join("?" * (_CLOCK.count(",") + 1 + len(percents)))
        rest = iter(every)
        while some := list(islice(rest, _AT_ONCE)):
            for table in _COUNTED:
                gone = ((case.number,) for case, _ in some)
                self._connection.executemany(f"DELETE FROM {table} WHERE number = ?", gone)  # noqa: S608 - fixed
            cases = (_case_row(case) for case, rows in some if rows)
            clocks = (_written(row, percents) for _, rows in some for row in rows)
            self._connection.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?)", cases)
            self._connection.executemany(f"INSERT INTO clocks VALUES ({marks})", clocks)  # noqa: S608 - marks

    def say(self, known: Known) -> None:
        """Writes what it knows now; how many rows there are is counted here."""
        told = written_known(replace(known, cases=self._count("cases"), clocks=self._count("clocks")))
        self._connection.execute("DELETE FROM known")
        self._connection.execute("INSERT INTO known VALUES (?)", [told])

    def in_one_transaction(self, work: Callable[[BoardFile], None]) -> None:
        """All that `work` writes, or nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            work(self)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it already
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def as_one_look(self) -> Iterator[BoardFile]:
        """What is read within belongs together; who writes waits meanwhile."""
        self._connection.execute("BEGIN")
        try:
            yield self
        finally:
            self._connection.execute("COMMIT")

    def copy_in_memory(self) -> BoardFile:
        """The same board, which can be written where the file cannot."""
        copied = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.backup(copied)
        return BoardFile(copied)

    def _told(self) -> Known:
        found = self._connection.execute("SELECT told FROM known").fetchall()
        try:
            return read_known(found[0][0])
        except (ValueError, TypeError, KeyError, IndexError):
            raise sqlite3.DatabaseError(
                "it does not say what it was made from, or was made by another callout"
            ) from None

    def _count(self, name: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608 - fixed

    def _rows(self, where: str, values: Mapping[str, object], percents: Sequence[int]) -> Iterator[BoardRow]:
        names = ", ".join(f"clocks.{name}" for name in [*_CLOCK.split(", "), *map("warn_{}".format, percents)])
        asked = (
            f"SELECT {names}, cases.system, priority, subject, opened FROM clocks JOIN cases USING (number) "  # noqa: S608 - fixed
            f"WHERE {where} ORDER BY place, moment, urgency, clocks.number, clock, part, seq LIMIT :left"
        )
        for found in self._connection.execute(asked, values):
            place, moment, _, number, clock, part, seq, customer, due, hand, justified, turn, why, *more = found
            *warn, system, priority, subject, opened = more
            reached = tuple((percent, at) for percent, at in zip(percents, warn, strict=True) if at is not None)
            case = BoardCase(number, customer, system, priority, subject, opened)
            flags = bool(hand), bool(justified)
            yield BoardRow(case, clock, part, seq, Place(place), moment, due, reached, *flags, turn, why)


_COUNTED = ("cases", "clocks")
_BESIDE = "SELECT id FROM beside WHERE number = ? ORDER BY id"
_WITH_CLOCK = "SELECT DISTINCT number FROM clocks WHERE clock = ? ORDER BY number"


def open_board(path: Path) -> BoardFile | None:
    """The board at `path`; None where there is none. Opened for writing where the file allows it."""
    name = f"{path.absolute().as_uri()}?mode=rw"
    try:
        return BoardFile(sqlite3.connect(name, uri=True, isolation_level=None, timeout=BUSY_S))
    except sqlite3.OperationalError:
        # SQLite has one sentence for a file that is not there, also for one that was deleted only now, and for others.
        if path.exists():
            raise
        return None


def new_board(percents: Sequence[int], path: Path | None = None) -> BoardFile:
    """An empty board at `path`, which is not there yet (0600), or in memory."""
    if path is not None:
        # Made by us first, so that it is never readable by others, not even for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path or ":memory:", isolation_level=None)
    try:
        # Nobody else sees it before it is whole, and a torn one is thrown away.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES.format(percents="".join(f", warn_{int(one)} INTEGER" for one in percents)))
    except BaseException:
        connection.close()
        raise
    return BoardFile(connection)


def put_in_place(draft: Path, path: Path) -> None:
    """Gives a finished board its name, on the disk when this returns. Whoever has the old one open goes on with that.

    A journal that lies there belongs to a board that is thrown away: it would be played back into the new one.
    """
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    journal(path).unlink(missing_ok=True)
    draft.replace(path)


def journal(path: Path) -> Path:
    """SQLite's, of the file at `path`."""
    return path.with_name(f"{path.name}-journal")


def _where(one: Band, question: Question, now: int) -> tuple[str, dict[str, object]]:
    """The condition of a band's rows, empty where none of them is meant, and its values."""
    where, values = _WHERE[one], {"now": now}
    if question.within_s is not None:
        if one in TIMELESS:
            return "", {}
        if one is Band.RUNNING:
            where, values = f"{where} AND moment <= :until", {**values, "until": now + question.within_s}
    if question.customer:
        return f"{where} AND clocks.customer = :customer", {**values, "customer": question.customer}
    return where, {**values}


def _case_row(case: BoardCase) -> Row:
    return case.number, case.customer, case.system, case.priority, case.subject, case.opened


def _written(row: BoardRow, percents: Sequence[int]) -> Row:
    reached = dict(row.warnings)
    case = row.case
    key = (row.place.value, row.moment, row.urgency, case.number, row.clock, row.part, row.seq)
    return (*key, case.customer, row.due, row.by_hand, row.justified, row.turn, row.why, *map(reached.get, percents))


def _by_highest(percents: Sequence[int], totals: Sequence[float]) -> dict[int, int]:
    """Who has reached 75 % has reached 50 %, too, and counts once: where it stands."""
    counted = [*map(int, totals), 0]
    return {percent: counted[place] - counted[place + 1] for place, percent in enumerate(percents)}
