"""Random months of a random customer under a random policy, out of one number: the same number, the same month."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from callout.inventory import Customer
from callout.inventory.policy import Money
from callout.ledger import Event
from tests.unit.conftest import Book

ORIGIN = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
SPAN_MINUTES = 95 * 1440
ZONES = ("UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns")
PLACES: dict[str, dict[str, str] | None] = {
    "Europe/Vienna": {"country": "AT", "subdivision": "9"},
    "America/New_York": {"country": "US", "subdivision": "NY"},
    "Asia/Kolkata": {"country": "IN"},
}
KINDS = ("included_hours", "fixed_price", "per_callout", "retainer", "hours_block", "money_block")
ROLES = ("engineer", "developer")
ACTIVITIES = ("maintenance", "maintenance", "development", "travel", "support")
CAUSES = ("", "", "", "", "own_bug", "man_made_emergency", "unsupported_modification", "documented_support", "included")


@dataclass(frozen=True)
class Scene:
    """One random customer with all that happened to them, and the month that is billed (of 2026).

    `events` are also those of the `others`, for whom the same people worked; one of them is in no inventory.
    """

    seed: int
    month: int
    events: list[Event]
    customer: Customer
    money: Money
    others: dict[str, Customer]


def scene(seed: int) -> Scene:
    """The scene of that number."""
    dice = random.Random(seed)
    zone = dice.choice(ZONES)
    customer = Customer.model_validate(
        {
            "id": "globex",
            "name": "Globex Corporation",
            "contract": dice.choice(["support", "support", "maintenance"]),
            "registered_addresses": ["it@globex.example"],
            "time_zone": zone,
            "currency": dice.choice(["EUR", "EUR", "JPY", "BHD"]),
            "rates": _rates(dice, 0.5),
            "ticket_rates": {"T-1": _rates(dice, 0.5)} if dice.random() < 0.3 else {},
            "contracts": [_contract(dice, number) for number in range(dice.choice([0, 1, 2, 3, 4]))],
            "holidays": PLACES.get(zone) if dice.random() < 0.5 else None,
        }
    )
    month, book, money = dice.choice([1, 2, 3, 3, 4]), _events(dice), _money(dice)
    return Scene(seed, month, _events_elsewhere(dice, book), customer, money, _others(dice))


def _others(dice: random.Random) -> dict[str, Customer]:
    included = {"id": "I", "kind": "included_hours", "starts": "2026-02-15", "hours_per_month": "1"}
    return {
        name: Customer.model_validate(
            {
                "id": name,
                "name": name,
                "contract": dice.choice(["support", "maintenance"]),
                "registered_addresses": [f"it@{name}.example"],
                "time_zone": dice.choice(ZONES),
                "currency": "EUR",
                "contracts": [included] if dice.random() < 0.4 else [],
            }
        )
        for name in ("acme", "initech")
    }


def _money(dice: random.Random) -> Money:
    factors = {
        name: dice.choice(["1.25", "1.5", "2", "0.5", "1"])
        for name in ("out_of_hours", "weekend", "holiday", "emergency")
        if dice.random() < 0.4
    }
    work = {
        activity: {"increment_minutes": dice.choice([1, 5, 30, None]), "minimum_minutes": dice.choice([0, 20, None])}
        for activity in ("travel", "development")
        if dice.random() < 0.4
    }
    return Money.model_validate(
        {
            "rates": _rates(dice, 0.9),
            "standard_rate": dice.choice([None, "77.77"]),
            "increment_minutes": dice.choice([1, 6, 15, 60]),
            "minimum_minutes": dice.choice([0, 0, 10, 30]),
            "rounding": dice.choice(["each", "ticket", "sum"]),
            "work": work,
            "multipliers": factors,
            "payers": dice.sample(KINDS, dice.choice([6, 6, 4])),
            "bucket_hours": dice.choice(["as_worked", "multiplied"]),
            "consumed_by": dice.choice(["worked", "worked", "entered"]),
            "shared_minutes": dice.choice(["split", "split", "first"]),
        }
    )


def _rates(dice: random.Random, often: float) -> dict[str, Any]:
    return {role: _rate(dice) for role in ROLES if dice.random() < often}


def _rate(dice: random.Random) -> Any:
    def amount() -> str:
        return f"{dice.randrange(0, 300)}.{dice.randrange(1000):03d}"[: dice.choice([4, 6, 7])].rstrip(".")

    if dice.random() < 0.6:
        return amount()
    day = dt.date(2026, 3, 1) + dt.timedelta(days=dice.randrange(31))
    before = {"amount": amount(), "valid_to": str(day - dt.timedelta(days=1))}
    after = {"amount": amount(), "valid_from": str(day)}
    return [before, after] if dice.random() < 0.7 else [after]


def _contract(dice: random.Random, number: int) -> dict[str, Any]:
    kind = dice.choice([*KINDS, "hours_block", "retainer", "time_and_materials"])
    starts = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randrange(90))
    more: dict[str, Any] = {
        "included_hours": {"hours_per_month": dice.choice(["1", "2.5", "6"])},
        "retainer": {"hours_per_month": dice.choice(["1", "2.5", "6"])},
        "hours_block": {"hours": dice.choice(["1", "4.25", "12"])},
        "money_block": {"amount": dice.choice(["100", "333.33", "1500"])},
        "fixed_price": {"price": "500", "tickets": ["T-2"]},
        "per_callout": {"price": "80"},
        "time_and_materials": {"rates": _rates(dice, 0.8)},
    }[kind]
    if kind in ("included_hours", "retainer"):
        if dice.random() < 0.6:
            more["carry_over_months"] = dice.choice([1, 2])
            if dice.random() < 0.5:
                more["carry_over_hours"] = "0.5"
        if dice.random() < 0.5:
            more["price_per_month"] = "99.50"
    if kind in ("included_hours", "retainer", "hours_block", "money_block") and dice.random() < 0.3:
        more["overrun_cap_hours"] = dice.choice(["0.5", "2"])
    if kind == "per_callout" and dice.random() < 0.6:
        more["minutes_per_callout"] = dice.choice([30, 100])
    if kind in ("hours_block", "money_block") and dice.random() < 0.3:
        more["price"] = "250"
    if dice.random() < 0.2:
        more["roles"] = ["engineer"]
    if dice.random() < 0.2:
        more["activities"] = ["maintenance", "travel"]
    if dice.random() < 0.2:
        more["rates"] = _rates(dice, 0.8)
    if dice.random() < 0.6:
        more["ends"] = str(starts + dt.timedelta(days=dice.randrange(80)))
    return {"id": f"C-{number}", "kind": kind, "starts": str(starts), **more}


def _events(dice: random.Random) -> Book:
    book = Book()
    works = []
    for _ in range(dice.randrange(1, 14)):
        book.actor = dice.choice(["eva@desk", "max@desk"])
        book.callout = dice.choice(["", "CO-0001", "CO-0002"])
        begun = ORIGIN + dt.timedelta(minutes=dice.randrange(SPAN_MINUTES))
        # Some begin together, so that they overlap.
        if works and dice.random() < 0.3:
            earlier = dice.choice(works)
            begun = dt.datetime.fromisoformat(earlier.body["started_at"]) + dt.timedelta(minutes=dice.randrange(90))
        more = {"outcome": dice.choice(["done", "refused"])} if dice.random() < 0.3 else {}
        length = dice.choice([5, 45, 61, dice.randrange(1, 900)])
        works.append(
            book.work(
                begun.isoformat(),
                length * 60,
                role=dice.choice([*ROLES, "engineer"]),
                ticket=dice.choice(["T-1", "T-2", "T-3"]),
                activity=dice.choice(ACTIVITIES),
                cause=dice.choice(CAUSES),
                **more,
                **({"rate": "42.50"} if dice.random() < 0.1 else {}),
            )
        )
    for work in works:
        if dice.random() < 0.1:
            book.write("work_judged", "2026-05-01T00:00Z", work=work.id, charge=dice.choice(["yes", "no"]), reason="R")
        if dice.random() < 0.1:
            book.write("work_deducted", "2026-05-01T00:00Z", work=work.id, minutes=dice.choice([5, 50]), reason="R")
    return book


def _events_elsewhere(dice: random.Random, book: Book) -> list[Event]:
    """What the same people did for others at about the same time; some of it is on invoices."""
    own = [event for event in book.events if event.kind == "work_logged"]
    works: dict[str, list[Event]] = {"acme": [], "initech": [], "umbrella": []}
    for _ in range(dice.choice([0, 4, 9])):
        beside = dice.choice(own)
        book.customer, book.actor = dice.choice(list(works)), dice.choice([beside.actor, beside.actor, "max@desk"])
        book.callout = dice.choice(["", "CO-0003"])
        begun = dt.datetime.fromisoformat(beside.body["started_at"])
        begun += dt.timedelta(minutes=dice.choice([0, dice.randrange(-90, 90), dice.randrange(-900, 900)]))
        more = {"outcome": dice.choice(["done", "done", "refused"])} if dice.random() < 0.4 else {}
        work = book.work(
            begun.isoformat(),
            60 * dice.choice([5, 45, 61, dice.randrange(1, 900)]),
            activity=dice.choice(ACTIVITIES),
            cause=dice.choice(CAUSES),
            **more,
        )
        works[book.customer].append(work)
        if dice.random() < 0.15:
            book.write("work_judged", "2026-05-01T00:00Z", work=work.id, charge=dice.choice(["yes", "no"]), reason="R")
    for book.customer, done in works.items():
        billed = [one for one in done if dice.random() < 0.4]
        if billed:
            shared = {one.id: _half(one) for one in billed if dice.random() < 0.5}
            items = [{"line": one.id, "work": [one.id]} for one in billed]
            lines = [one.id for one in billed]
            book.write(
                "invoice_issued", "2026-05-01T00:00Z",
                number=book.customer, month="2026-03", items=items, lines=lines, shared=shared,
            )  # fmt: skip
    return book.events


def _half(work: Event) -> dict[str, Any]:
    """That its invoice has shared all of it with somebody who is nobody's now."""
    body = work.body
    held = [[body["started_at"], body["ended_at"], "1/2"]]
    return {"seconds": body["seconds"] // 2, "claimed_by": [], "elsewhere": [], "held": held}
