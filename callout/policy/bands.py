"""Bands of the calendar: when an hour costs more. Pure: hours, holidays and factors come in as values.

Out of hours and weekend are those of the vendor's working hours, which open in one zone and close in another; a
holiday is one of the customer's, by the customer's date, also inside those hours. Where several apply the highest
factor does: nothing is multiplied twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from callout.policy.hours import WEEKDAYS, WorkingHours, day_span

# Of equal factors the first one names the band.
NAMES = ("holiday", "weekend", "emergency", "out_of_hours")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Band:
    """A kind of time and what an hour's price is multiplied by in it."""

    name: str
    factor: Decimal


STANDARD = Band("standard", Decimal(1))


def no_holiday(day: dt.date) -> str:
    """For customers whose holidays are not configured: no day is one."""
    return ""


@dataclass(frozen=True, slots=True)
class BandCalendar:
    """What decides about bands. `factors` holds the configured ones by name, `zone` is the customer's.

    `holiday` gives a date's holiday by name, empty where it is none.
    """

    hours: WorkingHours
    zone: str
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    holiday: Callable[[dt.date], str] = no_holiday

    @property
    def flat(self) -> bool:
        """True where every hour costs the same."""
        return not self.factors


@dataclass(frozen=True, slots=True)
class _Opening:
    """The hours of any day: what a day's span is remembered by."""

    opens: dt.time
    opens_zone: str
    closes: dt.time
    closes_zone: str
    days: tuple[str, ...] = ()


def band_at(moment: dt.datetime, calendar: BandCalendar, *, emergency: bool = False) -> Band:
    """The band of `moment` (aware): of all that apply the one with the highest factor."""
    found = STANDARD
    for name in NAMES:
        factor = calendar.factors.get(name)
        if factor is None or not _applies(name, moment, calendar, emergency=emergency):
            continue
        if found is STANDARD or factor > found.factor:
            found = Band(name, factor)
    return found


def band_edges(start: dt.datetime, end: dt.datetime, calendar: BandCalendar) -> list[dt.datetime]:
    """All moments (UTC, ascending) strictly between `start` and `end` at which a band may begin or end."""
    if calendar.flat:
        return []
    found: set[dt.datetime] = set()
    for day in _days(start, end, calendar.hours.opens_zone):
        found.update((*_span(day, calendar.hours), midnight(day, calendar.hours.opens_zone)))
    for day in _days(start, end, calendar.zone):
        found.add(midnight(day, calendar.zone))
    return sorted(moment for moment in found if start < moment < end)


def band_of_day(day: dt.date, calendar: BandCalendar, *, emergency: bool = False) -> Band | None:
    """The one band that all of `day` has, in the customer's zone; None where it has several."""
    start, end = midnight(day, calendar.zone), midnight(day + DAY, calendar.zone)
    moments = [start, *band_edges(start, end, calendar)]
    bands = {band_at(moment, calendar, emergency=emergency) for moment in moments}
    return bands.pop() if len(bands) == 1 else None


@lru_cache(maxsize=8192)
def midnight(day: dt.date, zone: str) -> dt.datetime:
    """The first moment of `day` in `zone`, in UTC; where the clocks skip it, the moment at which they do."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def _applies(name: str, moment: dt.datetime, calendar: BandCalendar, *, emergency: bool) -> bool:
    if name == "emergency":
        return emergency
    if name == "holiday":
        return bool(calendar.holiday(moment.astimezone(ZoneInfo(calendar.zone)).date()))
    hours = calendar.hours
    day = moment.astimezone(ZoneInfo(hours.opens_zone)).date()
    for opening in (day - DAY, day):
        opens_at, closes_at = _span(opening, hours)
        if opens_at <= moment < closes_at and WEEKDAYS[opening.weekday()] in hours.days:
            return False
    # A day without hours is the weekend's; the night before and after a working day is merely out of hours.
    free = WEEKDAYS[day.weekday()] not in hours.days
    return free if name == "weekend" else not free


def _span(day: dt.date, hours: WorkingHours) -> tuple[dt.datetime, dt.datetime]:
    return _spans(day, hours.opens, hours.opens_zone, hours.closes, hours.closes_zone)


@lru_cache(maxsize=8192)
def _spans(
    day: dt.date, opens: dt.time, opens_zone: str, closes: dt.time, closes_zone: str
) -> tuple[dt.datetime, dt.datetime]:
    return day_span(day, _Opening(opens, opens_zone, closes, closes_zone))


def _days(start: dt.datetime, end: dt.datetime, zone: str) -> Iterator[dt.date]:
    day, last = start.astimezone(ZoneInfo(zone)).date() - DAY, end.astimezone(ZoneInfo(zone)).date() + DAY
    while day <= last:
        yield day
        day += DAY
