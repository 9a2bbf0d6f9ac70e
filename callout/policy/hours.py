"""The vendor's working hours: they open in one time zone and close in another (published procedure).

Monday to Friday, 9 am Central European Time to 5 pm Eastern Time. The EU and the US change their clocks on
different dates, so that in some weeks of spring and autumn the day is an hour shorter (seen in UTC it is
published as 08:00-22:00, 07:00-21:00 in summer). It is therefore computed from the zones, day by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A calendar that stays closed for longer than this has no next opening: the search has to end.
SEARCH_DAYS = 400


class WorkingHours(Protocol):
    """When they are there. `days` are named as in the zone where the day opens."""

    @property
    def opens(self) -> dt.time: ...
    @property
    def opens_zone(self) -> str: ...
    @property
    def closes(self) -> dt.time: ...
    @property
    def closes_zone(self) -> str: ...
    @property
    def days(self) -> Sequence[str]: ...


class Closure(Protocol):
    """Days on which nobody is there, both ends included; dates of the zone where the day opens."""

    @property
    def first(self) -> dt.date: ...
    @property
    def last(self) -> dt.date: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class HoursVerdict:
    """Inside or not, and why. `opens_at` and `closes_at` (UTC) are those of the day it falls into, if inside."""

    inside: bool
    why: str
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None


def within_hours(moment: dt.datetime, hours: WorkingHours, closures: Sequence[Closure] = ()) -> HoursVerdict:
    """Whether `moment` (aware) is inside the hours. The opening minute is inside, the closing one is not.

    A day belongs to the date on which it opens, also where it closes after midnight of that zone.
    """
    local = moment.astimezone(ZoneInfo(hours.opens_zone))
    for day in (local.date() - dt.timedelta(days=1), local.date()):
        opens_at, closes_at = day_span(day, hours)
        if opens_at <= moment < closes_at:
            refusal = _closed_on(day, hours, closures)
            if not refusal:
                return HoursVerdict(True, f"inside the hours of {day:%A} {day.isoformat()}", opens_at, closes_at)
            return HoursVerdict(False, refusal)
    refusal = _closed_on(local.date(), hours, closures)
    return HoursVerdict(False, refusal or f"{local:%a %H:%M} in {hours.opens_zone} is outside {describe(hours)}")


def day_span(day: dt.date, hours: WorkingHours) -> tuple[dt.datetime, dt.datetime]:
    """Opening and closing of that date, in UTC, whether or not it is a working day.

    Whether they close on the next date is a matter of the hours and not of the day: it is decided by standard time.
    Hours so short that a change of clocks leaves nothing of them close before they open on those days.
    """
    opens = dt.datetime.combine(day, hours.opens, ZoneInfo(hours.opens_zone))
    closes = dt.datetime.combine(day, hours.closes, ZoneInfo(hours.closes_zone))
    if _standard(closes) <= _standard(opens):
        closes += dt.timedelta(days=1)
    return opens.astimezone(dt.UTC), closes.astimezone(dt.UTC)


def next_opening(moment: dt.datetime, hours: WorkingHours, closures: Sequence[Closure] = ()) -> dt.datetime | None:
    """The first opening (UTC) after `moment` (aware); None where there is none for 400 days."""
    start = moment.astimezone(ZoneInfo(hours.opens_zone)).date()
    for offset in range(SEARCH_DAYS):
        day = start + dt.timedelta(days=offset)
        opens_at, _ = day_span(day, hours)
        if opens_at > moment and not _closed_on(day, hours, closures):
            return opens_at
    return None


def describe(hours: WorkingHours) -> str:
    """The rule in words, for a reason or a page."""
    opens, closes = f"{hours.opens:%H:%M} {hours.opens_zone}", f"{hours.closes:%H:%M} {hours.closes_zone}"
    return f"{', '.join(hours.days) or 'on no day'} {opens} to {closes}"


def _standard(moment: dt.datetime) -> dt.datetime:
    """The moment in UTC as if its zone never had summer time."""
    offset = (moment.utcoffset() or dt.timedelta()) - (moment.dst() or dt.timedelta())
    return moment.replace(tzinfo=dt.UTC) - offset


def _closed_on(day: dt.date, hours: WorkingHours, closures: Sequence[Closure]) -> str:
    if WEEKDAYS[day.weekday()] not in hours.days:
        return f"{day:%A} {day.isoformat()} is no working day"
    for closure in closures:
        if closure.first <= day <= closure.last:
            return f"closed from {closure.first.isoformat()} to {closure.last.isoformat()}: {closure.reason}"
    return ""
