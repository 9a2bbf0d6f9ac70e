"""A ledger of any earlier version becomes today's, its events untouched; a newer one is refused."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from callout.errors import BadInput, CalloutError
from callout.ledger import Draft, open_ledger, postgres_migrations, sqlite_migrations
from callout.ledger.address import postgres_address
from callout.ledger.chain import verify_chain
from callout.ledger.event import COLUMNS
from callout.ledger.rows import EMPTY, Row, rows_after
from tests.team_server import TeamServer, name_in
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]


@pytest.fixture
def rows(draft: Make) -> list[Row]:
    """Of version 1: written before there was another."""
    numbers = iter(range(100))
    drafts = [draft("opened", "NEW"), *(draft(number=number) for number in range(20))]
    return rows_after(
        EMPTY, drafts, number=lambda: "CO-0001", cases=int, identifier=lambda: f"id-{next(numbers)}", now=lambda: NOW
    )


def old_file(path: Path, rows: list[Row], version: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        sqlite_migrations.migrate(connection, path, version)
        places = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO events VALUES ({places})", [tuple(row.values()) for row in rows])


def old_database(url: str, rows: list[Row], version: int) -> None:
    with closing(psycopg.connect(**postgres_address(url).parameters, autocommit=True)) as connection:
        postgres_migrations.migrate(connection, url, version)
        with connection.cursor() as cursor, cursor.copy("COPY callout.events FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))


@pytest.mark.parametrize("version", range(1, sqlite_migrations.NEWEST))
def test_an_older_ledger_becomes_todays(
    path: Path, team_server: TeamServer, rows: list[Row], version: int, draft: Make
):
    old_file(path, rows, version)
    team = team_server.emptied()
    old_database(team, rows, version)
    for url in (f"sqlite:///{path}", team):
        with closing(open_ledger(url, lambda: NOW)) as ledger:
            assert list(ledger.rows()) == rows
            assert ledger.append(draft("opened", "NEW"))[0].callout == "CO-0002"
            assert [one.code for one in verify_chain(ledger.rows(), ledger.complaints())] == ["whole"]


def test_both_databases_have_the_same_versions() -> None:
    assert list(sqlite_migrations.MIGRATIONS) == list(postgres_migrations.MIGRATIONS)
    assert list(sqlite_migrations.MIGRATIONS) == list(range(1, sqlite_migrations.NEWEST + 1))


def test_a_newer_one_is_refused_and_left_alone(path: Path, team_server: TeamServer, rows: list[Row]) -> None:
    newest = sqlite_migrations.NEWEST
    old_file(path, rows, newest)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newest + 1}")
    team = team_server.emptied()
    old_database(team, rows, newest)
    team_server.sql(f"INSERT INTO callout.versions VALUES ({newest + 1})", name_in(team))
    for url in (f"sqlite:///{path}", team):
        with pytest.raises(BadInput, match="was written by a newer callout"):
            open_ledger(url, lambda: NOW)


def test_a_full_disk_leaves_the_old_version(path: Path, rows: list[Row]) -> None:
    """No room for an index: a sentence; the old state; with room again it goes through."""
    old_file(path, rows, 1)
    code = """
import datetime as dt, resource, signal, sys
from callout.errors import CalloutError
from callout.ledger import open_ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    open_ledger(sys.argv[1], lambda: dt.datetime.now(dt.UTC))
except CalloutError as error:
    print(error.message)
"""
    size = str(path.stat().st_size)
    done = subprocess.run([sys.executable, "-c", code, str(path), size], capture_output=True, text=True, check=True)
    assert str(path) in done.stdout, done.stderr
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert "events_by_time" not in names
    with closing(open_ledger(str(path), lambda: NOW)) as ledger:
        assert list(ledger.rows()) == rows


def test_two_processes_migrate_once(path: Path, team_server: TeamServer, rows: list[Row]) -> None:
    """Both come at once, and both find what they need."""
    old_file(path, rows, 1)
    team = team_server.emptied()
    old_database(team, rows, 1)
    code = "import datetime, sys; from callout.ledger import open_ledger; open_ledger(sys.argv[1], None).close()"
    for url in (f"sqlite:///{path}", team):
        both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
        assert [one.wait(60) for one in both] == [0, 0, 0]
    assert team_server.sql(
        "SELECT string_agg(version::text, ' ' ORDER BY version) FROM callout.versions", name_in(team)
    ) == " ".join(map(str, range(1, sqlite_migrations.NEWEST + 1)))


def test_who_may_not_migrate_is_told_who_does(team_server: TeamServer, rows: list[Row]) -> None:
    """A colleague's user may read and append, and nothing else."""
    team = team_server.emptied()
    old_database(team, rows, 1)
    name = name_in(team)
    team_server.sql("DROP ROLE IF EXISTS colleague", name)
    team_server.sql("CREATE ROLE colleague LOGIN", name)
    team_server.sql("GRANT USAGE ON SCHEMA callout TO colleague", name)
    team_server.sql(
        "GRANT SELECT, INSERT ON callout.events TO colleague; GRANT SELECT ON callout.versions TO colleague", name
    )
    theirs = team_server.url(name, "colleague")
    with pytest.raises(CalloutError, match="lacks a right") as refused:
        open_ledger(theirs, lambda: NOW)
    assert "docs/howto/team-ledger.md" in refused.value.hint
    open_ledger(team, lambda: NOW).close()
    with closing(open_ledger(theirs, lambda: NOW)) as ledger:
        (event,) = ledger.append(Draft("noted", NOW, "eva"))
        assert list(ledger.events(id=event.id)) == [event]
        assert ledger.complaints() == []
    team_server.sql("DROP OWNED BY colleague; DROP ROLE colleague", name)
