"""Grouped reports: every second and cent of the bills is in exactly one row, whatever it is grouped by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.ledger.gathered import Gathered
from callout.steps.bill import bill_of
from callout.steps.report import collected_from, period_of
from callout.worklog.month import months_between, parse_month
from callout.worklog.reports.grouping import Order, group, parse_dimensions, parse_order
from callout.worklog.reports.records import Dimension
from callout.worklog.reports.tally import Hours
from tests.unit.report_year import FIRST, LAST, NOW, customers, half_year, inventory_of

BEGIN = dt.datetime(2025, 12, 30, tzinfo=dt.UTC)
PIECE = st.tuples(
    st.sampled_from(["globex", "hooli", "initech"]),
    st.integers(0, 185 * 24 * 60).map(lambda minutes: BEGIN + dt.timedelta(minutes=minutes)),
    st.integers(0, 12 * 3600),
    st.sampled_from(["eva@desk", "eva@laptop", "max@desk"]),
    st.sampled_from(["support", "maintenance", "development", "travel"]),
    st.sampled_from(["engineer", "developer", "stranger"]),
    st.sampled_from(["nothing", "judged", "deducted", "written off", "expense", "foreign expense"]),
)


def write(book: Any, pieces: list[tuple[Any, ...]]) -> dict[str, list[Event]]:
    """Random work and what people decided about it; by customer."""
    book.callout = ""
    for number, (customer, start, seconds, actor, activity, role, more) in enumerate(pieces):
        book.customer, book.actor, book.system = customer, actor, f"{customer}-{number % 2}"
        at = start.isoformat()
        if more.endswith("expense"):
            currency = "GBP" if more.startswith("foreign") else {"globex": "EUR", "hooli": "CHF"}.get(customer, "JPY")
            book.write("expense_logged", at, date=at[:10], expense="travel", amount="12.30", currency=currency)
            continue
        work = book.work(at, seconds, activity=activity, role=role, ticket=f"T-{number % 3}")
        if more == "judged":
            book.write("work_judged", at, work=work.id, charge="no" if number % 2 else "yes", reason="So")
        elif more == "deducted":
            book.write("work_deducted", at, work=work.id, minutes=10, reason="So")
        elif more == "written off":
            book.write("written_off", at, work=work.id, line=work.id[:8], amount="7.00", reason="So")
    found: dict[str, list[Event]] = {}
    for event in book.events:
        found.setdefault(event.customer, []).append(event)
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(PIECE, max_size=14),
    dimensions=st.lists(st.sampled_from(list(Dimension)), min_size=1, max_size=4, unique=True),
    order=st.sampled_from(list(Order)),
)
def test_the_rows_add_up_to_the_bills(
    make_book: Callable[[], Any], pieces: list[Any], dimensions: list[Dimension], order: Order
) -> None:
    by_customer, own = write(make_book(), pieces), customers()
    inventory = inventory_of(*own, money={"rates": {"engineer": "90.00"}})
    months = months_between(FIRST, LAST)
    gathered = {one.id: Gathered(by_customer.get(one.id, [])) for one in own}
    bills = [bill_of(gathered[one.id], inventory, one, month) for one in own for month in months]
    collected = collected_from(by_customer, inventory, own, (FIRST, LAST), NOW)
    grouped = group(collected.records, dimensions, order)
    assert len({row.names for row in grouped.rows}) == len(grouped.rows)
    for rows in ([row.tally for row in grouped.rows], [grouped.total]):
        hours = [row.hours for row in rows]
        assert sum(one.raw_seconds for one in hours) == sum(bill.raw_seconds for bill in bills)
        assert sum(one.billed_minutes for one in hours) == sum(bill.billed_minutes for bill in bills)
        assert sum(one.covered_minutes for one in hours) == sum(bill.covered_minutes for bill in bills)
        for one in hours:
            parts = (
                one.charged_seconds, one.covered_seconds, one.not_charged_seconds, one.waiting_seconds,
                one.overlapping_seconds,
            )  # fmt: skip
            assert sum(parts) == one.raw_seconds
            assert min(parts) >= 0
            assert sum(one.not_charged_by.values()) == one.not_charged_seconds
        for currency in ("EUR", "CHF", "JPY"):
            sums = [one for row in rows for one in row.sums if one.currency == currency]
            of_bills = [bill for bill in bills if bill.currency == currency]
            assert sum((one.known for one in sums), Decimal(0)) == sum((bill.known for bill in of_bills), Decimal(0))
            assert sum(one.waiting for one in sums) == sum(bill.waiting for bill in of_bills)
            # A sum of which something is missing is never shown as one.
            assert any(one.total is None for one in sums) == any(bill.total is None for bill in of_bills)


def test_the_order_of_the_ledger_changes_nothing(make_book: Callable[[], Any]) -> None:
    records = list(half_year(make_book).records)
    dimensions = parse_dimensions("engineer,month")
    assert group(records, dimensions) == group(records[::-1], dimensions)


def test_a_month_is_the_customers(make_book: Callable[[], Any]) -> None:
    """At the same hour it is still March in New York and already April in Tokyo."""
    grouped = group(half_year(make_book).records, parse_dimensions("customer,month"))
    rows = {row.names: row.tally.hours for row in grouped.rows}
    assert rows["initech", "2026-04"].raw_seconds == 2700
    assert ("initech", "2026-03") not in rows
    assert rows["globex", "2026-03"].raw_seconds == 17 * 3600


def test_a_change_of_clocks_lengthens_nothing(make_book: Callable[[], Any]) -> None:
    """Three hours over the night in which New York's clocks go from 2 to 3 are three hours, of one month."""
    book, own = make_book(), customers()
    book.work("2026-03-08T05:30Z", 3 * 3600)
    collected = collected_from({"globex": book.events}, inventory_of(*own), own, (FIRST, LAST), NOW)
    hours = {row.names[0]: row.tally.hours for row in group(collected.records, [Dimension.MONTH]).rows}
    assert hours["2026-03"].raw_seconds == 3 * 3600


