"""Published hours beside the true ones: on which days a page's fixed times are wrong, and by how much. Pure.

The published procedure names two pairs of hours in GMT, for winter and for summer. They are right only while the zone
in which the desk opens and the one in which it closes both have winter, or both summer: in the weeks between the two
changes of clocks neither pair is, and which one is meant depends on whose summer the reader thinks of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from callout.errors import BadInput
from callout.policy.hours import WorkingHours, day_span

_DAY_MINUTES = 24 * 60


class Published(Protocol):
    """Hours as a page states them: `08:00`, `22:00`, the offset `+00:00`; `season` is winter, summer or year."""

    @property
    def opens(self) -> str: ...
    @property
    def closes(self) -> str: ...
    @property
    def offset(self) -> str: ...
    @property
    def season(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Error:
    """How far a statement is from the truth, in minutes: positive where the desk opens, or closes, later than it says.

    A desk that opens later or closes earlier breaks a promise; the other way round nobody knows that it is there.
    """

    published: Published
    opens_later: int
    closes_later: int

    @property
    def right(self) -> bool:
        """Both times are as published."""
        return not self.opens_later and not self.closes_later

    @property
    def promises_too_much(self) -> bool:
        """Somebody who believes it may find nobody."""
        return self.opens_later > 0 or self.closes_later < 0


@dataclass(frozen=True, slots=True)
class WrongHours:
    """Working days on end (`dates`) on which one statement is equally wrong.

    `true_minutes` are opening and closing, counted from the date's midnight in UTC. `otherwise` is what those read who
    go by the season of the closing zone, where that is another one: wrong in its own way, or right.
    """

    dates: tuple[dt.date, ...]
    error: Error
    true_minutes: tuple[int, int]
    otherwise: tuple[Error, ...]

    @property
    def opens(self) -> str:
        """When the desk opens, by the statement's own offset."""
        return _clock(self.true_minutes[0] + _minutes(self.error.published.offset))

    @property
    def closes(self) -> str:
        """When it closes, likewise."""
        return _clock(self.true_minutes[1] + _minutes(self.error.published.offset))

    @property
    def weeks(self) -> tuple[str, ...]:
        """The ISO weeks that the days are in, like 2026-W11."""
        return tuple(dict.fromkeys(f"{day.isocalendar().year}-W{day.isocalendar().week:02}" for day in self.dates))


def wrong_hours(
    published: Iterable[Published], hours: WorkingHours, working_dates: Sequence[dt.date]
) -> list[WrongHours]:
    """Every statement that is wrong on some of these dates (in order), by date.

    `hours` are compared without breaks and half days, of which no statement speaks. Raises BadInput for a statement
    with a time that no clock shows.
    """
    statements = _checked(published)
    found = [run for one in statements for run in _runs(one, statements, hours, working_dates)]
    return sorted(found, key=lambda wrong: wrong.dates)


def unstated_dates(
    published: Iterable[Published], hours: WorkingHours, working_dates: Sequence[dt.date]
) -> list[dt.date]:
    """The dates of which no statement speaks; none where nothing is published at all."""
    statements = _checked(published)
    return [
        day
        for day in working_dates
        if statements and not any(_speaks(one, day, hours.opens_zone) for one in statements)
    ]


@lru_cache(maxsize=4096)
def is_summer(day: dt.date, zone: str) -> bool:
    """Whether the clocks of that zone are ahead of what they show at their latest in that year, at noon.

    Not asked of the zone's own flag: Ireland's is set in winter.
    """
    return _offset_at_noon(day, zone) > _least_offset(day.year, zone)


def _checked(published: Iterable[Published]) -> list[Published]:
    statements = [*published]
    for one in statements:
        for key, written in (("opens", one.opens), ("closes", one.closes)):
            if _minutes(written) > _DAY_MINUTES:
                raise BadInput(
                    f"callout_policy.desk.published_hours: {key} is {written}, which no clock shows.",
                    'Write a time like "22:00", or "24:00" for the end of the day.',
                )
    return statements


def _runs(
    one: Published, statements: Sequence[Published], hours: WorkingHours, working_dates: Sequence[dt.date]
) -> Iterator[WrongHours]:
    """Working days that follow on each other and are wrong in the same way, together."""
    run: WrongHours | None = None
    for day in working_dates:
        wrong = _wrong_on(day, one, statements, hours)
        if run is not None and wrong is not None and replace(wrong, dates=run.dates) == run:
            run = replace(run, dates=(*run.dates, day))
            continue
        if run is not None:
            yield run
        run = wrong
    if run is not None:
        yield run


def _wrong_on(day: dt.date, one: Published, statements: Sequence[Published], hours: WorkingHours) -> WrongHours | None:
    if not _speaks(one, day, hours.opens_zone):
        return None
    error = _error_on(day, one, hours)
    if error.right:
        return None
    elsewhere = [other for other in statements if other.season != "year" and _speaks(other, day, hours.closes_zone)]
    otherwise = tuple(
        _error_on(day, other, hours)
        for other in elsewhere
        if one.season != "year" and not _speaks(other, day, hours.opens_zone)
    )
    return WrongHours((day,), error, _true_minutes(day, hours), otherwise)


def _speaks(one: Published, day: dt.date, zone: str) -> bool:
    return one.season == "year" or one.season == ("summer" if is_summer(day, zone) else "winter")


def _error_on(day: dt.date, one: Published, hours: WorkingHours) -> Error:
    opens, closes = _true_minutes(day, hours)
    offset = _minutes(one.offset)
    return Error(one, _apart(opens, _minutes(one.opens) - offset), _apart(closes, _minutes(one.closes) - offset))


def _true_minutes(day: dt.date, hours: WorkingHours) -> tuple[int, int]:
    """Opening and closing as minutes after the date's midnight in UTC; before it they are negative."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    opens, closes = ((moment - midnight) // dt.timedelta(minutes=1) for moment in day_span(day, hours))
    return opens, closes


def _apart(true: int, said: int) -> int:
    """The shorter way round the clock: a page names times, not dates."""
    half = _DAY_MINUTES // 2
    return (true - said + half) % _DAY_MINUTES - half


def _minutes(written: str) -> int:
    """`08:30` and `+08:30` as minutes, `-03:30` as negative ones."""
    hours, minutes = written.lstrip("+-").split(":")
    return (int(hours) * 60 + int(minutes)) * (-1 if written.startswith("-") else 1)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _offset_at_noon(day: dt.date, zone: str) -> dt.timedelta:
    return dt.datetime.combine(day, dt.time(12), ZoneInfo(zone)).utcoffset() or dt.timedelta()


@lru_cache(maxsize=256)
def _least_offset(year: int, zone: str) -> dt.timedelta:
    first = dt.date(year, 1, 1)
    return min(_offset_at_noon(first + dt.timedelta(days=number), zone) for number in range(365))
