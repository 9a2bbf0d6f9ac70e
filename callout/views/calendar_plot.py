"""A year of the desk as a picture: hours in UTC, day by day, and where published ones are wrong. No scripts.

From left to right are the days, from top to bottom the hours. What nobody can see is read out: the description tells
the stretches, every box its dates and times. What is published and not true differs by shape, not by colour alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from callout.policy.desk_year import DeskDay, DeskYear
from callout.policy.published_hours import WrongHours
from callout.views.calendar_data import clocks, closed, months, stretches
from callout.views.plots.stacked import Plot, legend
from callout.views.plots.svg import (
    CHARGED,
    COVERED,
    FREE,
    OPEN,
    PAPER,
    TWICE,
    WIDTH,
    Colour,
    Element,
    box,
    canvas,
    line,
    text,
    written,
)  # fmt: skip

_HEAD, _FOOT, _LEFT, _RIGHT = 44, 46, 52, 12
_HOUR = 12
_EVERY = 4
_SECONDS = 3600
# A single day would be hardly two pixels wide, and its seams take one.
_LEAST_WIDTH = Decimal(4)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where a date and an hour (UTC, counted from the date's own midnight) are drawn. `top` and `bottom` are hours."""

    first: dt.date
    days: int
    top: int
    bottom: int

    def across(self, date: dt.date) -> Decimal:
        return (_LEFT + Decimal(WIDTH - _LEFT - _RIGHT) * (date - self.first).days / self.days).quantize(
            Decimal("0.01")
        )

    def down(self, hour: Decimal) -> Decimal:
        return (_HEAD + (hour - self.top) * _HOUR).quantize(Decimal("0.1"))

    @property
    def foot(self) -> int:
        return _HEAD + (self.bottom - self.top) * _HOUR


def calendar_plot(year: DeskYear, *, alone: bool = False) -> Plot:
    """The picture; `alone` is for a file of its own, which has to say that it is SVG."""
    axes = _axes(year)
    title = f"Desk hours {year.year}, UTC"
    drawing = canvas("desk-calendar", title, _described(year), axes.foot + _FOOT)
    if alone:
        drawing.set("xmlns", "http://www.w3.org/2000/svg")
        box(drawing, (0, 0), (WIDTH, axes.foot + _FOOT), Colour("paper", PAPER))
    _grid(drawing, year, axes)
    for one in closed(year):
        _across(drawing, axes, (one.first, one.last), f"{_dates(one.first, one.last)}: {one.why}")
    shown = {_draw_week(drawing, axes, days) for days in _weeks(year.working)}
    for wrong in year.wrong:
        _draw_wrong(drawing, axes, wrong)
    _legend(drawing, year, shown)
    return Plot(title, written(drawing))


def _legend(drawing: Element, year: DeskYear, shown: set[Colour]) -> None:
    named = [("the desk is there", CHARGED), ("half day", COVERED)]
    entries = [(name, colour) for name, colour in named if colour in shown]
    entries += [("closed", TWICE)] if closed(year) else []
    entries += [("published, but nobody is there", FREE)] if any(_promised(one) for one in year.wrong) else []
    entries += [("there, but not published", OPEN)] if any(_silent(one) for one in year.wrong) else []
    legend(drawing, entries, 0)


