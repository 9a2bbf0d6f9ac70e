"""A year of the desk as one page: the picture and its tables, no script, nothing fetched, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from callout.policy.calendar_rules import calendar_findings
from callout.policy.desk_year import DeskYear
from callout.views.calendar_data import closed, hours_text, months, rules, stretches
from callout.views.calendar_plot import calendar_plot
from callout.views.page import render_page


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with its heading; `right` names the columns (from 0) that hold numbers."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[int, ...] = ()


def calendar_page(year: DeskYear, zones: Sequence[str], vendor: str) -> str:
    """The whole page. `zones` as `zones_of` gives them."""
    plot = calendar_plot(year)
    tables = (_hours(year, zones), _closed(year), _months(year))
    return render_page(
        "calendar.html",
        language="en",
        vendor=vendor,
        year=year.year,
        facts=_facts(year),
        findings=calendar_findings(year),
        plot=plot,
        drawing=Markup(plot.svg),  # noqa: S704 - written by views.plots, which escapes
        tables=[table for table in tables if table.rows],
    )


def _facts(year: DeskYear) -> list[tuple[str, str]]:
    wrong = {date for one in year.wrong for date in one.dates}
    facts = [*rules(year.hours), ("Working days", str(len(year.working)))]
    facts.append(("Open hours", hours_text(sum(day.open_seconds for day in year.days))))
    return [*facts, ("Published hours are wrong", f"on {len(wrong)} days")] if year.published else facts


def _hours(year: DeskYear, zones: Sequence[str]) -> _Table:
    rows = [
        (one.days[0].date.isoformat(), one.days[-1].date.isoformat(), str(len(one.days)), *one.clocks, one.note)
        for one in stretches(year, zones)
    ]
    return _Table("Hours", ("From", "To", "Working days", *zones, "Published hours, half days"), rows, (2,))


def _closed(year: DeskYear) -> _Table:
    rows = [(one.first.isoformat(), one.last.isoformat(), one.kind.replace("_", " "), one.why) for one in closed(year)]
    return _Table("Closed", ("From", "To", "Kind", "Why"), rows)


def _months(year: DeskYear) -> _Table:
    rows = [(f"{month.first:%Y-%m}", str(month.working_days), hours_text(month.open_seconds)) for month in months(year)]
    return _Table("Months", ("Month", "Working days", "Open hours"), rows, (1, 2))
