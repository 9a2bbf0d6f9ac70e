"""A context on a real ledger in a temporary folder, with a clock that the test sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from access_check.inventory_source import RawSystem
from access_check.targets import Target
from callout.inventory import System, system_from_raw
from callout.ledger import open_ledger
from callout.places import Places
from callout.shell.session import Session
from callout.steps.context import Context


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Moves on by a timedelta's arguments."""
        self.now += dt.timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def no_connection(target: Target) -> Session:
    """These steps may not touch a system."""
    raise AssertionError(f"{target.name} was contacted")


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> Iterator[Context]:
    places = Places(inventory=tmp_path, data=tmp_path / ".callout", ledger=f"sqlite:///{tmp_path}/ledger.sqlite")
    ledger = open_ledger(places.ledger, clock)
    yield Context(ledger=ledger, places=places, actor="eva@desk", now=clock, connect=no_connection)
    ledger.close()


def make_system(name: str = "globex-sw1", contract: str = "support") -> System:
    """A validated system without an inventory on disk."""
    customer = {
        "id": "globex",
        "name": "Globex",
        "contract": contract,
        "registered_addresses": ["it@globex.example"],
        "time_zone": "America/New_York",
        "currency": "EUR",
    }
    variables = {"ansible_host": "192.0.2.1", "callout_system": {"product": "pbxware"}, "callout_customer": customer}
    return system_from_raw(RawSystem(name, ("globex",), variables, {}, {}), Path("/nowhere/known_hosts"))


@pytest.fixture
def system() -> System:
    return make_system()
