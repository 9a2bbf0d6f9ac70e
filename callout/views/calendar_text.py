"""A year of the desk for a terminal: the days of each month as marks, the hours by stretch, what is closed."""

from __future__ import annotations

from collections.abc import Sequence

from callout.policy.calendar_rules import calendar_findings
from callout.policy.desk_year import DeskDay, DeskYear
from callout.programs import printable
from callout.views.calendar_data import Closed, closed, hours_text, months, rules, stretches
from callout.views.table import columns

_TENS = "".join(f"{ten or '':>10}" for ten in range(1, 4)) + " "
_ONES = "".join(str(day % 10) for day in range(1, 32))
# In the order in which the legend tells them.
MARKS = {
    "#": "the desk is there", "!": "published hours are wrong", "/": "half day", "x": "closed", "h": "public holiday",
    "0": "no time left", ".": "no working day",
}  # fmt: skip
_OFF_MARKS = {"no_working_day": ".", "closure": "x", "holiday": "h", "no_time": "0"}


def calendar_text(year: DeskYear, zones: Sequence[str], vendor: str) -> str:
    """The whole year; no end of line at its end. `zones` as `zones_of` gives them."""
    blocks = [
        [f"{printable(vendor)}: desk calendar {year.year}", *(f"{name}: {told}" for name, told in rules(year.hours))]
    ]
    blocks.append(_months(year))
    if year.working:
        blocks.append(_stretches(year, zones))
    if found := closed(year):
        blocks.append(_closed(found))
    blocks.append(_sums(year))
    return "\n\n".join("\n".join(block) for block in blocks)


def lint_text(year: DeskYear) -> str:
    """Every finding with its remedy, and what they come to."""
    findings = calendar_findings(year)
    lines = [line for one in findings for line in (f"fail  {printable(one.seen)}", f"      {printable(one.remedy)}")]
    return "\n".join([*lines, *_sums(year)])


def mark(day: DeskDay) -> str:
    """One character for a day; see `MARKS`."""
    if day.off:
        return _OFF_MARKS[day.off.kind]
    if day.wrong:
        return "!"
    return "/" if day.half else "#"


def _months(year: DeskYear) -> list[str]:
    found = months(year)
    rows = [
        (f"{month.first:%b}", "".join(map(mark, month.days)), str(month.working_days), hours_text(month.open_seconds))
        for month in found
    ]
    shown = {one for row in rows for one in row[1]}
    legend = ", ".join(f"{character} {meaning}" for character, meaning in MARKS.items() if character in shown)
    head, *lines = columns(("", _ONES, "days", "hours"), rows, (2, 3))
    return [f"{'':5}{_TENS}".rstrip(), head, *lines, "", legend]


def _stretches(year: DeskYear, zones: Sequence[str]) -> list[str]:
    rows = [
        (one.days[0].date.isoformat(), one.days[-1].date.isoformat(), str(len(one.days)), *one.clocks, one.note)
        for one in stretches(year, zones)
    ]
    return columns(("from", "to", "days", *zones, "published hours, half days"), rows, (2,))


def _closed(found: Sequence[Closed]) -> list[str]:
    rows = [(one.first.isoformat(), one.last.isoformat(), one.kind.replace("_", " "), one.why) for one in found]
    return columns(("closed from", "to", "kind", "why"), rows)


def _sums(year: DeskYear) -> list[str]:
    seconds = sum(day.open_seconds for day in year.days)
    told = f"{year.year}: {len(year.working)} working days, {hours_text(seconds)} hours."
    wrong = len({date for one in year.wrong for date in one.dates})
    if wrong:
        told += f" Published hours are wrong on {wrong} of them."
    if year.unstated:
        told += f" Of {len(year.unstated)} of them nothing is published."
    if year.published and year.working and not wrong and not year.unstated:
        told += " Published hours are right."
    return [told]
