"""What one person did for several customers at a time: no minute twice, said on the bill, kept by invoices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from callout.errors import CalloutError
from callout.inventory.policy import Money
from callout.policy.chargeable import Charge
from callout.steps.bill import make_bill
from callout.views.bill_text import bill_text
from callout.views.words import policy_words
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.elsewhere import elsewhere_of
from callout.worklog.month import parse_month
from callout.worklog.settled_time import settled_work
from tests.unit.invoice_desk import InvoiceDesk, approved, customer_named, issue

MINUTES = Money(increment_minutes=1)
FIRST = Money(increment_minutes=1, shared_minutes="first")


def billed(book: Any, make_customer: Any, name: str, money: Money = MINUTES, **others: Any) -> Bill:
    """The March bill of `name`; all customers have support contracts, but for what `others` say."""
    named = {one.customer for one in book.events}
    customers = {one: make_customer(id=one, name=one.title(), time_zone="UTC", **others.get(one, {})) for one in named}
    beside = elsewhere_of((one for one in book.events if one.customer != name), customers, money)
    return bill_for(book.events, customers[name], money, parse_month("2026-03"), elsewhere=beside)


def minutes(book: Any, make_customer: Any, money: Money = MINUTES) -> dict[str, int]:
    named = sorted({one.customer for one in book.events})
    return {name: billed(book, make_customer, name, money).billed_minutes for name in named}


def work(book: Any, customer: str, at: str, length: int, **more: Any) -> Any:
    book.customer, book.system, book.callout = customer, f"{customer}-sw1", ""
    return book.work(at, 60 * length, **more)


def test_two_customers_share_what_both_claim(book: Any, make_customer: Any) -> None:
    work(book, "acme", "2026-03-02T09:00Z", 60)
    work(book, "globex", "2026-03-02T09:30Z", 60)
    assert minutes(book, make_customer) == {"acme": 45, "globex": 45}
    assert minutes(book, make_customer, FIRST) == {"acme": 60, "globex": 30}


def test_runs_side_by_side_cost_each_system_its_share(book: Any, make_customer: Any) -> None:
    """A wave over twenty systems is one person's hour: the customer with fifteen of them pays three quarters."""
    for number in range(20):
        work(book, "acme" if number < 15 else "globex", "2026-03-02T09:00Z", 60, outcome="done")
    assert minutes(book, make_customer) == {"acme": 45, "globex": 15}


def test_a_run_costs_nothing_while_the_person_works_elsewhere(book: Any, make_customer: Any) -> None:
    work(book, "acme", "2026-03-02T09:00Z", 60, outcome="done")
    work(book, "globex", "2026-03-02T09:30Z", 60)
    for money in (MINUTES, FIRST):
        assert minutes(book, make_customer, money) == {"acme": 30, "globex": 60}


def test_what_costs_nobody_anything_takes_nothing(book: Any, make_customer: Any) -> None:
    """Support on a support contract is not charged there, and so halves no minute here; a person may say otherwise."""
    work(book, "acme", "2026-03-02T09:00Z", 60)
    beside = work(book, "globex", "2026-03-02T09:00Z", 60, activity="support")
    assert minutes(book, make_customer) == {"acme": 60, "globex": 0}
    book.write("work_judged", "2026-03-03T09:00Z", work=beside.id, charge=str(Charge.YES), reason="R")
    assert minutes(book, make_customer) == {"acme": 30, "globex": 30}


def test_whom_the_inventory_does_not_know_counts_unless_a_person_says_no(book: Any, make_customer: Any) -> None:
    work(book, "acme", "2026-03-02T09:00Z", 60)
    gone = work(book, "gone", "2026-03-02T09:00Z", 60, activity="support")
    acme = make_customer(id="acme", time_zone="UTC")

    def bill() -> Bill:
        beside = elsewhere_of([one for one in book.events if one.customer == "gone"], {"acme": acme}, MINUTES)
        return bill_for(book.events, acme, MINUTES, parse_month("2026-03"), elsewhere=beside)

    assert bill().billed_minutes == 30
    book.write("work_judged", "2026-03-03T09:00Z", work=gone.id, charge="no", reason="R")
    assert bill().billed_minutes == 60


def test_pieces_lose_where_the_others_are(book: Any, make_customer: Any) -> None:
    """Work over the edge of the hours loses what is claimed on that side of it, and not on the other."""
    money = Money.model_validate({"increment_minutes": 1, "multipliers": {"out_of_hours": "2"}})
    work(book, "acme", "2026-03-02T07:00Z", 120)
    work(book, "globex", "2026-03-02T08:30Z", 30)
    early, late = billed(book, make_customer, "acme", money).lines
    assert (early.deducted_seconds, late.deducted_seconds) == (0, 900)


