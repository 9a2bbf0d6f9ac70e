"""Issuing, crediting and accepting under fire: killed at every step, two people at once, random years."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callout.errors import Refused
from callout.policy.quotes import QuoteState
from callout.steps.context import Context
from callout.steps.invoice import credit_invoice, invoiced_work, invoices
from callout.steps.quote import accept_quote, make_quote, quotes
from callout.steps.review import approve_bill, submit_bill
from callout.worklog.offer import Wanted
from tests.faults.freeze_trials import (
    MARCH,
    REFUSED,
    YES,
    approved,
    every_kill,
    is_whole,
    issue,
    numbers,
    side_by_side,
)
from tests.faults.freeze_year import live_through_a_year
from tests.unit.invoice_desk import InvoiceDesk, customer_named, no_check

PEOPLE = ("max@desk", "ida@desk")


def worked(desk: InvoiceDesk) -> None:
    for day in (10, 11):
        desk.work(f"2026-03-{day}T09:00+01:00", 60)


def kills_while_issuing(folder: Path, step: int) -> int:
    def prepare(desk: InvoiceDesk) -> None:
        worked(desk)
        approved(desk)

    def look(desk: InvoiceDesk) -> None:
        given = numbers(desk)
        assert given in ([], ["2026-0001"])
        if given:
            with pytest.raises(Refused):
                issue(desk, desk.by("max@desk"))
        else:
            issue(desk, desk.by("max@desk"))
        assert numbers(desk) == ["2026-0001"]
        assert len(invoiced_work(desk.ledger)) == 2

    return every_kill(folder, prepare, issue, look, step)


def kills_while_crediting(folder: Path, step: int) -> int:
    def prepare(desk: InvoiceDesk) -> None:
        worked(desk)
        approved(desk)
        issue(desk, desk.by("max@desk"))

    def credit(desk: InvoiceDesk, context: Context) -> None:
        credit_invoice(context, desk.inventory, "2026-0001", "Wrong", check=no_check)

    def look(desk: InvoiceDesk) -> None:
        given, free = numbers(desk), not invoiced_work(desk.ledger)
        assert (given, free) in ((["2026-0001"], False), (["2026-0001", "2026-0002"], True))
        if free:
            with pytest.raises(Refused):
                credit(desk, desk.by("max@desk"))
        else:
            credit(desk, desk.by("max@desk"))
        assert numbers(desk) == ["2026-0001", "2026-0002"]

    return every_kill(folder, prepare, credit, look, step)


def kills_while_accepting(folder: Path, step: int) -> int:
    def prepare(desk: InvoiceDesk) -> None:
        quote(desk, "T-1")

    def accept(desk: InvoiceDesk, context: Context) -> None:
        accept_quote(context, desk.inventory.customer("globex"), "Q-0001", **YES)

    def look(desk: InvoiceDesk) -> None:
        (found,) = quotes(desk.by("max@desk"))
        if found.state is QuoteState.ACCEPTED:
            with pytest.raises(Refused):
                accept(desk, desk.by("max@desk"))
        else:
            accept(desk, desk.by("max@desk"))
        assert len(list(desk.ledger.events(kind="quote_accepted"))) == 1

    return every_kill(folder, prepare, accept, look, step)


def quote(desk: InvoiceDesk, ticket: str) -> str:
    wanted = Wanted(ticket=ticket, text="Repair", minutes=60)
    made = make_quote(desk.by("eva@desk"), desk.inventory.customer("globex"), desk.inventory.policy, wanted)
    return str(made.body["quote"])


KILLS = [kills_while_issuing, kills_while_crediting, kills_while_accepting]


@pytest.mark.faults
@pytest.mark.parametrize("kills", KILLS)
def test_a_kill_leaves_no_gap_and_no_double(tmp_path: Path, kills: Callable[[Path, int], int]) -> None:
    assert kills(tmp_path, 23) > 3


@pytest.mark.faults_whole
@pytest.mark.parametrize("kills", KILLS)
def test_a_kill_at_every_step_leaves_no_gap_and_no_double(tmp_path: Path, kills: Callable[[Path, int], int]) -> None:
    assert kills(tmp_path, 1) > 60


def race_to_issue(folder: Path, count: int) -> None:
    desk = InvoiceDesk(folder, tuple(customer_named(f"c{number:03}") for number in range(count)))
    for customer in desk.customers:
        desk.work("2026-03-10T09:00+01:00", 60, customer.id, actor=f"{customer.id}@desk")
        approved(desk, customer.id)
    came = side_by_side(desk, PEOPLE, lambda context, number: issue(desk, context, f"c{number:03}"), count)
    winners = [sorted(pair) for pair in zip(*came, strict=True)]
    assert all(pair[1] == REFUSED and pair[0] != REFUSED for pair in winners)
    assert numbers(desk) == [f"2026-{number:04}" for number in range(1, count + 1)]
    assert len({invoice.customer for invoice in invoices(desk.ledger)}) == count
    is_whole(desk)


def race_to_approve(folder: Path, count: int) -> None:
    desk = InvoiceDesk(folder, tuple(customer_named(f"c{number:03}") for number in range(count)))
    for customer in desk.customers:
        desk.work("2026-03-10T09:00+01:00", 60, customer.id, actor=f"{customer.id}@desk")
        submit_bill(desk.by("eva@desk"), desk.inventory, customer.id, MARCH)

    def approve(context: Context, number: int) -> str:
        return approve_bill(context, desk.inventory, f"c{number:03}", MARCH).actor

    came = side_by_side(desk, PEOPLE, approve, count)
    assert all(sorted(pair)[1] == REFUSED for pair in zip(*came, strict=True))
    by_customer = [event.customer for event in desk.ledger.events(kind="bill_approved")]
    assert sorted(by_customer) == [customer.id for customer in desk.customers]
    is_whole(desk)


def race_to_accept(folder: Path, count: int) -> None:
    desk = InvoiceDesk(folder)
    made = [quote(desk, f"T-{number}") for number in range(count)]
    assert made == [f"Q-{number:04}" for number in range(1, count + 1)]
    customer = desk.inventory.customer("globex")

    def accept(context: Context, number: int) -> str:
        return accept_quote(context, customer, made[number], **YES).actor

    came = side_by_side(desk, PEOPLE, accept, count)
    assert all(REFUSED in pair and set(pair) != {REFUSED} for pair in zip(*came, strict=True))
    accepted = [event.body["quote"] for event in desk.ledger.events(kind="quote_accepted")]
    assert sorted(accepted) == made
    is_whole(desk)


def race_to_quote(folder: Path, count: int) -> None:
    desk = InvoiceDesk(folder)
    customer, policy = desk.inventory.customer("globex"), desk.inventory.policy

    def make(context: Context, number: int) -> str:
        wanted = Wanted(ticket=f"T-{number}", text="Repair", minutes=60)
        return str(make_quote(context, customer, policy, wanted).body["quote"])

    came = side_by_side(desk, PEOPLE, make, count)
    assert sorted([*came[0], *came[1]]) == [f"Q-{number:04}" for number in range(1, 2 * count + 1)]


RACES = [race_to_issue, race_to_approve, race_to_accept, race_to_quote]


@pytest.mark.faults
@pytest.mark.parametrize("race", RACES)
def test_two_at_once_one_winner_8_times(tmp_path: Path, race: Callable[[Path, int], None]) -> None:
    race(tmp_path, 8)


@pytest.mark.faults_whole
@pytest.mark.parametrize("race", RACES)
def test_two_at_once_one_winner_200_times(tmp_path: Path, race: Callable[[Path, int], None]) -> None:
    race(tmp_path, 200)


@pytest.mark.faults
def test_8_random_years_lose_nothing_and_bill_nothing_twice(tmp_path: Path) -> None:
    assert sum(live_through_a_year(tmp_path, seed) for seed in range(8)) > 8


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
def test_1000_random_years_lose_nothing_and_bill_nothing_twice(tmp_path: Path) -> None:
    assert sum(live_through_a_year(tmp_path, seed) for seed in range(1000)) > 1000
