"""The databases themselves refuse changes, whatever program asks, and say so where their guards are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import verify_chain
from callout.ledger.event import COLUMNS
from tests.team_server import TeamServer, name_in
from tests.unit.ledger.conftest import NOW

Make = Callable[..., Draft]
CHANGES = (
    "UPDATE {events} SET actor = 'x'",
    "UPDATE {events} SET actor = 'x' WHERE seq = 99",
    "DELETE FROM {events}",
    "DELETE FROM {events} WHERE seq = 2",
    # A place that is taken, one that leaves a gap, one before the first.
    "INSERT INTO {events} SELECT 2, 'i', {rest} FROM {events} WHERE seq = 1",
    "INSERT INTO {events} SELECT 9, 'i', {rest} FROM {events} WHERE seq = 1",
    "INSERT INTO {events} SELECT 0, 'i', {rest} FROM {events} WHERE seq = 1",
)
SQLITE_CHANGES = (
    "REPLACE INTO {events} SELECT 2, 'i', {rest} FROM {events} WHERE seq = 1",
    "REPLACE INTO {events} SELECT 4, id, {rest} FROM {events} WHERE seq = 1",
    "INSERT INTO {events} SELECT 2, 'i', {rest} FROM {events} WHERE seq = 1 {conflict}",
)
POSTGRES_CHANGES = (
    "TRUNCATE {events}",
    "UPDATE {events} SET actor = 'x' WHERE false",
    "SET session_replication_role = replica; DELETE FROM {events}",
    "INSERT INTO {events} SELECT 2, 'i', {rest} FROM {events} WHERE seq = 1 {conflict}",
    "MERGE INTO {events} a USING {events} b ON a.seq = b.seq WHEN MATCHED THEN DELETE",
)
REST = ", ".join(COLUMNS[2:])
CONFLICT = "ON CONFLICT (seq) DO UPDATE SET actor = 'x'"


@pytest.fixture
def three(draft: Make) -> list[Draft]:
    return [draft(number=number) for number in range(3)]


@pytest.mark.parametrize("change", [*CHANGES, *SQLITE_CHANGES])
def test_sqlite_refuses(file_ledger: Ledger, path: Path, three: list[Draft], change: str) -> None:
    stored = file_ledger.append(*three)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if "seq = 99" in change:
            other.execute(
                change.format(events="events", rest=REST, conflict=CONFLICT)
            )  # changes nothing, and is not asked
        else:
            with pytest.raises(sqlite3.IntegrityError):
                other.execute(change.format(events="events", rest=REST, conflict=CONFLICT))
    assert list(file_ledger.events()) == stored


@pytest.fixture
def team_ledger(team_server: TeamServer) -> Iterator[tuple[str, Ledger]]:
    url = team_server.emptied()
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        yield url, ledger


@pytest.mark.parametrize("change", [*CHANGES, *POSTGRES_CHANGES])
def test_postgresql_refuses_also_its_owner(
    team_server: TeamServer, team_ledger: tuple[str, Ledger], three: list[Draft], change: str
) -> None:
    url, ledger = team_ledger
    stored = ledger.append(*three)
    with pytest.raises(psycopg.errors.IntegrityError):
        team_server.sql(change.format(events="callout.events", rest=REST, conflict=CONFLICT), name_in(url))
    assert list(ledger.events()) == stored


def test_a_guard_that_is_gone_is_told(
    file_ledger: Ledger, path: Path, team_ledger: tuple[str, Ledger], team_server: TeamServer
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER events_are_never_deleted")
    url, ledger = team_ledger
    team_server.sql("ALTER TABLE callout.events DISABLE TRIGGER events_are_never_changed", name_in(url))
    for one in (file_ledger, ledger):
        (finding,) = verify_chain(one.rows(), one.complaints())
        assert "its guard events_are_never_" in finding.seen
        assert finding.blocks


def test_amcheck_looks_into_the_indexes(team_ledger: tuple[str, Ledger], team_server: TeamServer, draft: Make) -> None:
    """Where the extension is installed, an entry that an index lacks is found."""
    url, ledger = team_ledger
    ledger.append(draft(number=1))
    name = name_in(url)
    team_server.sql("CREATE EXTENSION amcheck", name)
    assert ledger.complaints() == []
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'callout.events_by_system'::regclass"
    team_server.sql(ready.format("false"), name)
    with closing(open_ledger(url, lambda: NOW)) as again:
        again.append(draft(number=2))
    team_server.sql(ready.format("true"), name)
    assert [said for said in ledger.complaints() if "events_by_system is damaged" in said]
