"""When an hour costs more, which rate it has, and how minutes are rounded: all by policy, none of it guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from callout.errors import BadInput
from callout.inventory.policy import Money
from callout.policy.chargeable import Rule
from callout.worklog.bill import Bill, LineState
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month

BANDS = {"out_of_hours": "1.5", "weekend": "2", "holiday": "2.5", "emergency": "3"}


def bill(book: Any, customer: Any, month: str = "2026-03", **money: Any) -> Bill:
    return bill_for(book.events, customer, Money.model_validate(money), parse_month(month))


@pytest.mark.parametrize(
    ("at", "band", "rate"),
    [
        ("2026-03-02T12:00Z", "standard", "120.00"),  # Monday
        ("2026-03-02T21:59Z", "standard", "120.00"),  # 16:59 in New York
        ("2026-03-02T22:00Z", "out_of_hours", "180.00"),
        ("2026-03-02T07:59Z", "out_of_hours", "180.00"),
        ("2026-03-10T20:59Z", "standard", "120.00"),  # the US has summer time already: an hour less
        ("2026-03-10T21:00Z", "out_of_hours", "180.00"),
        ("2026-03-07T12:00Z", "weekend", "240.00"),
        ("2026-03-06T23:00Z", "weekend", "240.00"),  # Saturday in Berlin
    ],
)
def test_the_band_is_that_of_the_two_zone_calendar(
    book: Any, make_customer: Any, at: str, band: str, rate: str
) -> None:
    book.work(at, 30)
    (line,) = bill(book, make_customer(), multipliers=BANDS).lines
    assert (line.band.name, str(line.rate), line.base_rate) == (band, rate, Decimal("120.00"))


def test_a_holiday_is_the_customers_and_only_as_configured(book: Any, make_customer: Any) -> None:
    book.work("2026-01-06T12:00Z", 3600)
    of_vienna = {"time_zone": "Europe/Vienna"}
    assert bill(book, make_customer(**of_vienna), "2026-01", multipliers=BANDS).lines[0].band.name == "standard"
    with_holidays = make_customer(**of_vienna, holidays={"country": "AT"})
    found = bill(book, with_holidays, "2026-01", multipliers=BANDS).lines[0]
    assert (found.band.name, found.amount) == ("holiday", Decimal("300.00"))


@pytest.mark.parametrize("place", [{"country": "XX"}, {"country": "AT", "subdivision": "QQ"}])
def test_holidays_of_nowhere_are_refused(book: Any, make_customer: Any, place: dict[str, str]) -> None:
    customer = make_customer(holidays=place)
    with pytest.raises(BadInput, match=r"callout_customer\.holidays of globex: no holidays of"):
        bill(book, customer, multipliers=BANDS)
    assert bill(book, customer).total == 0
    with pytest.raises(ValidationError, match="pattern"):
        make_customer(holidays={"country": "Austria"})


def test_an_emergency_is_what_was_opened_as_one(book: Any, make_customer: Any) -> None:
    book.write("opened", "2026-03-02T12:00Z", ticket="T-1", reason="R", contract="support", emergency="no calls")
    book.work("2026-03-02T12:00Z", 3600)
    assert bill(book, make_customer(), multipliers=BANDS).lines[0].band.name == "emergency"


def test_an_entry_is_cut_at_the_edge_and_the_rest_goes_to_the_cheapest(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T21:30Z", 3700)  # half an hour inside, 31:40 outside
    inside, outside = bill(book, make_customer(), multipliers=BANDS).lines
    assert [(line.billed_minutes, line.rounding_minutes) for line in (inside, outside)] == [(44, 14), (31, 0)]
    assert (inside.seconds, outside.seconds) == (1800, 1900)
    assert (inside.amount, outside.amount) == (Decimal("88.00"), Decimal("93.00"))
    assert inside.ended_at == outside.started_at


def test_work_across_a_change_of_clocks_is_elapsed_time(book: Any, make_customer: Any) -> None:
    """In New York the clocks jump from 2:00 to 3:00: an hour's work is an hour's work."""
    book.work("2026-03-08T06:30Z", 3600)
    (line,) = bill(book, make_customer(), multipliers={"weekend": "2"}).lines
    assert (line.seconds, line.billed_minutes) == (3600, 60)


def test_overlapping_minutes_are_taken_from_the_piece_in_which_they_lie(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T22:00Z", 1800)
    book.work("2026-03-02T21:30Z", 3600, outcome="done")
    found = bill(book, make_customer(), multipliers=BANDS, increment_minutes=1)
    assert [(line.seconds, line.deducted_seconds, line.billed_minutes) for line in found.lines] == [
        (1800, 0, 30),
        (1800, 0, 30),
        (1800, 1800, 0),
    ]


def untimed(book: Any, day: str) -> Any:
    return book.work(f"{day}T00:00Z", 3600, clock_known=False)


def test_an_entry_without_clock_times_asks_for_them_where_they_matter(book: Any, make_customer: Any) -> None:
    untimed(book, "2026-03-02")
    (line,) = (found := bill(book, make_customer(), multipliers=BANDS)).lines
    assert (line.state, line.verdict.rule, found.total) == (LineState.UNDECIDED, Rule.CLOCK_TIMES_NEEDED, None)
    assert "callout time amend" in next(f.remedy for f in found.findings if f.check == "bill.clock-times")
    assert bill(book, make_customer()).total == Decimal("120.00")


def test_where_the_whole_day_costs_the_same_nothing_is_asked(book: Any, make_customer: Any) -> None:
    untimed(book, "2026-03-08")
    customer = make_customer(time_zone="Europe/Berlin")
    (line,) = bill(book, customer, multipliers=BANDS).lines
    assert (line.band.name, line.date.isoformat(), line.amount) == ("weekend", "2026-03-08", Decimal("240.00"))


def test_a_day_without_clock_times_is_the_customers_day(book: Any, make_customer: Any) -> None:
    untimed(book, "2026-03-01")
    assert [line.date.isoformat() for line in bill(book, make_customer()).lines] == ["2026-03-01"]


def test_the_precedence_of_rates(book: Any, make_customer: Any) -> None:
    contracts = [{"id": "T", "kind": "time_and_materials", "starts": "2026-01-01", "rates": {"engineer": "70"}}]
    levels = [
        ({"standard_rate": "10"}, {}, {}, "10"),
        ({"standard_rate": "10", "rates": {"engineer": "20"}}, {}, {}, "20"),
        ({"rates": {"engineer": "20"}}, {"rates": {"engineer": "30"}}, {}, "30"),
        ({}, {"rates": {"engineer": "30"}, "contracts": contracts}, {}, "70"),
        ({}, {"contracts": contracts, "ticket_rates": {"T-1": {"engineer": "80"}}}, {}, "80"),
        ({}, {"contracts": contracts, "ticket_rates": {"T-1": {"engineer": "80"}}}, {"rate": "90"}, "90"),
    ]
    for number, (money, customer, entry, rate) in enumerate(levels):
        book.events.clear()
        book.work("2026-03-02T14:00Z", 3600, **entry)
        (line,) = bill(book, make_customer(**{"rates": {}, **customer}), **money).lines
        assert str(line.rate) == rate, number
        looked_at = next(step for step in line.steps if step.startswith("Rate of engineer"))
        assert "entry: " in looked_at


def test_a_new_rate_never_touches_the_past(book: Any, make_customer: Any) -> None:
    rates = {"engineer": [{"amount": "100", "valid_to": "2026-03-09"}, {"amount": "110", "valid_from": "2026-03-10"}]}
    book.work("2026-03-10T03:30Z", 3600)  # 23:30 to 00:30 in New York
    found = bill(book, make_customer(rates=rates), increment_minutes=1)
    assert [(str(line.rate), str(line.amount)) for line in found.lines] == [("100", "50.00"), ("110", "55.00")]


@pytest.mark.parametrize(("mode", "minutes"), [("each", 180), ("ticket", 180), ("sum", 120)])
def test_45_and_45_and_5_minutes_are_2_hours_or_3_by_policy(
    book: Any, make_customer: Any, mode: str, minutes: int
) -> None:
    for hour, length, ticket in ((9, 45, "T-1"), (11, 45, "T-1"), (13, 5, "T-2")):
        book.work(f"2026-03-02T{hour:02d}:00Z", length * 60, ticket=ticket)
    found = bill(book, make_customer(), increment_minutes=60, rounding=mode)
    assert found.billed_minutes == minutes
    assert sum(line.amount or 0 for line in found.lines) == found.total


def test_each_kind_of_work_has_its_own_steps(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 300)
    book.work("2026-03-03T14:00Z", 300, activity="travel")
    found = bill(book, make_customer(), work={"travel": {"increment_minutes": 30, "minimum_minutes": 60}})
    assert [line.billed_minutes for line in found.lines] == [15, 60]


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "33.33"), ("JPY", "33"), ("BHD", "33.333")])
def test_amounts_have_the_currencys_decimals(book: Any, make_customer: Any, currency: str, amount: str) -> None:
    book.work("2026-03-02T14:00Z", 1200)
    customer = make_customer(currency=currency, rates={"engineer": "100"})
    assert str(bill(book, customer, increment_minutes=1).total) == amount
