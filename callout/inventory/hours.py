"""`callout_policy.hours`: when the vendor is there. The defaults are the published procedure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from access_check.validation import Strict


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone (write it like Europe/Vienna)") from None
    return name


def _clock_time(written: Any) -> Any:
    """Only text or a plain time: YAML reads an unquoted 22:00 as the number 1320, which would become 00:22."""
    if isinstance(written, dt.time) and written.tzinfo is None:
        return written
    if not isinstance(written, str) or not re.fullmatch(r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?", written):
        raise ValueError('is a time in quotes, like "22:00", without an offset')
    return written


def _day(written: Any) -> Any:
    """One day, `2026-12-24`, or one of every year, `12-24`; always as text. YAML reads the first as a date."""
    if isinstance(written, dt.date) and not isinstance(written, dt.datetime):
        return written.isoformat()
    if not isinstance(written, str) or not re.fullmatch(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}", written):
        raise ValueError('is a day like 2026-12-24, or of every year like "12-24"')
    # A leap year: the 29th of February is a day of every year that has one.
    dt.date.fromisoformat(written if len(written) > len("12-24") else f"2024-{written}")
    return written


ZoneName = Annotated[str, AfterValidator(_known_zone)]
ClockTime = Annotated[dt.time, BeforeValidator(_clock_time)]
Day = Annotated[str, BeforeValidator(_day)]
Reason = Annotated[str, Field(min_length=1, max_length=300)]


class Break(Strict):
    """Nobody is there between two times of every working day, like at lunch. Left out, `zone` is the opening one."""

    starts: ClockTime
    ends: ClockTime
    zone: ZoneName | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Break:
        if self.ends <= self.starts:
            raise ValueError("ends is not after starts")
        return self


class Closure(Strict):
    """Days on which only emergencies are served, both ends included; by the calendar of the opening zone.

    Both are single days, or both are of every year: then `first` may be later than `last`, over the New Year.
    """

    first: Day
    last: Day
    reason: Reason

    @model_validator(mode="after")
    def _alike(self) -> Closure:
        if len(self.first) != len(self.last):
            raise ValueError("first and last are both of one year, or both of every year")
        if len(self.first) > len("12-24") and self.last < self.first:
            raise ValueError("last is before first")
        return self


class HalfDay(Strict):
    """A working day that ends earlier. Left out, `zone` is the closing one."""

    day: Day
    closes: ClockTime
    zone: ZoneName | None = None
    reason: Reason = "half day"


class PublicHolidays(Strict):
    """Whose public holidays are no working days of the vendor: ISO 3166 codes. Nobody's, until it is written here."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,3}$")] | None = None


class Hours(Strict):
    """The vendor's working hours: they open in one time zone and close in another (published procedure).

    `breaks`, `closures`, `holidays` and `half_days` are what the desk's clocks stand still for. What work costs out of
    hours goes by `opens`, `closes` and `days` alone, and by the customer's own holidays.
    """

    opens: ClockTime = dt.time(9)
    opens_zone: ZoneName = "Europe/Berlin"
    closes: ClockTime = dt.time(17)
    closes_zone: ZoneName = "America/New_York"
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )
    breaks: tuple[Break, ...] = ()
    closures: tuple[Closure, ...] = (
        Closure(first="12-23", last="01-03", reason="closed between the years; emergencies are served"),
    )
    holidays: tuple[PublicHolidays, ...] = ()
    half_days: tuple[HalfDay, ...] = ()