def test_it_is_said_and_names_nobody(book: Any, make_customer: Any) -> None:
    work(book, "acme", "2026-03-02T09:00Z", 60)
    theirs = work(book, "globex", "2026-03-02T09:30Z", 60)
    bill = billed(book, make_customer, "acme")
    text = bill_text(bill)
    assert "each is billed a share of it" in text
    assert "0:15:00 of it are billed with other work" in text
    assert "globex" not in text.lower()
    (step,) = [one for one in bill.lines[0].steps if one.startswith("Overlap")]
    assert "0:15:00 were claimed" in step
    assert f"For other customers: {theirs.id}" in step
    assert "callout_policy.money.shared_minutes" in step
    assert "globex" not in step
    assert policy_words(billed(book, make_customer, "globex", FIRST), "de")[-1].startswith("Wo jemand")


def test_who_has_no_such_work_is_told_nothing_of_it(book: Any, make_customer: Any) -> None:
    work(book, "acme", "2026-03-02T09:00Z", 60)
    assert "several customers" not in bill_text(billed(book, make_customer, "acme"))


def two_customers(folder: Path) -> InvoiceDesk:
    desk = InvoiceDesk(folder, (customer_named("acme"), customer_named("globex")))
    desk.work("2026-03-10T09:00+01:00", 60, "acme")
    return desk


def told(desk: InvoiceDesk, customer: str) -> list[tuple[int, int | None]]:
    bill = make_bill(desk.by("max@desk"), desk.inventory, customer, "2026-03")
    return [(line.deducted_seconds, line.billed_minutes) for line in bill.lines]


def test_an_invoice_keeps_what_it_took_and_what_it_shared(tmp_path: Path) -> None:
    """First shared with what was there, then whole against what comes later; credited it is shared again."""
    desk = two_customers(tmp_path)
    desk.work("2026-03-10T09:30+01:00", 60, "globex")
    assert told(desk, "acme") == told(desk, "globex") == [(900, 45)]
    approved(desk, customer="acme")
    issue(desk, customer="acme")
    desk.work("2026-03-10T08:00+01:00", 120, "globex")
    assert told(desk, "acme") == [(900, 45)]
    # Of the hour that acme's invoice has, half an hour whole and half an hour half; globex's own share what is left.
    assert [lost for lost, _ in told(desk, "globex")] == [1800 + 900, 1800]


def test_an_invoice_that_says_nothing_of_shares_has_all_of_its_time(book: Any, make_customer: Any) -> None:
    ours = work(book, "acme", "2026-03-02T09:30Z", 60)
    work(book, "globex", "2026-03-02T09:00Z", 60)
    book.customer = "acme"
    items = [{"line": "a", "work": [ours.id]}]
    book.write("invoice_issued", "2026-04-01T09:00Z", number="1", month="2026-03", items=items, lines=["a"])
    assert minutes(book, make_customer) == {"acme": 60, "globex": 30}


@pytest.mark.parametrize("share", ["2", "0", "-1/2", "1/0", "x", None])
def test_shares_that_are_none_are_named(book: Any, share: Any) -> None:
    held = [["2026-03-02T09:00:00.000000Z", "2026-03-02T10:00:00.000000Z", share]]
    shared = {"w": {"seconds": 0, "claimed_by": [], "elsewhere": [], "held": held}}
    items = [{"line": "a", "work": ["w"]}]
    event = book.write(
        "invoice_issued", "2026-04-01T09:00Z", number="1", month="2026-03", items=items, lines=["a"], shared=shared
    )
    with pytest.raises(CalloutError, match=event.id):
        settled_work(book.events)


def test_a_share_is_read_back_as_it_was_written(book: Any) -> None:
    held = [["2026-03-02T09:00:00.000000Z", "2026-03-02T10:00:00.000000Z", "3/20"]]
    shared = {"w": {"seconds": 7, "claimed_by": ["v"], "elsewhere": ["v"], "held": held}}
    items = [{"line": "a", "work": ["w"]}]
    book.write(
        "invoice_issued", "2026-04-01T09:00Z", number="1", month="2026-03", items=items, lines=["a"], shared=shared
    )
    settled = settled_work(book.events)["w"]
    assert settled.contested is not None
    assert settled.contested.held[0].share == Fraction(3, 20)
    assert settled.contested.elsewhere == settled.contested.overlap.claimed_by == ("v",)
