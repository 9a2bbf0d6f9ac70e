"""Numbers without gaps, by series; dates go the same way."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callout.errors import Refused
from callout.policy.numbering import Issued, next_number

DAY = dt.date(2026, 3, 31)


def issued(number: str, ordinal: int, date: dt.date = DAY, series: str = "2026-{number}") -> Issued:
    return Issued(series, ordinal, number, date)


def test_each_year_counts_anew_and_each_series_by_itself() -> None:
    given_out = [issued("2026-0001", 1), issued("2026-0002", 2)]
    assert next_number(given_out, "{year}-{number}", 4, DAY).number == "2026-0003"
    assert next_number(given_out, "{year}-{number}", 4, dt.date(2027, 1, 2)).number == "2027-0001"
    assert next_number(given_out, "C{year}-{number}", 4, DAY).number == "C2026-0001"
    assert next_number(given_out, "R{number}", 6, DAY).number == "R000001"


def test_a_date_before_the_newest_number_is_refused_in_its_own_series_only() -> None:
    given_out = [issued("2026-0001", 1, dt.date(2026, 4, 2))]
    with pytest.raises(Refused, match="the number before it is of 2026-04-02"):
        next_number(given_out, "{year}-{number}", 4, DAY)
    assert next_number(given_out, "{year}-{number}", 4, dt.date(2026, 4, 2)).ordinal == 2
    assert next_number(given_out, "{year}-{number}", 4, dt.date(2025, 12, 31)).number == "2025-0001"


def test_two_patterns_never_make_the_same_number() -> None:
    given_out = [issued("2026-1", 1, series="{number}-x")]
    with pytest.raises(Refused, match="given already"):
        next_number(given_out, "{year}-{number}", 1, DAY)


@given(some.lists(some.sampled_from(["{year}-{number}", "C{year}-{number}", "R{number}"]), max_size=40))
def test_no_gap_and_no_double_in_any_order(patterns: list[str]) -> None:
    given_out: list[Issued] = []
    for pattern in patterns:
        numbered = next_number(reversed(given_out), pattern, 4, DAY)
        given_out.append(Issued(numbered.series, numbered.ordinal, numbered.number, DAY))
    assert len({one.number for one in given_out}) == len(patterns)
    for series in {one.series for one in given_out}:
        own = [one.ordinal for one in given_out if one.series == series]
        assert own == list(range(1, len(own) + 1))
