"""A support desk on a real ledger, once in each database: one customer with everything, one with a ticket only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from access_check.inventory_source import RawSystem
from callout.desk.case import Case
from callout.desk.entitlement import Channel
from callout.inventory import Inventory, System, system_from_raw
from callout.ledger import Event, open_ledger
from callout.places import Places
from callout.policy.desk_words import Priority
from callout.steps.case_look import case_now
from callout.steps.case_open import Asking, Matter, open_case
from callout.steps.context import Context
from tests.team_server import TeamServer
from tests.unit.steps.conftest import Clock, no_connection

BOTH = ("sqlite", "postgresql")
PIN = "canary-4711"
CUSTOMERS: dict[str, dict[str, Any]] = {
    "globex": {
        "emergency_phone": True,
        "desk": {"pin": PIN, "callers": [{"name": "Jane Roe", "telephone": "+1 212 555 0100"}]},
    },
    "acme": {},
}
POLICY: dict[str, Any] = {
    "vendor": "Nordwand",
    "desk": {
        "people": {
            "support_manager": "sm@nordwand.example",
            "account_manager": "am@nordwand.example",
            "last": "last@nordwand.example",
        },
        "acknowledgements": {1: {"within": "4 hours"}},
        "goals": {"high": {"plan": {"within": "4 hours"}}, "emergency": {"first_reply": {"within": "45 minutes"}}},
    },
}
LINK = "https://docs.example/voicemail"


def desk_system(customer: str, name: str, policy: dict[str, Any]) -> System:
    """A validated system without an inventory on disk."""
    of_customer = {
        "id": customer,
        "name": customer.title(),
        "contract": "support",
        "registered_addresses": [f"it@{customer}.example"],
        "time_zone": "America/New_York",
        "currency": "EUR",
        "rates": {"engineer": "120.00"},
        **CUSTOMERS[customer],
    }
    variables = {
        "ansible_host": "192.0.2.1",
        "callout_system": {"product": "pbxware"},
        "callout_customer": of_customer,
        "callout_policy": policy,
    }
    return system_from_raw(RawSystem(name, (customer,), variables, {}, {}), Path("/nowhere/known_hosts"))


def desk_inventory(policy: dict[str, Any] | None = None) -> Inventory:
    """Globex with an emergency contract, Acme without; the policy has people for all three levels."""
    rules = policy or POLICY
    systems = {
        name: desk_system(customer, name, rules)
        for customer, name in (("globex", "globex-pbx1"), ("acme", "acme-pbx1"))
    }
    customers = {system.customer.id: system.customer for system in systems.values()}
    return Inventory(systems, customers, next(iter(systems.values())).policy)


class Desk:
    """A context and an inventory; the clock begins on Tuesday 2026-03-03, 10:00 UTC, in the vendor's hours."""

    def __init__(self, context: Context, clock: Clock, inventory: Inventory) -> None:
        self.context, self.clock, self.inventory = context, clock, inventory

    def opened(self, customer: str = "globex", **matter: Any) -> str:
        """A case by chat from a registered address; its number."""
        asking = Asking(Channel.CHAT, f"it@{customer}.example")
        return str(self._opened(customer, asking, {"subject": "Voicemail is silent", **matter}).body["case"])

    def emergency(self, **asked: Any) -> str:
        """An emergency of Globex with all that it needs; its number."""
        asking = Asking(Channel.PHONE, "Jane Roe", SecretStr(PIN), 60, "Jane Roe")
        matter = {"subject": "No calls", "priority": Priority.EMERGENCY}
        return str(self._opened("globex", replace(asking, **asked), matter).body["case"])

    def case(self, number: str) -> Case:
        return case_now(self.context.ledger, number)

    def kinds(self, number: str) -> list[str]:
        return [event.kind for event in self.context.ledger.events(case=number)]

    def events(self, kind: str) -> list[Event]:
        return list(self.context.ledger.events(kind=kind))

    def _opened(self, customer: str, asking: Asking, matter: dict[str, Any]) -> Event:
        policy, who = self.inventory.policy, self.inventory.customer(customer)
        return open_case(self.context, who, policy, f"{customer}-pbx1", asking, Matter(**matter))

    @property
    def now(self) -> dt.datetime:
        return self.clock.now


@pytest.fixture(params=BOTH)
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A desk, once on each kind of ledger."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    if request.param == "postgresql":
        server: TeamServer = request.getfixturevalue("team_server")
        url = server.emptied()
    ledger = open_ledger(url, clock)
    places = Places(inventory=tmp_path, data=tmp_path / ".callout", ledger=url)
    yield Desk(Context(ledger, places, "eva@desk", clock, no_connection), clock, desk_inventory())
    ledger.close()
