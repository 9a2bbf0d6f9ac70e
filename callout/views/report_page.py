"""A report as one page: plots with their tables, no script, nothing fetched, light and dark, printable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from callout.views.numbers import clock_time
from callout.views.page import render_page
from callout.views.plots.stacked import Plot
from callout.views.report_balances import BALANCES_NOTE, balances_table
from callout.views.report_data import accuracies
from callout.views.report_plots import (
    PLOT_NOTE,
    amounts_by_month,
    balance_bars,
    hours_by_month,
    hours_by_name,
    quote_cloud,
)
from callout.views.report_quotes import QUOTES_NOTE, accuracy_table, quotes_table
from callout.views.report_table import (
    MONEY_NOTE,
    WORK_NOTE,
    Table,
    asked_for,
    money_table,
    name_shown,
    not_charged,
    work_table,
)  # fmt: skip
from callout.worklog.reports.accuracy import accuracy_of
from callout.worklog.reports.collected import Collected
from callout.worklog.reports.grouping import Grouped, Order, group
from callout.worklog.reports.records import Dimension, work_of


class Part(StrEnum):
    """What a page can be about."""

    WORK = "work"
    MONEY = "money"
    BALANCES = "balances"
    QUOTES = "quotes"


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot with its tables, or tables alone. `note` explains their columns, `none` is said where there is nothing."""

    title: str
    plot: Plot | None = None
    tables: tuple[Table, ...] = ()
    note: str = ""
    none: str = ""

    @property
    def drawing(self) -> Markup:
        """The plot for the template: our own elements, in which every foreign word was escaped."""
        return Markup(self.plot.svg if self.plot else "")  # noqa: S704 - written by views.plots, which escapes


def report_html(collected: Collected, grouped: Grouped | None = None, parts: Sequence[Part] = tuple(Part)) -> str:
    """The whole page. `grouped` is a table that somebody asked for besides the usual ones."""
    by_part = {
        Part.WORK: lambda: _work(collected, grouped if parts == (Part.WORK,) else None),
        Part.MONEY: lambda: _money(collected, grouped if parts == (Part.MONEY,) else None),
        Part.BALANCES: lambda: [_balances(collected)],
        Part.QUOTES: lambda: [_quotes(collected)],
    }
    titles = {Part.WORK: "Work", Part.MONEY: "Money", Part.BALANCES: "Contracts", Part.QUOTES: "Quotes"}
    return render_page(
        "report.html",
        language="en",
        vendor=collected.vendor,
        title=titles[parts[0]] if len(parts) == 1 else "Work and money",
        period=collected.period,
        made=f"{collected.made_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC",
        customers=_customers(collected),
        facts=_facts(collected),
        figures=[figure for part in parts for figure in by_part[part]()],
        findings=collected.findings,
    )


def _facts(collected: Collected) -> list[tuple[str, str]]:
    whole = group(collected.records, [Dimension.CUSTOMER]).total
    facts = [("Worked", clock_time(whole.hours.raw_seconds)), ("Charged", clock_time(whole.hours.charged_seconds))]
    facts += [("Covered", clock_time(whole.hours.covered_seconds))]
    return facts + [(f"Asked for, {one.currency}", asked_for(one)) for one in whole.sums]


def _customers(collected: Collected) -> str:
    names = [name_shown(name) for name in sorted(collected.names.values())]
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} customers"


def _by(collected: Collected, dimension: Dimension) -> Grouped:
    return group(collected.records, [dimension])


def _drawn(plot: Plot, table: Table | None = None, note: str = "") -> Figure:
    return Figure(plot.title, plot, (table,) if table is not None else (), note)


def _work(collected: Collected, asked: Grouped | None) -> list[Figure]:
    records = work_of(collected.records)
    by_month = group(records, [Dimension.MONTH])
    if not by_month.total.hours.raw_seconds:
        return [Figure("Work", none="No work in these months.")]
    by_months = hours_by_month(by_month, [month.name for month in collected.months])
    figures = [_drawn(by_months, work_table(by_month), f"{WORK_NOTE} {PLOT_NOTE}")]
    for dimension in (Dimension.CUSTOMER, Dimension.ENGINEER, Dimension.SYSTEM):
        grouped = group(records, [dimension], Order.HOURS)
        plot = hours_by_name(grouped, f"hours-by-{dimension}", f"Hours by {dimension}")
        figures.append(_drawn(plot, work_table(grouped)))
    if reasons := not_charged(by_month.total):
        table = Table(("Why it was not charged", "Worked"), tuple((why, time) for time, why in reasons), (), (1,))
        figures.append(Figure("Not charged", tables=(table,)))
    if asked is not None:
        figures.append(Figure("As asked for", tables=(work_table(asked),)))
    return figures


def _money(collected: Collected, asked: Grouped | None) -> list[Figure]:
    by_month = _by(collected, Dimension.MONTH)
    if not by_month.rows:
        return [Figure("Money", none="Nothing to bill in these months.")]
    months = [month.name for month in collected.months]
    drawn = [amounts_by_month(by_month, months, one.currency) for one in by_month.total.sums]
    figures = [_drawn(plot) for plot in drawn if plot is not None]
    figures.append(Figure("Amounts by month", tables=(money_table(by_month),), note=MONEY_NOTE))
    figures.append(Figure("Amounts by customer", tables=(money_table(_by(collected, Dimension.CUSTOMER)),)))
    if asked is not None:
        figures.append(Figure("As asked for", tables=(money_table(asked),)))
    return figures


def _balances(collected: Collected) -> Figure:
    title = f"What is left of contracts, {collected.last.name}"
    if not any(one.balances for one in collected.balances):
        return Figure(title, none="No contract of which anything could be left.")
    plot = balance_bars(collected.balances, collected.last.name)
    return _drawn(plot, balances_table(collected.balances), BALANCES_NOTE)


def _quotes(collected: Collected) -> Figure:
    title = "Quotes beside what was worked"
    if not collected.outcomes:
        return Figure(title, none="Nothing was quoted yet.")
    summary = accuracy_table([*accuracies(collected), accuracy_of(collected.outcomes)])
    return Figure(title, quote_cloud(collected.outcomes), (summary, quotes_table(collected.outcomes)), QUOTES_NOTE)
