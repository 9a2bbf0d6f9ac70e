"""The clock of a critical bug: 24 hours of the wall clock, over changes of clocks, nights and weekends."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.inventory.hours import Hours
from callout.policy.critical import PatchClock, patch_clock


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def clock(confirmed: str, now: str, made: str = "", severity: str = "critical") -> PatchClock:
    found = patch_clock(severity, at(confirmed), at(made) if made else None, at(now), Hours(), {})
    assert found is not None
    return found


def test_it_runs_for_critical_bugs_only_and_only_once_confirmed() -> None:
    now = at("2026-11-23T12:00Z")
    assert patch_clock("high", now, None, now, Hours(), {}) is None
    assert patch_clock("critical", None, None, now, Hours(), {}) is None


def test_24_hours_by_the_wall_clock_however_the_time_was_written() -> None:
    one, other = (
        clock("2026-11-23T09:00+01:00", "2026-11-23T20:00Z"),
        clock("2026-11-23T03:00-05:00", "2026-11-23T20:00Z"),
    )
    assert one.due_at == other.due_at == at("2026-11-24T08:00Z")
    assert one.left == other.left == dt.timedelta(hours=12)
    assert one.kept is None


@pytest.mark.parametrize(
    "confirmed",
    ["2026-03-28T12:00+01:00", "2026-10-24T12:00+02:00", "2026-03-07T12:00-05:00", "2026-10-31T12:00-04:00"],
    ids=["EU spring", "EU autumn", "US spring", "US autumn"],
)
def test_a_change_of_clocks_neither_gives_nor_takes_an_hour(confirmed: str) -> None:
    assert clock(confirmed, confirmed).left == dt.timedelta(hours=24)


def test_nights_and_weekends_count_and_it_says_where_the_end_falls() -> None:
    friday = clock("2026-11-20T15:00Z", "2026-11-20T15:00Z")
    assert friday.due_at == at("2026-11-21T15:00Z")
    assert not friday.inside_hours
    assert "no working day" in friday.hours
    # Two weeks of March in which the US has changed its clocks and the EU has not: 21:30 UTC is outside.
    assert not clock("2026-03-16T21:30Z", "2026-03-16T21:30Z").inside_hours
    assert clock("2026-03-04T21:30Z", "2026-03-04T21:30Z").inside_hours


def test_kept_late_and_running() -> None:
    assert clock("2026-11-23T09:00Z", "2026-11-25T09:00Z", "2026-11-24T09:00Z").kept is True
    assert clock("2026-11-23T09:00Z", "2026-11-25T09:00Z", "2026-11-24T09:01Z").kept is False
    late = clock("2026-11-23T09:00Z", "2026-11-24T09:01Z")
    assert late.kept is False
    assert late.left == dt.timedelta(minutes=-1)


def test_a_patch_that_was_there_before_the_bug_was_confirmed_took_no_time() -> None:
    assert clock("2026-11-23T09:00Z", "2026-11-23T09:00Z", "2026-11-22T09:00Z").made_after == dt.timedelta()


@pytest.mark.parametrize(
    ("confirmed", "says"),
    [
        ("2026-12-23T10:00+01:00", "closed between the years"),
        ("2026-10-25T10:00+01:00", "National Day"),
        ("2026-10-26T10:00+01:00", "inside the hours"),
    ],
)
def test_closures_and_holidays_move_nothing_and_are_told(confirmed: str, says: str) -> None:
    """Somebody has to be asked in time to be there."""
    holidays = {dt.date(2026, 10, 26): "National Day (AT)"}
    found = patch_clock("critical", at(confirmed), None, at(confirmed), Hours(), holidays)
    assert found is not None
    assert found.due_at == at(confirmed) + dt.timedelta(hours=24)
    assert says in found.hours
    assert found.inside_hours is (says == "inside the hours")
