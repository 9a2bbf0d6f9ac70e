"""Numbers of invoices and credit notes: a series counts from 1 without gaps. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from callout.errors import Refused


@dataclass(frozen=True, slots=True)
class Issued:
    """A number that was given: in which series, its place there, and the document's date."""

    series: str
    ordinal: int
    number: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class Numbered:
    """The next number of a series."""

    series: str
    ordinal: int
    number: str


def series_of(pattern: str, date: dt.date) -> str:
    """The series of a pattern like `{year}-{number}`: with a year in it, each year counts anew."""
    return pattern.replace("{year}", f"{date.year:04d}")


def next_number(issued: Iterable[Issued], pattern: str, digits: int, date: dt.date) -> Numbered:
    """The number after the last one of the pattern's series.

    Raises Refused for a date before that of the newest number: numbers and dates go the same way. Raises Refused,
    too, where another pattern has made the same number: policy was changed so that two documents would share it.
    """
    listed = list(issued)
    series = series_of(pattern, date)
    own = [one for one in listed if one.series == series]
    ordinal = max((one.ordinal for one in own), default=0) + 1
    number = series.replace("{number}", f"{ordinal:0{digits}d}")
    latest = max((one.date for one in own), default=None)
    if latest is not None and date < latest:
        raise Refused(
            f"{number} cannot be of {date}: the number before it is of {latest}.",
            f"Issue it with --date {latest} or later.",
        )
    if any(one.number == number for one in listed):
        raise Refused(f"{number} was given already, in another series.", "Change callout_policy.invoicing's patterns.")
    return Numbered(series, ordinal, number)
