"""The desk's calendar once more, by walking through its minutes: slow, and with nothing of ours in it.

Times of day are looked for in lists of what the walls' clocks show in each minute, and nothing is computed from
offsets; whether hours close on the next date is read from a table of zones without summer time.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from callout.inventory.hours import Hours

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Minutes east of Greenwich without summer time.
STANDARD = {
    "Europe/Berlin": 60, "America/New_York": -300, "Europe/London": 0, "Africa/Cairo": 120, "Asia/Kathmandu": 345,
    "Australia/Lord_Howe": 630, "Asia/Beirut": 120, "America/St_Johns": -210, "Pacific/Auckland": 720,
    "Pacific/Honolulu": -600,
}  # fmt: skip


@cache
def _walls(zone: str, begin: dt.datetime, minutes: int) -> tuple[list[dt.datetime], dict[dt.datetime, int]]:
    """What the clocks on the walls of a zone show, minute by minute, and in which minute they show it first."""
    moments = (begin + MINUTE * number for number in range(minutes))
    walls = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]
    return walls, {wall: number for number, wall in reversed([*enumerate(walls)])}


class MinuteWalk:
    """All minutes of `length` days from `first` (UTC) on; `owner` is the working day that each belongs to, or None."""

    def __init__(self, hours: Hours, holidays: set[dt.date], first: dt.date, length: int) -> None:
        self.hours, self.holidays = hours, holidays
        self.begin = dt.datetime.combine(first, dt.time(), dt.UTC)
        zones = {hours.opens_zone, hours.closes_zone}
        zones |= {one.zone for one in (*hours.breaks, *hours.half_days) if one.zone}
        self.walls = {zone: _walls(zone, self.begin, length * 24 * 60) for zone in zones}
        self.owner: list[dt.date | None] = [None] * (length * 24 * 60)
        self.of_day: dict[dt.date, list[int]] = {}
        self.on_break = self._on_break(first, length)
        # The first and last days of the walk are not whole in every zone, so that nobody may ask about them.
        for offset in range(2, length - 3):
            self._work_on(first + offset * DAY)
        self._listed()

    def second(self, number: int) -> int:
        """The beginning of that minute, as the calendars count."""
        return int(self.begin.timestamp()) + 60 * number

    def shown(self, date: dt.date, clock: dt.time, zone: str) -> int:
        """The minute in which clocks show that time first; a skipped one is as long after the skip as it would be."""
        wanted = dt.datetime.combine(date, clock)
        walls, first_shown = self.walls[zone]
        if wanted in first_shown:
            return first_shown[wanted]
        skip = next(number for number in range(1, len(walls)) if walls[number - 1] < wanted < walls[number])
        return skip + int((wanted - walls[skip - 1]) / MINUTE) - 1

    def _work_on(self, date: dt.date) -> None:
        hours = self.hours
        if WEEKDAYS[date.weekday()] not in hours.days or date in self.holidays or self._closed(date):
            return
        begin = self.shown(date, hours.opens, hours.opens_zone)
        end = self._closing(date, hours.closes, hours.closes_zone)
        for half in hours.half_days:
            if half.day in (date.isoformat(), f"{date:%m-%d}"):
                end = self._closing(date, half.closes, half.zone or hours.closes_zone)
        there = [number for number in range(begin, end) if number not in self.on_break]
        if there:
            # Whoever opens again belongs to the new day, and the old one is over.
            self.owner[there[0] :] = [None] * (len(self.owner) - there[0])
            for number in there:
                self.owner[number] = date

    def _closing(self, date: dt.date, closes: dt.time, zone: str) -> int:
        opens = self.hours.opens.hour * 60 + self.hours.opens.minute - STANDARD[self.hours.opens_zone]
        over_midnight = closes.hour * 60 + closes.minute - STANDARD[zone] <= opens
        return self.shown(date + DAY if over_midnight else date, closes, zone)

    def _on_break(self, first: dt.date, length: int) -> set[int]:
        return {
            number
            for one in self.hours.breaks
            for zone in (one.zone or self.hours.opens_zone,)
            for day in range(1, length - 1)
            for number in range(
                self.shown(first + day * DAY, one.starts, zone), self.shown(first + day * DAY, one.ends, zone)
            )
        }

    def _closed(self, date: dt.date) -> bool:
        for closure in self.hours.closures:
            day = closure.first.replace(closure.first[-5:], f"{date:%m-%d}")
            if len(closure.first) == 10:
                found = dt.date.fromisoformat(closure.first) <= date <= dt.date.fromisoformat(closure.last)
            elif closure.first <= closure.last:
                found = closure.first <= day <= closure.last
            else:
                found = day >= closure.first or day <= closure.last
            if found:
                return True
        return False

    def _listed(self) -> None:
        for number, date in enumerate(self.owner):
            if date is not None:
                self.of_day.setdefault(date, []).append(number)

    def between(self, begin: int, end: int) -> int:
        """Open minutes."""
        return sum(date is not None for date in self.owner[begin:end])

    def next_open(self, begin: int) -> int | None:
        """The first open minute from there on; None where the walk has none."""
        return next((number for number in range(begin, len(self.owner)) if self.owner[number] is not None), None)

    def after(self, begin: int, minutes: int) -> int | None:
        """The minute at whose beginning so many have passed; None where they do not within the walk."""
        number = begin
        while minutes:
            if number == len(self.owner):
                return None
            minutes -= self.owner[number] is not None
            number += 1
        return number

    def business_days_after(self, begin: int, days: int) -> int | None:
        """As far into the working day so many later; None where it is not in the walk."""
        dates = sorted(self.of_day)
        # Between two frames of a day it is still that day: the first one that is not over.
        place = next((at for at, date in enumerate(dates) if self.of_day[date][-1] >= begin), None)
        if place is None or place + days >= len(dates):
            return None
        passed = sum(number < begin for number in self.of_day[dates[place]])
        day = self.of_day[dates[place + days]]
        return day[0] if passed == 0 else day[min(passed, len(day)) - 1] + 1
