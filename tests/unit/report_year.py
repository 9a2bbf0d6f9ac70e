"""Three customers' first half of 2026, for reports: currencies, zones, contracts, quotes, people, what went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from callout.inventory import Customer
from callout.inventory.policy import Policy
from callout.inventory.reading import Inventory
from callout.ledger import Event
from callout.steps.report import collected_from
from callout.worklog.month import parse_month
from callout.worklog.reports.collected import Collected

NOW = dt.datetime(2026, 6, 20, 12, tzinfo=dt.UTC)
FIRST, LAST = parse_month("2026-01"), parse_month("2026-06")


def inventory_of(*customers: Customer, **policy: Any) -> Inventory:
    """An inventory without systems."""
    return Inventory({}, {one.id: one for one in customers}, Policy.model_validate({"vendor": "Example Ltd", **policy}))


def customers(**names: str) -> list[Customer]:
    """Globex (EUR, New York, a block of hours), Hooli (CHF, Zurich, hours a month), Initech (no rate, Tokyo)."""
    values: list[dict[str, Any]] = [
        {
            "id": "globex", "name": "Globex Corporation", "contract": "support", "time_zone": "America/New_York",
            "currency": "EUR", "rates": {"engineer": "120.00", "developer": "150.00"},
            "contracts": [
                {
                    "id": "block-2026", "kind": "hours_block", "hours": "20", "price": "2000.00",
                    "starts": "2026-02-01", "ends": "2026-12-31",
                }
            ],
        },
        {
            "id": "hooli", "name": "Hooli AG", "contract": "maintenance", "time_zone": "Europe/Zurich",
            "currency": "CHF", "rates": {"engineer": "160.00"},
            "contracts": [
                {
                    "id": "care", "kind": "included_hours", "hours_per_month": "3", "price_per_month": "400.00",
                    "carry_over_months": 1, "starts": "2026-01-01",
                },
                {
                    "id": "projects", "kind": "money_block", "amount": "2000.00", "starts": "2026-03-01",
                    "ends": "2026-12-31",
                },
            ],
        },
        {"id": "initech", "name": "Initech KK", "contract": "support", "time_zone": "Asia/Tokyo", "currency": "JPY"},
    ]  # fmt: skip
    return [
        Customer.model_validate(
            {"registered_addresses": ["it@example.org"], **one, **({"name": names[one["id"]]} if names else {})}
        )
        for one in values
    ]


def write_year(book: Any) -> list[Event]:
    """Everything that happened, in the order of the ledger."""
    for month, hours in ((1, 5), (2, 3), (3, 9), (4, 4), (5, 11), (6, 6)):
        book.customer, book.system, book.callout, book.actor = "globex", "globex-sw1", "", "eva@desk"
        day = f"2026-{month:02d}-05T14:00Z"
        book.work(day, 3600 * hours, ticket=f"T-{month}", note="Trunks")
        book.actor = "max@desk" if month % 2 else "max@laptop"
        book.work(f"2026-{month:02d}-12T15:00Z", 1800 * hours, ticket=f"T-{month}b", activity="support")
        book.customer, book.system = "hooli", "hooli-pbx1"
        book.work(f"2026-{month:02d}-10T08:00Z", 2400 * hours, ticket=f"H-{month}", note="Care")
    book.customer, book.system, book.actor = "globex", "globex-pbx2", "eva@desk"
    book.write("expense_logged", "2026-03-06T10:00Z", date="2026-03-05", expense="travel", amount="84.20",
               currency="EUR", ticket="T-3", note="Train")  # fmt: skip
    run = book.work("2026-04-20T09:00Z", 900, outcome="failed", ticket="T-9", note="Patch 17")
    developed = book.work("2026-01-20T16:00Z", 5400, role="developer", activity="development", ticket="T-7")
    book.write("work_deducted", "2026-01-21T16:00Z", work=developed.id, minutes=30, reason="Learned on the way")
    gift = book.work("2026-01-22T16:00Z", 3600, ticket="T-8")
    book.write("work_judged", "2026-01-23T16:00Z", work=gift.id, charge="no", reason="Goodwill")
    assert run.seq < gift.seq
    # The last evening of March in New York is the first morning of April in UTC, and in Tokyo.
    book.work("2026-04-01T02:30Z", 3600, ticket="T-3", note="Over the month's end")
    book.customer, book.system, book.actor = "initech", "initech-pbx1", "max@desk"
    book.work("2026-03-31T15:30Z", 2700, ticket="I-1", note="Already April in Tokyo")
    _quotes(book)
    return list(book.events)


def _quotes(book: Any) -> None:
    book.customer, book.system, book.actor, book.callout = "globex", "globex-sw1", "eva@desk", ""
    for number, (minutes, worked, cap) in enumerate(((120, 150, 180), (60, 50, 60), (240, 400, 300)), start=1):
        name, ticket, month = f"Q-000{number}", f"Q-T{number}", number + 2
        book.write(
            "quoted", f"2026-{month:02d}-02T09:00Z", quote=name, ticket=ticket, text="Move of a trunk",
            minutes={"stated": minutes} if number == 2 else {"median": minutes, "p90": cap}, amount="240.00",
            currency="EUR", cap={"minutes": cap}, valid_until="2026-12-31T23:59:59.000000Z", basis=[],
            method="stated" if number == 2 else "ledger", rate="120.00",
        )  # fmt: skip
        book.write("quote_accepted", f"2026-{month:02d}-02T10:00Z", quote=name, order_reference="PO-1",
                   given_by="it@example.org", given_at="2026-03-02T10:00:00.000000Z", evidence="mail")  # fmt: skip
        book.work(f"2026-{month:02d}-03T14:00Z", worked * 60, ticket=ticket, note="Quoted")
    book.customer = "hooli"
    book.write("quoted", "2026-05-02T09:00Z", quote="Q-0004", ticket="Q-T4", text="New cluster",
               minutes={"stated": 600}, amount="1600.00", currency="CHF", cap=None,
               valid_until="2026-05-20T23:59:59.000000Z", basis=[], method="stated")  # fmt: skip


def half_year(make_book: Callable[[], Any], **names: str) -> Collected:
    """All of it, collected."""
    by_customer: dict[str, list[Event]] = {}
    for event in write_year(make_book()):
        by_customer.setdefault(event.customer, []).append(event)
    own = customers(**names)
    return collected_from(by_customer, inventory_of(*own), own, (FIRST, LAST), NOW)
