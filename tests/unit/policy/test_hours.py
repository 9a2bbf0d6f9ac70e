"""The two-zone clock: it opens in Berlin and closes in New York."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from callout.inventory.hours import Hours
from callout.policy.hours import day_span, next_opening, within_hours

HOURS = Hours()


@dataclass(frozen=True)
class Holidays:
    first: dt.date
    last: dt.date
    reason: str = "end of the year"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (dt.date(2026, 1, 14), "2026-01-14T08:00", "2026-01-14T22:00"),  # both in winter: as published
        (dt.date(2026, 7, 15), "2026-07-15T07:00", "2026-07-15T21:00"),  # both in summer: as published
        (dt.date(2026, 3, 16), "2026-03-16T08:00", "2026-03-16T21:00"),  # the US alone has changed: an hour shorter
        (dt.date(2026, 10, 28), "2026-10-28T08:00", "2026-10-28T21:00"),  # the EU alone has changed back
    ],
)
def test_hours_follow_both_zones(day: dt.date, opens: str, closes: str) -> None:
    assert day_span(day, HOURS) == (utc(opens), utc(closes))


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-01-14T07:59:59", False),
        ("2026-01-14T08:00:00", True),
        ("2026-01-14T21:59:59", True),
        ("2026-01-14T22:00:00", False),
        ("2026-01-16T21:00:00", True),  # Friday evening
        ("2026-01-17T12:00:00", False),  # Saturday
    ],
)
def test_edges_of_the_day(moment: str, inside: bool) -> None:
    verdict = within_hours(utc(moment), HOURS)
    assert verdict.inside is inside
    assert verdict.why


def test_closed_between_the_years() -> None:
    closed = [Holidays(dt.date(2026, 12, 23), dt.date(2027, 1, 3))]
    verdict = within_hours(utc("2026-12-28T12:00"), HOURS, closed)
    assert not verdict.inside
    assert "end of the year" in verdict.why
    assert next_opening(utc("2026-12-22T23:00"), HOURS, closed) == utc("2027-01-04T08:00")


def test_hours_over_midnight_belong_to_the_day_of_opening() -> None:
    night = Hours(opens=dt.time(20), closes=dt.time(4), closes_zone="Europe/Berlin", days=("fri",))
    assert within_hours(utc("2026-01-17T02:30"), night).inside  # Saturday 03:30 in Berlin, opened on Friday
    assert not within_hours(utc("2026-01-16T02:30"), night).inside


def test_a_calendar_without_days_ends_the_search() -> None:
    assert next_opening(utc("2026-01-14T08:00"), Hours(days=())) is None
