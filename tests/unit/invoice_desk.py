"""A desk that bills: customers in memory, a real ledger, a clock that the test sets. Shared by unit and fault tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from access_check.targets import Target
from callout.inventory import Customer, Inventory
from callout.inventory.policy import Policy
from callout.ledger import Draft, Event, Ledger, open_ledger
from callout.ledger.event import format_utc
from callout.places import Places
from callout.shell.session import Session
from callout.steps.bill import make_bill
from callout.steps.context import Context
from callout.steps.invoice import credit_invoice, issue_invoice
from callout.steps.review import approve_bill, submit_bill
from callout.worklog.invoice.document import Invoice

ADDRESS = {"street": "Übungsgasse 7", "post_code": "1030", "city": "Wien", "country": "AT"}
MARCH, APRIL, MAY = "2026-03", "2026-04", "2026-05"
POLICY: dict[str, Any] = {
    "vendor": "Nordwand Telefonie GmbH",
    "money": {"rates": {"engineer": "120.00", "developer": "150.00"}, "increment_minutes": 15},
    "invoicing": {
        "seller": {"name": "Nordwand Telefonie GmbH", "address": ADDRESS, "vat_id": "ATU12345678"},
        "bank": {"iban": "AT611904300234573201"},
        "tax": {"kind": "standard", "percent": "20"},
    },
}
CUSTOMER: dict[str, Any] = {
    "contract": "support",
    "time_zone": "Europe/Vienna",
    "language": "en",
    "currency": "EUR",
    "invoicing": {"address": ADDRESS, "vat_id": "ATU87654321"},
}


def customer_named(identifier: str, **values: Any) -> Customer:
    """A customer with a support contract in Vienna; arguments are laid over that."""
    named = {"id": identifier, "name": identifier.title(), "registered_addresses": [f"it@{identifier}.example"]}
    return Customer.model_validate({**CUSTOMER, **named, **values})


def no_session(target: Target) -> Session:
    """Billing may not touch a system."""
    raise AssertionError(f"{target.name} was contacted")


def no_check(_: object) -> list[Any]:
    """In place of the official rules, where what is tried is not the document."""
    return []


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class InvoiceDesk:
    """An inventory of `customers` (ids) and a ledger in `folder`. `now` begins in April 2026."""

    folder: Path
    customers: Sequence[Customer] = field(default_factory=lambda: (customer_named("globex"),))
    policy: dict[str, Any] = field(default_factory=lambda: POLICY)

    def __post_init__(self) -> None:
        self.clock = Clock(dt.datetime(2026, 4, 2, 9, 0, tzinfo=dt.UTC))
        self.places = Places(self.folder, self.folder / ".callout", f"sqlite:///{self.folder}/ledger.sqlite")
        self.inventory = Inventory({}, {one.id: one for one in self.customers}, Policy.model_validate(self.policy))
        self.ledger = open_ledger(self.places.ledger, self.clock)

    def opened_again(self) -> Ledger:
        """The ledger anew, for a process of its own."""
        return open_ledger(self.places.ledger, self.clock)

    def by(self, actor: str, ledger: Ledger | None = None) -> Context:
        """What the steps are handed when `actor` works."""
        return Context(ledger or self.ledger, self.places, actor, self.clock, no_session)

    def expense(self, date: str, amount: str, customer: str = "globex") -> Event:
        """Travel of that day, recorded now."""
        body = {
            "date": date,
            "expense": "travel",
            "amount": amount,
            "currency": "EUR",
            "ticket": "T-1",
            "note": "Train",
        }
        return self.ledger.append(Draft("expense_logged", self.clock.now, "eva@desk", customer, "", "", body))[0]

    def work(
        self, at: str, minutes: int, customer: str = "globex", actor: str = "eva@desk", callout: str = "", **more: Any
    ) -> Event:
        """Maintenance by a person that began at `at`, recorded now; arguments are laid over its body."""
        start = dt.datetime.fromisoformat(at)
        body = {
            "source": "person", "started_at": format_utc(start), "seconds": minutes * 60, "role": "engineer",
            "ended_at": format_utc(start + dt.timedelta(minutes=minutes)), "ticket": "T-1", "activity": "maintenance",
            "note": "Voicemail repaired", **more,
        }  # fmt: skip
        return self.ledger.append(Draft("work_logged", self.clock.now, actor, customer, "", callout, body))[0]

    def with_policy(self, **invoicing: Any) -> None:
        """Changes `callout_policy.invoicing` from here on."""
        values = {**self.policy, "invoicing": {**self.policy["invoicing"], **invoicing}}
        self.inventory = replace(self.inventory, policy=Policy.model_validate(values))


def approved(desk: InvoiceDesk, month: str = MARCH, customer: str = "globex") -> None:
    """Takes the month through its review."""
    submit_bill(desk.by("eva@desk"), desk.inventory, customer, month)
    approve_bill(desk.by("max@desk"), desk.inventory, customer, month)


def issue(desk: InvoiceDesk, month: str = MARCH, customer: str = "globex", **how: Any) -> Event:
    """The `invoice_issued` event of an approved month."""
    return issue_invoice(desk.by("max@desk"), desk.inventory, customer, month, check=no_check, **how)


def credit(desk: InvoiceDesk, number: str, *lines: str) -> Event:
    """The `credit_note_issued` event of these lines, without any of all."""
    return credit_invoice(desk.by("max@desk"), desk.inventory, number, "Wrong", lines=lines, check=no_check)


def frozen(desk: InvoiceDesk, month: str = MARCH) -> Event:
    """Approves and issues the month."""
    approved(desk, month)
    return issue(desk, month)


def document(event: Event) -> Invoice:
    """The document that the event holds."""
    return Invoice.from_dict(event.body["document"])


def line_ids(desk: InvoiceDesk, month: str) -> list[str]:
    """The ids of the month's lines, as they are now."""
    return [line.id for line in make_bill(desk.by("eva"), desk.inventory, "globex", month).lines]
