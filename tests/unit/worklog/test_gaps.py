"""Gaps between work: in working hours only, by the calendar of a zone; events of a run are covered or named."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callout.inventory.hours import Hours
from callout.worklog.gaps import Gaps, gaps_of

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = dt.date(2026, 3, 3)
SHIFT = Hours(opens=dt.time(9), closes=dt.time(17), closes_zone="Europe/Berlin")


def found(book: Any, *days: dt.date, zone: ZoneInfo = BERLIN, hours: Hours = SHIFT) -> Gaps:
    return gaps_of(book.events, "eva@desk", days or (TUESDAY,), zone, hours)


def free(gaps: Gaps) -> list[tuple[str, str]]:
    """The free stretches of the first day, by clocks in UTC."""
    return [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in gaps.days[0].free]


def test_only_what_lies_between_work_and_in_the_hours_is_free(book: Any) -> None:
    book.work("2026-03-03T06:00Z", 3600)  # before the shift
    book.work("2026-03-03T09:00Z", 1800)
    book.work("2026-03-03T08:30Z", 7200)  # around the one before
    book.work("2026-03-03T12:00Z", 3600)
    book.work("2026-03-03T13:00:30Z", 60)  # half a minute later
    book.work("2026-03-03T18:00Z", 600)  # after the shift
    assert free(found(book)) == [("10:30", "12:00")]


def test_nothing_is_free_at_the_weekend_nor_between_anothers_work(book: Any) -> None:
    saturday = dt.date(2026, 3, 7)
    for hour in (9, 12):
        book.work(f"2026-03-07T{hour:02d}:00Z", 600)
    assert not found(book, saturday).days[0].free
    assert len(found(book, saturday).days[0].work) == 2
    book.actor = "max@desk"
    for hour in (9, 12):
        book.work(f"2026-03-03T{hour:02d}:00Z", 600)
    assert not found(book).days[0].free


def test_withdrawn_work_fills_no_gap_and_amended_work_as_much_as_it_says(book: Any) -> None:
    book.work("2026-03-03T09:00Z", 600)
    gone = book.work("2026-03-03T10:00Z", 3600)
    book.work("2026-03-03T12:00Z", 600)
    assert free(found(book)) == [("09:10", "10:00"), ("11:00", "12:00")]
    book.write("work_amended", "2026-03-04T09:00Z", work=gone.id, amendment="withdrawn", reason="x")
    assert free(found(book)) == [("09:10", "12:00")]


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2026-03-02"), ("Asia/Kathmandu", "2026-03-03")])
def test_a_day_is_that_of_the_zone(book: Any, zone: str, day: str) -> None:
    book.work("2026-03-02T23:30Z", 600)
    days = [dt.date(2026, 3, 2), TUESDAY]
    worked = {str(one.date): len(one.work) for one in found(book, *days, zone=ZoneInfo(zone)).days}
    assert [name for name, count in worked.items() if count] == [day]


def test_events_of_a_run_without_work_are_named_and_covered_ones_not(book: Any) -> None:
    book.work("2026-03-03T09:00Z", 600)
    book.write("access_checked", "2026-03-03T08:58:30Z")  # right before
    book.write("patched", "2026-03-03T09:05Z")
    book.write("verified", "2026-03-03T09:11Z")
    for minute in (30, 40):
        book.write("backed_up", f"2026-03-03T09:{minute}Z")
    book.actor = "max@desk"
    book.write("backed_up", "2026-03-03T15:00Z")
    (unlogged,) = found(book).days[0].unlogged
    assert (unlogged.callout, unlogged.events, f"{unlogged.first:%H:%M} {unlogged.last:%H:%M}") == (
        "CO-0001", 2, "09:30 09:40",
    )  # fmt: skip


def test_a_session_that_runs_covers_what_happens_and_is_named(book: Any) -> None:
    started = book.write("work_started", "2026-03-03T09:00Z", started_at="2026-03-03T09:00:00.000000Z", ticket="T-1")
    book.write("backed_up", "2026-03-03T15:00Z")
    gaps = found(book)
    assert ([event.id for event in gaps.running], gaps.days[0].unlogged) == ([started.id], ())


def test_overlaps_and_work_without_clock_times_are_named(book: Any) -> None:
    first = book.work("2026-03-03T09:00Z", 600)
    second = book.work("2026-03-03T09:05Z", 600)
    untimed = book.work("2026-03-03T00:00Z", 5400, clock_known=False)
    (day,) = found(book).days
    assert [(entry.event.id, lost.seconds, lost.claimed_by) for entry, lost in day.overlapping] == [
        (second.id, 300, (first.id,))
    ]
    assert [entry.event.id for entry in day.without_clock] == [untimed.id]
    assert sum(entry.seconds for entry in day.work) == 600 + 600 + 5400
