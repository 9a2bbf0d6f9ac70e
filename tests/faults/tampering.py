"""Ways to change what is stored, by somebody with the database, the format and time, but without the key."""

from __future__ import annotations

import json
import random
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg

from callout.ledger.event import COLUMNS, GENESIS, Row, canonical, row_hash

Rows = list[Row]
Way = Callable[[Rows, random.Random], Rows]
_TEXTS = tuple(name for name in COLUMNS if name != "seq")


def rechained(rows: Sequence[Row], first: int = 0) -> Rows:
    """The rows from index `first` on numbered, linked and hashed anew, so that the chain fits together."""
    made = [dict(row) for row in rows[:first]]
    prev = made[-1]["hash"] if made else GENESIS
    for place, row in enumerate(rows[first:], first + 1):
        forged = {**row, "seq": place, "prev_hash": prev}
        forged["hash"] = prev = row_hash(forged)
        made.append(forged)
    return made


def _letter(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice("abcxyz019-") + text[at + chance.randrange(2) :]


def _changed(rows: Rows, chance: random.Random) -> Rows:
    """A letter of any column."""
    at, name = chance.randrange(len(rows)), chance.choice(_TEXTS)
    return [*rows[:at], {**rows[at], name: _letter(rows[at][name], chance)}, *rows[at + 1 :]]


def _amount(rows: Rows, chance: random.Random) -> Rows:
    """Another number of minutes, in good JSON."""
    at = chance.randrange(len(rows))
    body = {**json.loads(rows[at]["body"]), "seconds": chance.randrange(10**6, 10**7)}
    return [*rows[:at], {**rows[at], "body": canonical(body)}, *rows[at + 1 :]]


def _amount_and_its_hash(rows: Rows, chance: random.Random) -> Rows:
    """Not of the last one: there it would be the chain written anew."""
    made = [*_amount(rows[:-1], chance), rows[-1]]
    return [{**row, "hash": row_hash(row)} if row not in rows else row for row in made]


def _left_out(rows: Rows, chance: random.Random) -> Rows:
    """Not the last one: that would be the end cut off."""
    at = chance.randrange(len(rows) - 1)
    return [*rows[:at], *rows[at + 1 :]]


def _left_out_and_numbered_anew(rows: Rows, chance: random.Random) -> Rows:
    return [{**row, "seq": place} for place, row in enumerate(_left_out(rows[:-1], chance) + rows[-1:], 1)]


def _changed_places(rows: Rows, chance: random.Random) -> Rows:
    one, other = sorted(chance.sample(range(len(rows)), 2))
    made = list(rows)
    made[one], made[other] = {**rows[other], "seq": one + 1}, {**rows[one], "seq": other + 1}
    return made


def _truncated(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randrange(len(rows))]


def _written_anew(rows: Rows, chance: random.Random) -> Rows:
    """Changed and chained again from there to the end: the chain alone says that all is well."""
    made = _amount(rows, chance)
    return rechained(made, next(at for at, row in enumerate(made) if row != rows[at]))


def _left_out_and_written_anew(rows: Rows, chance: random.Random) -> Rows:
    """The same after one was taken out, with one more at the end, so that the count fits as well."""
    at = chance.randrange(len(rows))
    return rechained([*rows[:at], *rows[at + 1 :], {**rows[-1], "id": str(uuid.UUID(int=chance.getrandbits(128)))}], at)


def _put_in_and_written_anew(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    return rechained([*rows[:at], {**rows[at], "id": str(uuid.UUID(int=chance.getrandbits(128)))}, *rows[at:]], at)


def _another_beginning(rows: Rows, chance: random.Random) -> Rows:
    """All of it written anew, under a first event of another name."""
    return rechained([{**rows[0], "id": str(uuid.UUID(int=chance.getrandbits(128)))}, *rows[1:]])


def _older_and_continued(rows: Rows, chance: random.Random) -> Rows:
    """An older copy in which somebody went on working."""
    kept = rows[: chance.randrange(1, len(rows))]
    more = [{**row, "id": str(uuid.UUID(int=chance.getrandbits(128)))} for row in rows[len(kept) :]]
    return rechained([*kept, *more, *({**one, "id": one["id"][::-1]} for one in more[:3])], len(kept))


WAYS: dict[str, Way] = {
    "a letter": _changed,
    "an amount": _amount,
    "an amount and its hash": _amount_and_its_hash,
    "left out": _left_out,
    "left out, numbered anew": _left_out_and_numbered_anew,
    "changed places": _changed_places,
    "truncated": _truncated,
    "written anew": _written_anew,
    "left out, written anew": _left_out_and_written_anew,
    "put in, written anew": _put_in_and_written_anew,
    "another beginning": _another_beginning,
    "older, continued": _older_and_continued,
}
# Only a seal shows these: the chain fits together.
BY_SEAL_ALONE = frozenset(
    {
        "truncated",
        "written anew",
        "left out, written anew",
        "put in, written anew",
        "another beginning",
        "older, continued",
    }
)


class OpenFile:
    """An SQLite ledger whose guards are lifted while its rows are replaced, and put back as if nothing had been."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, rows: Rows) -> None:
        """Replaces all rows."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as other:
            other.execute("PRAGMA synchronous = OFF")
            guards = other.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                other.execute(f"DROP TRIGGER {name}")
            other.execute("BEGIN")
            other.execute("DELETE FROM events")
            places = ", ".join("?" * len(COLUMNS))
            other.executemany(
                f"INSERT INTO events VALUES ({places})", [tuple(row[name] for name in COLUMNS) for row in rows]
            )
            other.execute("COMMIT")
            for _, sql in guards:
                other.execute(sql)


class OpenDatabase:
    """The same in PostgreSQL, by its owner."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection

    def put(self, rows: Rows) -> None:
        """Replaces all rows."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("ALTER TABLE callout.events DISABLE TRIGGER USER")
            cursor.execute("TRUNCATE callout.events")
            places = ", ".join(["%s"] * len(COLUMNS))
            insert = f"INSERT INTO callout.events VALUES ({places})"
            cursor.executemany(insert, [tuple(map(row.get, COLUMNS)) for row in rows])
            for guard in ("events_are_never_changed", "events_are_appended_in_order"):
                cursor.execute(f"ALTER TABLE callout.events ENABLE ALWAYS TRIGGER {guard}")
