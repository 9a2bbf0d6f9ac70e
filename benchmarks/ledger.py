"""Claims: an event is on the disk in two milliseconds; a million are verified in half a minute; a month is read alone.

Where a claim is a time and not a ratio, the peer is that time.
"""

from __future__ import annotations

import datetime as dt
import itertools
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.pairs import Ratio, in_turn, processor_ms, wall_ms
from callout.ledger import Draft, open_ledger
from callout.ledger.event import Row
from callout.ledger.rows import EMPTY, rows_after

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
APPENDS = 500
SECOND_MS = 1000.0
CUSTOMERS = 20
WRITERS = 4
# How work is recorded: most of a ledger that bills are made of.
BODY = {
    "source": "person",
    "started_at": "2026-03-01T09:00:00.000000Z",
    "ended_at": "2026-03-01T09:30:00.000000Z",
    "role": "engineer",
    "note": "Looked at the trunk, restarted it, told the customer",
}


def measure() -> list[Ratio]:
    """Wall time, in a folder of its own on the disk that temporary files are on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_appends(folder), *_reading(folder)]


def _appends(folder: Path) -> list[Ratio]:
    """Each append a transaction that is on the disk when it returns."""
    url = f"sqlite:///{folder}/appends.sqlite"
    with closing(open_ledger(url, _now)) as ledger:
        alone, bare = in_turn(
            lambda: wall_ms(lambda: _append(url, APPENDS)), lambda: wall_ms(lambda: _bare(folder / "bare.sqlite")), 5
        )
        several = statistics.median(wall_ms(lambda: _side_by_side(url)) for _ in range(3))
        assert next(ledger.events(kind="work_logged")).seq == 1
    return [
        Ratio(f"{APPENDS} appends, one after the other / a second", "wall", alone, SECOND_MS, 1),
        Ratio(f"{APPENDS} appends by {WRITERS} processes / a second", "wall", several, SECOND_MS, 1),
        Ratio("an append / a bare INSERT that is as durable", "wall", alone, bare, 1.5),
    ]


def _append(url: str, count: int) -> None:
    with closing(open_ledger(url, _now)) as ledger:
        for number in range(count):
            ledger.append(_draft(number))


def _side_by_side(url: str) -> None:
    """Their start is no part of an append, and is measured all the same."""
    each = [
        multiprocessing.get_context("fork").Process(target=_append, args=(url, APPENDS // WRITERS))
        for _ in range(WRITERS)
    ]
    for process in each:
        process.start()
    for process in each:
        process.join()
        if process.exitcode != 0:
            raise RuntimeError(f"a writer ended with {process.exitcode}")


def _bare(path: Path) -> None:
    """The same row into a table with the same indexes, as SQLite does it by itself with all durability."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")
        names = [f"c{number}" for number in range(11)]
        connection.execute(f"CREATE TABLE IF NOT EXISTS bare (seq INTEGER PRIMARY KEY, {', '.join(names)})")
        for number in range(6):
            connection.execute(f"CREATE INDEX IF NOT EXISTS bare{number} ON bare (c{number}, c{number + 1})")
        row = [str(uuid.uuid4()), *(["acme"] * 8), str(BODY), "0" * 64]
        for _ in range(APPENDS):
            connection.execute(f"INSERT INTO bare ({', '.join(names)}) VALUES ({', '.join('?' * 11)})", row)


def _reading(folder: Path) -> list[Ratio]:
    small, large = folder / "small.sqlite", folder / "large.sqlite"
    for path, count in ((small, 100_000), (large, 1_000_000)):
        with closing(open_ledger(str(path), _now)) as ledger:
            ledger.fill(_rows(count))
    month_of_large, month_of_small = in_turn(
        lambda: wall_ms(lambda: _month(large)), lambda: wall_ms(lambda: _month(small)), 5
    )
    whole = statistics.median(wall_ms(lambda: _verify(large)) for _ in range(3))
    return [
        Ratio("verify of 1,000,000 events / 30 s", "wall", whole, 30 * SECOND_MS, 1),
        Ratio(
            "a month of a customer out of 1,000,000 events / out of 100,000",
            "wall",
            month_of_large,
            month_of_small,
            1.5,
        ),
    ]


def _verify(path: Path) -> None:
    """As a person runs it: with the start of the program, the chain, and SQLite's own check."""
    code = (
        "import sys; from callout.ledger import open_ledger; from callout.ledger.chain import verify_chain; "
        "ledger = open_ledger(sys.argv[1], None); "
        "sys.exit([one.code for one in verify_chain(ledger.rows(), ledger.complaints())] != ['whole'])"
    )
    processor_ms([sys.executable, "-c", code, str(path)])


def _month(path: Path) -> None:
    """As many events in either ledger: there is a tenth as much of a month where there are ten times as many months."""
    with closing(open_ledger(str(path), _now)) as ledger:
        kinds = ("work_logged", "work_amended")
        until = START + dt.timedelta(minutes=40_000)
        found = sum(1 for _ in ledger.events(kinds=kinds, customer="customer3", since_at=START, until_at=until))
        assert found == 40_000 // CUSTOMERS


def _rows(count: int) -> Iterator[Row]:
    """Work, a minute apart, of twenty customers by turns."""
    head = EMPTY
    for first in range(0, count, 1000):
        drafts = [_draft(number) for number in range(first, first + 1000)]
        names = (str(uuid.UUID(int=number)) for number in itertools.count(first))
        rows = rows_after(head, drafts, number=str, cases=int, identifier=names.__next__, now=_now)
        head = (rows[-1]["seq"], rows[-1]["hash"])
        yield from rows


def _draft(number: int) -> Draft:
    customer = f"customer{number % CUSTOMERS}"
    at = START + dt.timedelta(minutes=number)
    body = {**BODY, "seconds": number, "ticket": f"T-{number % 997}"}
    return Draft("work_logged", at, "eva@desk", customer, f"{customer}-pbx1", f"CO-{number % 5000:04d}", body)


def _now() -> dt.datetime:
    return START
