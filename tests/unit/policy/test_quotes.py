"""How long a quote is good, who may take it, what its cap lets through."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from callout.errors import BadInput
from callout.policy.quotes import (
    Answer,
    Cap,
    CapUse,
    QuoteState,
    judge_acceptance,
    judge_cap,
    open_or_expired,
    parse_cap,
)

UNTIL = dt.datetime(2026, 4, 30, 21, 59, 59, tzinfo=dt.UTC)
MADE = dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)
YES = Answer("Q-0001", QuoteState.OPEN, MADE, UNTIL, MADE, MADE, "it@globex.example", registered=True)
SECOND = dt.timedelta(seconds=1)
MOMENT = dt.timedelta(microseconds=1)


def test_the_last_second_counts_whole() -> None:
    assert open_or_expired(UNTIL, UNTIL) is QuoteState.OPEN
    assert open_or_expired(UNTIL, UNTIL + SECOND - MOMENT) is QuoteState.OPEN
    assert open_or_expired(UNTIL, UNTIL + SECOND) is QuoteState.EXPIRED


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"given_at": UNTIL + SECOND - MOMENT, "now": UNTIL + 10 * SECOND, "state": QuoteState.EXPIRED}, []),
        ({"given_at": UNTIL + SECOND, "now": UNTIL + SECOND, "state": QuoteState.EXPIRED}, ["expired"]),
        ({"state": QuoteState.ACCEPTED}, ["answered"]),
        ({"state": QuoteState.DECLINED, "registered": False}, ["answered", "not-registered"]),
        ({"given_at": MADE + dt.timedelta(minutes=6)}, ["future"]),
        ({"given_at": MADE - dt.timedelta(minutes=6)}, ["before"]),
        ({"registered": False}, ["not-registered"]),
    ],
)
def test_who_may_take_it_and_when(changes: dict[str, object], codes: list[str]) -> None:
    assert [finding.code for finding in judge_acceptance(replace(YES, **changes))] == codes  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cap", "seconds", "rate", "code"),
    [
        (Cap(minutes=100), 0, None, "ok"),
        (Cap(minutes=100), 4799, None, "ok"),
        (Cap(minutes=100), 4800, None, "cap-near"),
        (Cap(minutes=100), 5999, None, "cap-near"),
        (Cap(minutes=100), 6000, None, "cap-reached"),
        (Cap(amount=Decimal("200")), 4799, Decimal(120), "ok"),
        (Cap(amount=Decimal("200")), 4800, Decimal(120), "cap-near"),
        (Cap(amount=Decimal("200")), 6000, Decimal(120), "cap-reached"),
        (Cap(amount=Decimal("200")), 0, None, "cap-unknown"),
        (Cap(minutes=0), 0, None, "cap-reached"),
    ],
)
def test_a_cap_refuses_when_reached_and_warns_from_80_percent(
    cap: Cap, seconds: int, rate: Decimal | None, code: str
) -> None:
    finding = judge_cap(CapUse("Q-0001", cap, seconds, rate, "EUR"))
    assert finding.code == code
    assert finding.blocks == (code in ("cap-reached", "cap-unknown"))


def test_the_finding_says_how_much_of_the_cap() -> None:
    reached = judge_cap(CapUse("Q-0001", Cap(minutes=90), 5500, None, "EUR"))
    assert reached.seen == "92 of 90 minutes of quote Q-0001 are used."
    assert reached.remedy.startswith("Ask the customer")
    near = judge_cap(CapUse("Q-0001", Cap(amount=Decimal("400.00")), 10000, Decimal("120.00"), "EUR"))
    assert near.seen == "333.33 of 400.00 EUR of quote Q-0001 are used: 83 %."


@pytest.mark.parametrize(
    ("written", "cap"),
    [
        ("3h", Cap(minutes=180)),
        ("90m", Cap(minutes=90)),
        (" 90 min ", Cap(minutes=90)),
        ("400.00", Cap(amount=Decimal("400.00"))),
        ("P90", Cap(minutes=150)),
    ],
)
def test_a_cap_is_a_time_an_amount_or_p90(written: str, cap: Cap) -> None:
    assert parse_cap(written, 150, Decimal(120)) == cap


@pytest.mark.parametrize("written", ["", "3", "x", "-1", "1e3", "3d", "NaN", "1.23456", "٣h"])
def test_what_is_no_cap_is_said(written: str) -> None:
    with pytest.raises(BadInput):
        parse_cap(written, None, None)


def test_p90_needs_past_work_and_money_needs_a_rate() -> None:
    with pytest.raises(BadInput, match="past work"):
        parse_cap("p90", None, Decimal(1))
    with pytest.raises(BadInput, match="needs a rate"):
        parse_cap("400", 10, None)