def test_a_person_on_two_machines_is_one_engineer(make_book: Callable[[], Any]) -> None:
    records = half_year(make_book).records
    people = {row.names[0] for row in group(records, [Dimension.ENGINEER]).rows}
    actors = {row.names[0] for row in group(records, [Dimension.ACTOR]).rows}
    assert people == {"", "eva", "max"}  # a contract's price is nobody's work
    assert actors == {"", "eva@desk", "max@desk", "max@laptop"}


def test_currencies_are_never_added(make_book: Callable[[], Any]) -> None:
    total = group(half_year(make_book).records, [Dimension.MONTH]).total
    assert [one.currency for one in total.sums] == ["CHF", "EUR", "JPY"]
    yen = total.sums[2]
    assert (yen.total, yen.known, yen.waiting_work) == (None, 0, 1)


def test_sorting_puts_the_most_first(make_book: Callable[[], Any]) -> None:
    records = half_year(make_book).records
    hours = [row.tally.hours.raw_seconds for row in group(records, [Dimension.CUSTOMER], Order.HOURS).rows]
    assert hours == sorted(hours, reverse=True)
    billed = [row.tally.hours.billed_minutes for row in group(records, [Dimension.MONTH], Order.BILLED).rows]
    assert billed == sorted(billed, reverse=True)
    amounts = group(records, [Dimension.CUSTOMER], Order.AMOUNT).rows
    assert [row.names[0] for row in amounts] == ["hooli", "globex", "initech"]  # CHF before EUR before JPY


def test_nothing_comes_to_nothing() -> None:
    grouped = group([], [Dimension.MONTH])
    assert (grouped.rows, grouped.total.hours, grouped.total.sums) == ((), Hours(), ())


@pytest.mark.parametrize("text", ["", "customer,", "colour", "customer,customer", "customer;month"])
def test_what_cannot_be_grouped_by_is_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="--by"):
        parse_dimensions(text)


def test_an_unknown_order_is_a_sentence() -> None:
    with pytest.raises(BadInput, match="--sort 'size'"):
        parse_order("size")


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("", "", ("2025-07", "2026-06")),
        ("2026-01", "", ("2026-01", "2026-06")),
        ("", "2026-02", ("2025-03", "2026-02")),
        ("2026-02", "2026-02", ("2026-02", "2026-02")),
    ],
)
def test_the_period_is_a_year_unless_it_is_said(first: str, last: str, found: tuple[str, str]) -> None:
    assert tuple(one.name for one in period_of(first, last, NOW)) == found


@pytest.mark.parametrize(("first", "last"), [("2026-03", "2026-02"), ("1990-01", ""), ("x", ""), ("", "2026-13")])
def test_a_period_that_is_none_is_a_sentence(first: str, last: str) -> None:
    with pytest.raises(BadInput):
        period_of(first, last, NOW)


def test_work_of_a_customer_whom_nobody_knows_is_told(make_book: Callable[[], Any]) -> None:
    book, own = make_book(), customers()
    book.customer = "gone\x1b[2J"
    book.work("2026-03-05T09:00Z", 60)
    collected = collected_from({book.customer: book.events}, inventory_of(*own), own, (FIRST, LAST), NOW)
    (finding,) = collected.findings
    assert finding.code == "unknown-customer"
    assert "\x1b" not in finding.seen
    assert not collected_from({"x": book.events}, inventory_of(*own), own, (parse_month("2027-01"),) * 2, NOW).findings


def test_what_was_given_up_is_not_asked_for_and_not_forgotten(make_book: Callable[[], Any]) -> None:
    """Half an hour deducted, an hour judged away, seven euros written off, an expense let go."""
    book, own = make_book(), customers()
    book.callout = ""
    works = [book.work(f"2026-01-{day:02d}T15:00Z", 3600, ticket=f"T-{day}") for day in (5, 6, 7)]
    book.write("work_deducted", "2026-01-08T15:00Z", work=works[0].id, minutes=30, reason="Learned")
    book.write("work_judged", "2026-01-08T15:00Z", work=works[1].id, charge="no", reason="Goodwill")
    book.write("written_off", "2026-01-08T15:00Z", work=works[2].id, line=works[2].id[:8], amount="7.00", reason="So")
    train = book.write("expense_logged", "2026-01-08T15:00Z", date="2026-01-08", expense="travel", amount="12.30",
                       currency="EUR")  # fmt: skip
    book.write("work_judged", "2026-01-08T15:00Z", work=train.id, charge="no", reason="Our mistake")
    collected = collected_from({"globex": book.events}, inventory_of(*own), own[:1], (FIRST, FIRST), NOW)
    (found,) = group(collected.records, [Dimension.CUSTOMER]).total.sums
    assert (found.work, found.expenses) == (Decimal("173.00"), 0)  # 60 + 0 + 113
    assert found.given_up == Decimal("60.00") + Decimal("120.00") + Decimal("7.00") + Decimal("12.30")
