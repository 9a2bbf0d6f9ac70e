"""Random bills against brute force: to the cent, in any order of events; and what a bill is always held to."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from callout.ledger import Event
from callout.policy.chargeable import Charge
from callout.worklog.bill import Bill, LineState
from callout.worklog.billing import bill_for
from callout.worklog.elsewhere import elsewhere_of
from callout.worklog.month import Month
from tests.faults.bill_oracle import Oracle
from tests.faults.random_bills import Scene, scene

WHOLE = 10_000
SLICE = 500


@pytest.mark.faults
@pytest.mark.parametrize("first", range(0, SLICE, 50))
def test_random_bills(first: int) -> None:
    for seed in range(first, first + 50):
        check(scene(seed))


@pytest.mark.faults_whole
@pytest.mark.parametrize("first", range(0, WHOLE, 250))
def test_ten_thousand_random_bills(first: int) -> None:
    for seed in range(first, first + 250):
        check(scene(seed))


def check(one: Scene) -> None:
    """The bill is the oracle's, whatever the order of events, and adds up as it is printed."""
    bill = bill_of(one, one.events)
    shuffled = random.Random(one.seed).sample(one.events, len(one.events))
    assert bill_of(one, shuffled) == bill, f"seed {one.seed}: the order of events matters"
    adds_up(bill, one)
    expected = Oracle(one, 2026, one.month).result()
    found = [(line.entry.event.id, line.paid_by, line.billed_minutes or 0, line.amount) for line in bill.lines]
    assert priced(found) == priced(expected.lines), f"seed {one.seed}: lines"
    waiting = [line.entry.event.id for line in bill.lines if line.amount is None and line.charge is Charge.YES]
    open_ones = [work for work, _, _, amount in expected.lines if amount is None]
    assert sorted(waiting) == sorted(open_ones), f"seed {one.seed}: lines without an amount"
    assert bill.total == expected.total, f"seed {one.seed}: total"
    assert {one.contract: one.left for one in bill.balances} == expected.left, f"seed {one.seed}: balances"


def bill_of(one: Scene, events: list[Event]) -> Bill:
    """The month's bill of the scene's customer, with what was done for others beside it."""
    customers = {one.customer.id: one.customer, **one.others}
    beside = elsewhere_of((event for event in events if event.customer != one.customer.id), customers, one.money)
    return bill_for(events, one.customer, one.money, Month(2026, one.month), elsewhere=beside)


def adds_up(bill: Bill, one: Scene) -> None:
    """Shown minutes × rate is the line's amount, and the sum of all is the total, to the last digit."""
    unit = Decimal(1).scaleb(-bill.decimals)
    for line in bill.lines:
        if line.state is LineState.PRICED:
            assert line.rate is not None
            assert line.amount is not None
            assert abs(line.rate * (line.billed_minutes or 0) / 60 - line.amount) <= unit / 2, f"seed {one.seed}"
        assert line.steps
        assert 0 <= line.deducted_seconds <= line.seconds
    asked = [entry.amount for entry in (*bill.lines, *bill.expenses, *bill.fixed)]
    if bill.total is not None:
        assert sum(asked, Decimal(0)) == bill.total, f"seed {one.seed}"  # type: ignore[arg-type]
    raw = {line.entry.event.id: line.entry.seconds for line in bill.lines}
    assert bill.raw_seconds == sum(raw.values()), f"seed {one.seed}: raw seconds"
    assert len({line.id for line in bill.lines}) == len(bill.lines), f"seed {one.seed}: ids"


def priced(lines: list[tuple[str, str, int, Decimal | None]]) -> list[tuple[str, str, int, str]]:
    """The lines that have an amount, comparable: 0 and 0.00 are the same one."""
    return sorted(
        (work, contract, minutes, str(amount or 0)) for work, contract, minutes, amount in lines if amount is not None
    )
