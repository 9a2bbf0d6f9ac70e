"""A year of the desk as values for every form: stretches of equal days, closed days, months; and as plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from callout.policy.calendar_rules import calendar_findings, how_wrong, statement
from callout.policy.desk_year import DeskDay, DeskYear
from callout.policy.hours import describe
from callout.policy.working_days import DeskHours


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working days that follow on each other and are alike. `clocks` are their hours, one text for each zone asked."""

    days: tuple[DeskDay, ...]
    clocks: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Dates on end (both included) on which nobody is there though their weekday is one of the hours' days."""

    first: dt.date
    last: dt.date
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month's days in order."""

    first: dt.date
    days: tuple[DeskDay, ...]

    @property
    def working_days(self) -> int:
        """How many days the desk is there."""
        return sum(bool(day.frames) for day in self.days)

    @property
    def open_seconds(self) -> int:
        """How long it is there."""
        return sum(day.open_seconds for day in self.days)


def zones_of(hours: DeskHours, more: Sequence[str] = ()) -> tuple[str, ...]:
    """UTC, the two zones of the hours, and others that somebody asked for; each once."""
    return tuple(dict.fromkeys(("UTC", hours.opens_zone, hours.closes_zone, *more)))


def rules(hours: DeskHours) -> list[tuple[str, str]]:
    """The configured rules in words, each with its name."""
    told = [("Hours", describe(hours))]
    told += [("Break", f"{one.starts:%H:%M}-{one.ends:%H:%M} {one.zone or hours.opens_zone}") for one in hours.breaks]
    return told


def months(year: DeskYear) -> list[Month]:
    """All twelve."""
    return [
        Month(days[0].date, days)
        for _, found in groupby(year.days, lambda day: day.date.month)
        for days in (tuple(found),)
    ]


def stretches(year: DeskYear, zones: Sequence[str]) -> list[Stretch]:
    """The year's working days in order, as few stretches as there can be."""
    texts = {day.date: tuple(clocks(day, zone) for zone in zones) for day in year.working}

    def alike(day: DeskDay) -> tuple[tuple[str, ...], str]:
        return texts[day.date], note(year, day)

    return [Stretch(tuple(days), *key) for key, days in groupby(year.working, alike)]


def note(year: DeskYear, day: DeskDay) -> str:
    """What there is to say of the day: where published hours are wrong, and that it is a half one."""
    told = [f"{statement(one.error.published)} is wrong: {how_wrong(one.error)}" for one in day.wrong]
    if year.published and not told and day.date not in year.unstated:
        told = ["as published"]
    if day.half:
        told = [day.half, *(one for one in told if one != "as published")]
    return "; ".join(told)


def clocks(day: DeskDay, zone: str) -> str:
    """The day's frames by the clocks of a zone; `(+1)` is on the date after the day's own."""
    return ", ".join("-".join(_clock(moment, day.date, zone) for moment in frame) for frame in day.frames)


def closed(year: DeskYear) -> list[Closed]:
    """Closures, holidays and days on which no time is left; days between them on which nobody works anyway included."""
    found: list[Closed] = []
    waiting = False
    for day in year.days:
        if day.off is None:
            waiting = False
            continue
        if day.off.kind == "no_working_day":
            continue
        if waiting and (found[-1].kind, found[-1].why) == (str(day.off.kind), day.off.why):
            found[-1] = Closed(found[-1].first, day.date, found[-1].kind, found[-1].why)
        else:
            found.append(Closed(day.date, day.date, str(day.off.kind), day.off.why))
        waiting = True
    return found


def hours_text(seconds: int) -> str:
    """Hours and minutes, like 266:00."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def calendar_dict(year: DeskYear, zones: Sequence[str]) -> dict[str, Any]:
    """JSON-able. Times are UTC, `open_seconds` whole seconds, `clocks` by zone as people read them."""
    return {
        "year": year.year,
        "hours": describe(year.hours),
        "zones": [*zones],
        "months": [
            {"month": f"{month.first:%Y-%m}", "working_days": month.working_days, "open_seconds": month.open_seconds}
            for month in months(year)
        ],
        "days": [_day_dict(day, zones) for day in year.days],
        "stretches": [
            {
                "first": one.days[0].date.isoformat(), "last": one.days[-1].date.isoformat(),
                "working_days": len(one.days), "clocks": dict(zip(zones, one.clocks, strict=True)),
                "published_right": not one.days[0].wrong, "note": one.note,
            }
            for one in stretches(year, zones)
        ],
        "closed": [
            {"first": one.first.isoformat(), "last": one.last.isoformat(), "kind": one.kind, "why": one.why}
            for one in closed(year)
        ],
        **findings_dict(year),
    }  # fmt: skip


def findings_dict(year: DeskYear) -> dict[str, Any]:
    """What `callout calendar lint` found, JSON-able."""
    wrong = {date for one in year.wrong for date in one.dates}
    return {
        "year": year.year,
        "working_days": len(year.working),
        "wrong_days": sorted(date.isoformat() for date in wrong),
        "findings": [one.as_dict() for one in calendar_findings(year)],
    }


def _day_dict(day: DeskDay, zones: Sequence[str]) -> dict[str, Any]:
    kind = str(day.off.kind) if day.off else "half_day" if day.half else "working_day"
    return {
        "date": day.date.isoformat(),
        "kind": kind,
        "why": day.off.why if day.off else day.half,
        "frames": [{"opens_at": _utc(start), "closes_at": _utc(end)} for start, end in day.frames],
        "open_seconds": day.open_seconds,
        "clocks": {zone: clocks(day, zone) for zone in zones} if day.frames else {},
        "published_wrong": bool(day.wrong),
    }


def _clock(moment: int, date: dt.date, zone: str) -> str:
    local = dt.datetime.fromtimestamp(moment, ZoneInfo(zone))
    days = (local.date() - date).days
    return f"{local:%H:%M}{f'({days:+})' if days else ''}"


def _utc(moment: int) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
