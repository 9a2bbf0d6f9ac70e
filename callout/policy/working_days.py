"""On which days the vendor's desk is there, and in which frames: breaks, closures, holidays and half days. Pure.

A day belongs to the date on which it opens, by the calendar of the opening zone. All moments are POSIX seconds. A time
of day that the clocks skip is taken by the offset of before (02:30 is then 03:30), one that comes twice is the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from callout.errors import BadInput
from callout.policy.hours import WEEKDAYS, WorkingHours, day_span

ONE_DAY = dt.timedelta(days=1)
# A day may reach into the next two: from 09:00 in Auckland to 17:00 in Honolulu are 31 hours.
REACH = 2
Frame = tuple[int, int]


class Break(Protocol):
    """Nobody is there from `starts` to `ends`, every day, by the clocks of `zone`; None is the opening one."""

    @property
    def starts(self) -> dt.time: ...
    @property
    def ends(self) -> dt.time: ...
    @property
    def zone(self) -> str | None: ...


class ClosedDays(Protocol):
    """Days on which only emergencies are served, both ends included: `2026-12-24`, or `12-24` of every year."""

    @property
    def first(self) -> str: ...
    @property
    def last(self) -> str: ...
    @property
    def reason(self) -> str: ...


class HalfDay(Protocol):
    """A working day (written as those of `ClosedDays`) that closes earlier; `zone` None is the closing one."""

    @property
    def day(self) -> str: ...
    @property
    def closes(self) -> dt.time: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def reason(self) -> str: ...


class DeskHours(WorkingHours, Protocol):
    """`callout_policy.hours` with all that the desk's clocks stand still for."""

    @property
    def breaks(self) -> Sequence[Break]: ...
    @property
    def closures(self) -> Sequence[ClosedDays]: ...
    @property
    def half_days(self) -> Sequence[HalfDay]: ...


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A date on which the desk is there, and its open frames: sorted, disjoint, none empty."""

    date: dt.date
    frames: tuple[Frame, ...]


class OffKind(StrEnum):
    """Why a date is no working day."""

    WEEKDAY = "no_working_day"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True)
class Off:
    """Nobody is there on a date, and why, in words."""

    kind: OffKind
    why: str


@dataclass(frozen=True, slots=True)
class _Shortened:
    """The hours of a half day: what `day_span` asks for."""

    opens: dt.time
    opens_zone: str
    closes: dt.time
    closes_zone: str
    days: Sequence[str] = ()


def working_days(hours: DeskHours, holidays: Mapping[dt.date, str], first: dt.date, last: dt.date) -> list[WorkingDay]:
    """All working days from `first` to `last` (both included), in order; no frame reaches into the next working day.

    `holidays` are the dates that are none, by name. Raises BadInput naming a half day that would be a longer one.
    """
    found = [*_unclipped(hours, holidays, first, last + (1 + REACH) * ONE_DAY)]
    clipped = []
    for place, day in enumerate(found):
        if day.date > last:
            break
        until = min((later.frames[0][0] for later in found[place + 1 : place + 2 + REACH]), default=day.frames[-1][1])
        frames = tuple((start, min(end, until)) for start, end in day.frames if start < until)
        if frames:
            clipped.append(WorkingDay(day.date, frames))
    return clipped


def off_on(day: dt.date, hours: DeskHours, holidays: Mapping[dt.date, str]) -> Off | None:
    """Why nobody is there on `day`; None where somebody is. A weekday is told first, then a closure, then a holiday."""
    if off := _off_by_date(day, hours, holidays):
        return off
    return None if day_frames(day, hours) else Off(OffKind.NO_TIME, "no time between opening and closing")


def half_day_on(day: dt.date, hours: DeskHours) -> HalfDay | None:
    """The half day that `day` is, whether or not anybody works on it; of several the first that is written."""
    return next((half for half in hours.half_days if half.day in (day.isoformat(), _of_every_year(day))), None)


def day_frames(day: dt.date, hours: DeskHours) -> tuple[Frame, ...]:
    """The open frames of that date, whether or not it is a working day; none where closing comes before opening."""
    opens, closes = opening_and_closing(day, hours)
    if not hours.breaks:
        return ((opens, closes),) if opens < closes else ()
    frames, since = [], opens
    for starts, ends in breaks_on(day, hours, hours.breaks):
        if since < min(starts, closes):
            frames.append((since, min(starts, closes)))
        since = max(since, ends)
    if since < closes:
        frames.append((since, closes))
    return tuple(frames)


def opening_and_closing(day: dt.date, hours: DeskHours) -> Frame:
    """The first and the last moment of that date, breaks left aside; a half day's closing where it is one.

    Raises BadInput naming a half day that closes later than the day would.
    """
    opens, closes = (int(moment.timestamp()) for moment in day_span(day, hours))
    half = half_day_on(day, hours)
    if half is None:
        return opens, closes
    shortened = _Shortened(hours.opens, hours.opens_zone, half.closes, half.zone or hours.closes_zone)
    earlier = int(day_span(day, shortened)[1].timestamp())
    if earlier > closes:
        raise BadInput(
            f"callout_policy.hours.half_days: {half.day} would close at {half.closes:%H:%M} {shortened.closes_zone}, "
            f"later than {day.isoformat()} does without it.",
            "Write a time between opening and closing, or take the half day out.",
        )
    return opens, earlier


def breaks_on(day: dt.date, hours: DeskHours, breaks: Sequence[Break]) -> list[Frame]:
    """Breaks that may fall into that day, in order: also those of its neighbours, whose dates are by other clocks."""
    near = [day + offset * ONE_DAY for offset in range(-1, REACH + 1)]
    return sorted(
        (_second(date, one.starts, zone), _second(date, one.ends, zone))
        for one in breaks
        for zone in (one.zone or hours.opens_zone,)
        for date in near
    )


def midnight(day: dt.date, zone: str) -> int:
    """The first second of `day` in `zone`; where the clocks skip midnight, the moment at which they do."""
    return _second(day, dt.time(), zone)


def _unclipped(
    hours: DeskHours, holidays: Mapping[dt.date, str], first: dt.date, last: dt.date
) -> Iterator[WorkingDay]:
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        if not _off_by_date(day, hours, holidays) and (frames := day_frames(day, hours)):
            yield WorkingDay(day, frames)


def _off_by_date(day: dt.date, hours: DeskHours, holidays: Mapping[dt.date, str]) -> Off | None:
    if WEEKDAYS[day.weekday()] not in hours.days:
        return Off(OffKind.WEEKDAY, f"{day:%A}")
    for closure in hours.closures:
        if _is_closed(day, closure):
            return Off(OffKind.CLOSURE, closure.reason)
    if day in holidays:
        return Off(OffKind.HOLIDAY, holidays[day])
    if not _exists(day, hours.opens_zone):
        return Off(OffKind.NO_TIME, f"a day that {hours.opens_zone} never had")
    return None


def _is_closed(day: dt.date, closure: ClosedDays) -> bool:
    if len(closure.first) > len("12-24"):
        return closure.first <= day.isoformat() <= closure.last
    written = _of_every_year(day)
    if closure.first <= closure.last:
        return closure.first <= written <= closure.last
    return written >= closure.first or written <= closure.last


def _of_every_year(day: dt.date) -> str:
    return f"{day.month:02}-{day.day:02}"


def _exists(day: dt.date, zone: str) -> bool:
    """False for a date that a zone left out, as Samoa did when it moved over the date line."""
    return midnight(day, zone) < midnight(day + ONE_DAY, zone)


def _second(day: dt.date, clock: dt.time, zone: str) -> int:
    return int(dt.datetime.combine(day, clock, ZoneInfo(zone)).timestamp())
