"""A ledger in a temporary folder, with a clock that stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callout.ledger import Draft, Ledger, open_ledger

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is, in a folder that is not there yet."""
    return tmp_path / "data" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """An open ledger."""
    opened = open_ledger(f"sqlite:///{path}", lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def draft() -> Callable[..., Draft]:
    """Makes a draft of a kind, with a few words."""

    def make(kind: str = "noted", callout: str = "", at: dt.datetime = NOW, **body: object) -> Draft:
        return Draft(kind, at, "eva@desk", "acme", "acme-pbx1", callout, body)

    return make