def _axes(year: DeskYear) -> _Axes:
    hours = [hour for day in year.working for frame in day.frames for hour in _hours(day.date, frame)]
    hours += [hour for one in year.wrong for part in (*_promised(one), *_silent(one)) for hour in part]
    low, high = min(hours, default=Decimal(0)), max(hours, default=Decimal(24))
    return _Axes(
        dt.date(year.year, 1, 1),
        len(year.days),
        min(0, int(low // _EVERY) * _EVERY),
        max(24, -int(-high // _EVERY) * _EVERY),
    )


def _grid(drawing: Element, year: DeskYear, axes: _Axes) -> None:
    for hour in range(axes.top, axes.bottom + 1, _EVERY):
        at = axes.down(Decimal(hour))
        line(drawing, (_LEFT, at), (WIDTH - _RIGHT, at), strong=hour in (0, 24))
        text(drawing, (_LEFT - 8, at + 4), "24:00" if hour == 24 == axes.bottom else f"{hour % 24:02}:00", anchor="end")
    for month in months(year):
        at = axes.across(month.first)
        line(drawing, (at, _HEAD), (at, axes.foot))
        text(drawing, (at + 3, axes.foot + 16), f"{month.first:%b}")
    text(drawing, (WIDTH - _RIGHT, axes.foot + 38), "time of day, UTC, by date", anchor="end", size=11)


def _draw_week(drawing: Element, axes: _Axes, days: Sequence[DeskDay]) -> Colour:
    """Days on end that are alike, as one box for each frame."""
    first, last = days[0], days[-1]
    colour = COVERED if first.half else CHARGED
    told = f"{_dates(first.date, last.date)}: {clocks(first, 'UTC')}{f', {first.half}' if first.half else ''}"
    for frame in first.frames:
        _block(drawing, axes, (first.date, last.date), _hours(first.date, frame), colour, told)
    return colour


def _draw_wrong(drawing: Element, axes: _Axes, wrong: WrongHours) -> None:
    said = f"{wrong.error.published.opens}-{wrong.error.published.closes} published"
    for first, last in _runs(wrong.dates):
        for colour, words, parts in (
            (FREE, "nobody is there", _promised(wrong)), (OPEN, "there, not published", _silent(wrong)),
        ):  # fmt: skip
            for part in parts:
                _block(drawing, axes, (first, last), part, colour, f"{_dates(first, last)}: {said}, {words}")


def _promised(wrong: WrongHours) -> list[tuple[Decimal, Decimal]]:
    """Hours of the day that are published though nobody is there."""
    return _parts(wrong, later=1)


def _silent(wrong: WrongHours) -> list[tuple[Decimal, Decimal]]:
    """Hours of the day in which the desk is there though nothing says so."""
    return _parts(wrong, later=-1)


def _parts(wrong: WrongHours, later: int) -> list[tuple[Decimal, Decimal]]:
    opens, closes = wrong.true_minutes
    found = []
    if wrong.error.opens_later * later > 0:
        found.append((opens - wrong.error.opens_later, opens))
    if wrong.error.closes_later * later < 0:
        found.append((closes, closes - wrong.error.closes_later))
    return [(Decimal(min(part)) / 60, Decimal(max(part)) / 60) for part in found]


def _block(
    drawing: Element, axes: _Axes, dates: tuple[dt.date, dt.date], hours: tuple[Decimal, Decimal], colour: Colour,
    told: str,
) -> None:  # fmt: skip
    left, right = axes.across(dates[0]), axes.across(dates[1] + DAY)
    top, bottom = axes.down(hours[0]), axes.down(hours[1])
    wide = max(right - left, _LEAST_WIDTH)
    box(drawing, (min(left, WIDTH - _RIGHT - wide), top), (wide, bottom - top), colour, told)


def _across(drawing: Element, axes: _Axes, dates: tuple[dt.date, dt.date], told: str) -> None:
    _block(drawing, axes, dates, (Decimal(axes.top), Decimal(axes.bottom)), TWICE, told)


def _weeks(days: Sequence[DeskDay]) -> Iterator[list[DeskDay]]:
    """Days without a gap between them that are alike."""

    def key(numbered: tuple[int, DeskDay]) -> tuple[int, str, str]:
        number, day = numbered
        return day.date.toordinal() - number, clocks(day, "UTC"), day.half

    for _, found in groupby(enumerate(days), key):
        yield [day for _, day in found]


def _runs(dates: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    for _, found in groupby(enumerate(dates), lambda numbered: numbered[1].toordinal() - numbered[0]):
        run = [date for _, date in found]
        yield run[0], run[-1]


def _hours(date: dt.date, frame: tuple[int, int]) -> tuple[Decimal, Decimal]:
    midnight = int(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp())
    return Decimal(frame[0] - midnight) / _SECONDS, Decimal(frame[1] - midnight) / _SECONDS


def _dates(first: dt.date, last: dt.date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"


def _described(year: DeskYear) -> str:
    told = [
        f"{_dates(one.days[0].date, one.days[-1].date)}: {one.clocks[0]} ({one.note or 'nothing published'})"
        for one in stretches(year, ("UTC",))
    ]
    return "; ".join(told) or "The desk never opens."
