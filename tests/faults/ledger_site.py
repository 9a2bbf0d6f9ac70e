"""Ledgers under attack: writers as processes of their own, a big old ledger, an export of what is stored."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg

from callout.ledger import Draft, postgres_migrations, sqlite_migrations
from callout.ledger.address import is_postgres, postgres_address, sqlite_path
from callout.ledger.event import COLUMNS, Row
from callout.ledger.rows import EMPTY, rows_after

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)

# Appends, one event at a time, and says of each that it is recorded only once `append` has said so. Every tenth opens
# a call-out: numbers, too, must come without gaps. Its clock is wrong by as much as its number: nothing may rely on it.
WRITER = """
import datetime as dt, os, sys
from callout.ledger import Draft, open_ledger
url, name, count, wrong_h = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
now = lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=wrong_h)
ledger = open_ledger(url, now)
for number in range(count):
    kind, callout = ("opened", "NEW") if number % 10 == 0 else ("noted", "")
    (event,) = ledger.append(Draft(kind, now(), name, "acme", "acme-pbx1", callout, {"number": number}))
    os.write(1, f"{number} {event.seq} {event.hash}\\n".encode())
"""


class Writer:
    """A process that appends `count` events; a line in a file for each that was acknowledged: nobody has to listen."""

    def __init__(self, url: str, name: str, count: int, folder: Path, wrong_h: float = 0) -> None:
        self.name = name
        self._said, self._complained = folder / f"{name}.said", folder / f"{name}.complained"
        words = [sys.executable, "-c", WRITER, url, name, str(count), str(wrong_h)]
        with self._said.open("wb") as said, self._complained.open("wb") as complained:
            self.process = subprocess.Popen(words, stdout=said, stderr=complained)

    def wait_for_first(self) -> None:
        """Until it writes."""
        while not self._said.stat().st_size:
            assert self.process.poll() is None, self.complaint
            time.sleep(0.002)

    @property
    def acknowledged(self) -> list[tuple[int, int, str]]:
        """Number, place and hash of each event that it was told of; a line that a kill cut is none."""
        lines = [line.split() for line in self._said.read_bytes().split(b"\n")[:-1]]
        return [(int(number), int(seq), digest.decode()) for number, seq, digest in lines]

    @property
    def complaint(self) -> str:
        """What it said on standard error."""
        return self._complained.read_text()


def old_rows(count: int) -> Iterator[Row]:
    """The rows of a ledger of so many events of work, as they are stored."""
    head = EMPTY
    for first in range(0, count, 1000):
        drafts = [_draft(number) for number in range(first, min(first + 1000, count))]
        names = (str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))) for number in itertools.count(first))
        rows = rows_after(head, drafts, number=lambda: "CO-0001", cases=int, identifier=names.__next__, now=lambda: NOW)
        head = (rows[-1]["seq"], rows[-1]["hash"])
        yield from rows


def _draft(number: int) -> Draft:
    customer = f"customer{number % 20}"
    body = {"seconds": number, "ticket": f"T-{number}", "note": "looked at the trunk", "source": "person"}
    at = NOW + dt.timedelta(minutes=number)
    return Draft("work_logged", at, "eva@desk", customer, f"{customer}-pbx1", f"CO-{number % 500:04d}", body)


def make_old(url: str, rows: Iterator[Row], version: int) -> None:
    """A ledger of an earlier version, as that version would have written it."""
    if is_postgres(url):
        with closing(psycopg.connect(**postgres_address(url).parameters, autocommit=True)) as connection:  # type: ignore[arg-type]
            postgres_migrations.migrate(connection, url, version)
            with connection.cursor() as cursor, cursor.copy("COPY callout.events FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(list(row.values()))
        return
    path = sqlite_path(url)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        sqlite_migrations.migrate(connection, path, version)
        connection.execute("BEGIN")
        places = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO events VALUES ({places})", (tuple(row.values()) for row in rows))
        connection.execute("COMMIT")


def schema_of(url: str) -> tuple[int, frozenset[str]]:
    """The version that a ledger says it has, and the names of the indexes and guards that are really there."""
    if is_postgres(url):
        with closing(psycopg.connect(**postgres_address(url).parameters, autocommit=True)) as connection:  # type: ignore[arg-type]
            version = postgres_migrations.version_of(connection, url)
            names = connection.execute(
                "SELECT indexname FROM pg_indexes WHERE schemaname = 'callout'"
                " UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = 'callout.events'::regclass"
            )
            return version, frozenset(str(name) for (name,) in names)
    with closing(sqlite3.connect(sqlite_path(url))) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        names = connection.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        return int(version), frozenset(str(name) for (name,) in names)
