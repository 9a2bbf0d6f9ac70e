"""A month as the customer's calendar has it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callout.errors import BadInput
from callout.policy.buckets import month_end


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month. `name` is `YYYY-MM`."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """`YYYY-MM`."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        """Its last day."""
        return month_end(self.first_day)

    def span(self, zone: str) -> tuple[dt.datetime, dt.datetime]:
        """First moment inside and first moment after it, in UTC, by the clock of `zone`."""
        following = (self.year + 1, 1) if self.number == 12 else (self.year, self.number + 1)
        start, end = (
            dt.datetime(year, month, 1, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
            for year, month in ((self.year, self.number), following)
        )
        return start, end

    def days(self) -> list[dt.date]:
        """All its days, in order."""
        first = dt.date(self.year, self.number, 1)
        days = (first + dt.timedelta(days=number) for number in range(31))
        return [day for day in days if day.month == self.number]


def parse_month(text: str) -> Month:
    """The month that `YYYY-MM` names. Raises BadInput for anything else."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    if not found or not 1 <= int(found[2]) <= 12 or not 1970 <= int(found[1]) <= 9998:
        raise BadInput(f"{text[:40]!r} is no month.", "Write it as YYYY-MM, like 2026-03.")
    return Month(int(found[1]), int(found[2]))


def month_of(day: dt.date) -> Month:
    """The month that `day` lies in."""
    return Month(day.year, day.month)


def months_between(first: Month, last: Month) -> list[Month]:
    """All months from `first` to `last`, both included; empty where `last` is earlier."""
    begin, end = (month.year * 12 + month.number - 1 for month in (first, last))
    return [Month(index // 12, index % 12 + 1) for index in range(begin, end + 1)]
