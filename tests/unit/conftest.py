"""Events without a database: the same rows that a ledger would hold, with ids that can be foretold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from callout.inventory import Customer
from callout.ledger import Draft, Event
from callout.ledger.event import COLUMNS, GENESIS, format_utc, parse_utc, sealed_row


class Book:
    """Writes events in order; `customer`, `system`, `callout`, `actor` are those of the next ones."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.customer, self.system, self.callout, self.actor = "globex", "globex-sw1", "CO-0001", "eva@desk"

    def write(self, kind: str, at: str, /, **body: Any) -> Event:
        """An event at `at`, written like 2026-03-02T09:00Z or with another offset."""
        seq = len(self.events) + 1
        moment = dt.datetime.fromisoformat(at)
        row = sealed_row(
            Draft(kind, moment, self.actor, self.customer, self.system, self.callout, body),
            seq=seq,
            identifier=f"{seq:08x}-0000-4000-8000-000000000000",
            recorded_at=moment,
            prev_hash=self.events[-1].hash if self.events else GENESIS,
        )
        self.events.append(Event(*(row[name] for name in COLUMNS)))
        return self.events[-1]

    def opened(self, at: str, contract: str = "support", ticket: str = "T-1", reason: str = "Patch 17") -> Event:
        """A call-out's beginning."""
        return self.write("opened", at, ticket=ticket, reason=reason, contract=contract, product="pbxware")

    def work(self, at: str, seconds: int, **more: Any) -> Event:
        """Work that began at `at`, by a person unless `outcome` is given."""
        start = dt.datetime.fromisoformat(at)
        ended = start + dt.timedelta(seconds=seconds)
        body = {
            "source": "playbook" if more.get("outcome") else "person",
            "started_at": format_utc(start),
            "ended_at": format_utc(ended),
            "seconds": seconds,
            "role": "engineer",
            "ticket": "T-1",
            "note": "Patch 17",
            **more,
        }
        return self.write("work_logged", parse_utc(body["ended_at"]).isoformat(), **body)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture(scope="session")
def make_book() -> Callable[[], Book]:
    """For tests that need many: a property is tried on a fresh book each time."""
    return Book


@pytest.fixture(scope="session")
def make_customer() -> Callable[..., Customer]:
    """Globex: a support contract, New York, euros, 120.00 an hour; arguments are laid over that."""

    def make(**values: Any) -> Customer:
        return Customer.model_validate(
            {
                "id": "globex",
                "name": "Globex Corporation",
                "contract": "support",
                "registered_addresses": ["it@globex.example"],
                "time_zone": "America/New_York",
                "currency": "EUR",
                "rates": {"engineer": "120.00"},
                **values,
            }
        )

    return make
