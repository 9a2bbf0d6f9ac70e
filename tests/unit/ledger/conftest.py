"""A ledger on a clock that stands: in a temporary folder, and in a database of a server of our own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callout.ledger import Draft, Ledger, open_ledger
from tests.team_server import TeamServer

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
BOTH = ("sqlite", "postgresql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the SQLite ledger is, in a folder that is not there yet."""
    return tmp_path / "data" / "ledger.sqlite"


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, path: Path) -> str:
    """Where an empty ledger is, once in each database."""
    if request.param == "sqlite":
        return f"sqlite:///{path}"
    server: TeamServer = request.getfixturevalue("team_server")
    return server.emptied()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """An open ledger, once in each database."""
    opened = open_ledger(url, lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def file_ledger(path: Path) -> Iterator[Ledger]:
    """An open ledger in the file `path`."""
    opened = open_ledger(f"sqlite:///{path}", lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """Makes a draft of a kind, with a few words."""

    def make(kind: str = "noted", callout: str = "", at: dt.datetime = NOW, **body: object) -> Draft:
        return Draft(kind, at, "eva@desk", "acme", "acme-pbx1", callout, body)

    return make
