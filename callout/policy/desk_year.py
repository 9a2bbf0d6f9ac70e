"""One year of the vendor's desk, day by day: who is there when, why not, and where published hours are wrong. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callout.policy.published_hours import Published, WrongHours, unstated_dates, wrong_hours
from callout.policy.working_days import DeskHours, Frame, Off, half_day_on, off_on, working_days


@dataclass(frozen=True, slots=True)
class DeskDay:
    """A date of the opening zone. Either `frames` (POSIX seconds, sorted) or `off` says how it is.

    `half` is why it closes earlier, empty where it does not; `wrong` are the statements that are wrong on it.
    """

    date: dt.date
    frames: tuple[Frame, ...]
    off: Off | None
    half: str
    wrong: tuple[WrongHours, ...]

    @property
    def open_seconds(self) -> int:
        """How long the desk is there."""
        return sum(end - start for start, end in self.frames)


@dataclass(frozen=True, slots=True)
class DeskYear:
    """All days of a year in order, and what is wrong with what is published.

    `published` is how many statements there are; `unstated` are working days of which none speaks.
    """

    year: int
    hours: DeskHours
    days: tuple[DeskDay, ...]
    published: int
    wrong: tuple[WrongHours, ...]
    unstated: tuple[dt.date, ...]

    @property
    def working(self) -> tuple[DeskDay, ...]:
        """The days on which somebody is there."""
        return tuple(day for day in self.days if day.frames)


def desk_year(year: int, hours: DeskHours, holidays: Mapping[dt.date, str], published: Iterable[Published]) -> DeskYear:
    """The year by the calendar of the opening zone. `holidays` as for `working_time`.

    Raises BadInput for a half day that would be a longer one, and for a published time that no clock shows.
    """
    statements = [*published]
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    frames = {day.date: day.frames for day in working_days(hours, holidays, first, last)}
    wrong = wrong_hours(statements, hours, sorted(frames))
    dates = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    days = tuple(_day(date, hours, holidays, frames.get(date, ()), wrong) for date in dates)
    unstated = tuple(unstated_dates(statements, hours, sorted(frames)))
    return DeskYear(year, hours, days, len(statements), tuple(wrong), unstated)


def _day(
    date: dt.date, hours: DeskHours, holidays: Mapping[dt.date, str], frames: tuple[Frame, ...],
    wrong: Iterable[WrongHours],
) -> DeskDay:  # fmt: skip
    half = half_day_on(date, hours) if frames else None
    return DeskDay(
        date, frames, None if frames else off_on(date, hours, holidays), half.reason if half else "",
        tuple(one for one in wrong if date in one.dates),
    )  # fmt: skip
