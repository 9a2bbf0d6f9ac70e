"""What is left, in one line: shown with its time, told what it does not know, and not shown once it is old."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.worklog.reports.standing import Kept, KeptBalance, amount_left, balance_line, kept_from

MADE = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 4, 1, 4, tzinfo=dt.UTC)
BLOCK = KeptBalance("block-2026", "minutes", "1200", "200", "80", "2026-12-31")
MONEY = KeptBalance("projects", "CHF", "2000.00", "840.00", "", "")
KEPT = Kept("globex", "2026-03", UNTIL, MADE, 17, (BLOCK, MONEY))
HOUR = dt.timedelta(hours=1)


def test_it_says_what_is_left_and_when_that_was() -> None:
    assert balance_line(KEPT, MADE + HOUR, 0, 0) == (
        "Left for globex as of 2026-03-10 09:00 UTC: block-2026 3:20 h of 20:00 h, until 2026-12-31 – over 80 % used, "
        "projects 840.00 CHF of 2000.00 CHF."
    )


def test_it_says_what_it_does_not_know() -> None:
    line = balance_line(KEPT, MADE + HOUR, 5400, 1)
    assert "as of 2026-03-10 09:00 UTC (not yet in it: 1:30 h worked since, 1 change since):" in line


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (MADE + dt.timedelta(days=8), "too old to be shown"),
        (UNTIL, "too old to be shown"),
        (MADE - HOUR, "in the future"),
    ],
)
def test_what_cannot_be_believed_is_not_shown(now: dt.datetime, told: str) -> None:
    line = balance_line(KEPT, now, 0, 0)
    assert told in line
    assert "3:20" not in line
    assert "callout report balances" in line


def test_a_new_month_ends_it() -> None:
    late = replace(KEPT, made_at=UNTIL - HOUR)
    assert "3:20" in balance_line(late, UNTIL - dt.timedelta(seconds=1), 0, 0)
    assert "A month has begun" in balance_line(late, UNTIL, 0, 0)


def test_without_contracts_there_is_nothing_to_say() -> None:
    assert balance_line(None, MADE, 0, 0) == ""
    assert balance_line(replace(KEPT, balances=()), MADE, 0, 0) == ""


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        ("0", "minutes", "0:00 h"),
        ("-90", "minutes", "-1:30 h"),
        ("61", "minutes", "1:01 h"),
        ("1E+2", "EUR", "100 EUR"),
    ],
)
def test_amounts_are_in_their_unit(value: str, unit: str, told: str) -> None:
    assert amount_left(Decimal(value), unit) == told


def test_what_is_kept_comes_back() -> None:
    assert kept_from(KEPT.as_text()) == KEPT


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2}, {"made_at": "2026-03-10T09:00"}, {"until": "x"}, {"seq": "x"}, {"balances": [1]},
        {"balances": [{"contract": "x"}]}, {"balances": None},
        {"balances": [{**dict.fromkeys(BLOCK.__slots__, ""), "left": "NaN", "bought": "1"}]},
    ],
)  # fmt: skip
def test_a_file_that_is_not_whole_says_nothing(change: dict[str, object]) -> None:
    assert kept_from(json.dumps({**json.loads(KEPT.as_text()), **change})) is None


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert kept_from(text) is None


def test_a_cut_file_says_nothing() -> None:
    whole = KEPT.as_text()
    assert all(kept_from(whole[:end]) is None for end in range(len(whole)))
