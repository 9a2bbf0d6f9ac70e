"""The desk's calendar as a table of minutes: a byte for each, 1 where the desk is there. Nothing of ours is in it.

Of the policy only the values are read. It knows no seconds, no bisection, no spans: whoever asks it walks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

BEGIN = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
DAYS = 900
MINUTES = DAYS * 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def offsets(zone: str) -> tuple[int, ...]:
    """Minutes east of Greenwich in every quarter of an hour; these zones change their clocks at whole hours of UTC."""
    clocks, found = ZoneInfo(zone), []
    for hour in range(DAYS * 24):
        offset = (BEGIN + dt.timedelta(hours=hour)).astimezone(clocks).utcoffset()
        assert offset is not None
        found += [offset.seconds // 60 - (1440 if offset.days else 0)] * 4
    return tuple(found)


def first_minute(day: dt.date, clock: dt.time, zone: str) -> int:
    """The first minute at whose beginning clocks there show that time, or one that is later."""
    shown = (day - BEGIN.date()).days * 1440 + clock.hour * 60 + clock.minute
    # From two hours before a first guess on: no zone changes its clocks by more.
    quarter = (shown - offsets(zone)[shown // 15]) // 15 - 8
    while 15 * quarter + 14 + offsets(zone)[quarter] < shown:
        quarter += 1
    minute = 15 * quarter
    while minute + offsets(zone)[quarter] < shown:
        minute += 1
    return minute


@dataclass
class Table:
    """`there`: a byte per minute. `days`: each working day as (first minute, minute after the last one)."""

    there: bytearray
    days: list[tuple[int, int]]

    def after(self, minute: int, minutes: int) -> int:
        """The minute at whose beginning so many of the desk's have passed; walks."""
        while minutes:
            hour = self.there.count(1, minute, minute + 60)
            if hour < minutes:
                minute, minutes = minute + 60, minutes - hour
                continue
            minutes -= self.there[minute]
            minute += 1
        return minute

    def next_there(self, minute: int) -> int:
        """That minute, or the first one after it in which the desk is there."""
        return self.there.index(1, minute)

    def business_days_after(self, minute: int, count: int) -> int:
        """As many minutes into the working day `count` later as into the one of that minute."""
        place = next(number for number, (_, end) in enumerate(self.days) if minute < end)
        first, _ = self.days[place]
        into = self.there.count(1, first, minute) if minute > first else 0
        later, end = self.days[place + count]
        if not into:
            return later
        while into and later < end:
            into -= self.there[later]
            later += 1
        return later


def tables(hours: Any, holidays: set[dt.date]) -> dict[str, Table]:
    """The three ways in which time passes, by the names that rules give them."""
    in_hours, whole = Table(bytearray(MINUTES), []), Table(bytearray(MINUTES), [])
    for number in range(3, DAYS - 3):
        day = BEGIN.date() + dt.timedelta(days=number)
        if WEEKDAYS[day.weekday()] not in hours.days or day in holidays or _closed(day, hours):
            continue
        midnights = [first_minute(day + dt.timedelta(days=one), dt.time(), hours.opens_zone) for one in (0, 1)]
        whole.days.append((midnights[0], midnights[1]))
        whole.there[midnights[0] : midnights[1]] = b"\1" * (midnights[1] - midnights[0])
        opens, closes = _hours_of(day, hours)
        in_hours.there[opens:closes] = b"\1" * (closes - opens)
        for one in hours.breaks:
            zone = one.zone or hours.opens_zone
            for offset in (-1, 0, 1):
                near = day + dt.timedelta(days=offset)
                starts, ends = first_minute(near, one.starts, zone), first_minute(near, one.ends, zone)
                for minute in range(max(opens, starts), min(closes, ends)):
                    in_hours.there[minute] = 0
        there = [minute for minute in range(opens, closes) if in_hours.there[minute]]
        if there and in_hours.days and in_hours.days[-1][1] > there[0]:
            in_hours.days[-1] = (in_hours.days[-1][0], there[0])  # who opens again has begun the next day
        if there:
            in_hours.days.append((there[0], there[-1] + 1))
    return {"hours": in_hours, "business_days": whole, "always": Table(bytearray(b"\1" * MINUTES), [])}


def _closed(day: dt.date, hours: Any) -> bool:
    for closure in hours.closures:
        if len(closure.first) == 10:
            dates = [dt.date.fromisoformat(closure.first)]
            while dates[-1].isoformat() < closure.last:
                dates.append(dates[-1] + dt.timedelta(days=1))
        else:
            dates = [dt.date(day.year + back, *map(int, closure.first.split("-"))) for back in (-1, 0)]
            for first in list(dates):
                one = first
                while f"{one:%m-%d}" != closure.last:
                    one += dt.timedelta(days=1)
                    dates.append(one)
        if day in dates:
            return True
    return False


def _hours_of(day: dt.date, hours: Any) -> tuple[int, int]:
    opens = first_minute(day, hours.opens, hours.opens_zone)
    closing, zone = hours.closes, hours.closes_zone
    for half in hours.half_days:
        if half.day in (day.isoformat(), f"{day:%m-%d}"):
            closing, zone = half.closes, half.zone or zone
            break
    closes = first_minute(day, closing, zone)
    return opens, closes if closes > opens else first_minute(day + dt.timedelta(days=1), closing, zone)
