"""Rounding against a brute-force oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.worklog.rounding import Rounding, billed_minutes


def oracle(seconds: int, increment: int, minimum: int) -> int:
    """Adds one increment after the other until the work and the minimum fit in."""
    minutes = 0
    while seconds and (minutes * 60 < seconds or minutes < minimum):
        minutes += increment
    return minutes


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 60_000), st.integers(1, 120), st.integers(0, 180))
def test_rounding_is_what_counting_up_gives(seconds: int, increment: int, minimum: int) -> None:
    assert billed_minutes(seconds, Rounding(increment, minimum)) == oracle(seconds, increment, minimum)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (1, 15), (899, 15), (900, 15), (901, 30), (3600, 60), (3601, 75)]
)
def test_started_quarters_count(seconds: int, minutes: int) -> None:
    assert billed_minutes(seconds, Rounding()) == minutes


def test_the_minimum_is_rounded_up_too_and_nothing_stays_nothing() -> None:
    assert billed_minutes(60, Rounding(15, 20)) == 30
    assert billed_minutes(0, Rounding(15, 20)) == 0


def test_negative_work_is_an_error() -> None:
    with pytest.raises(ValueError, match="-1"):
        billed_minutes(-1, Rounding())
