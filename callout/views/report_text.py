"""Reports for a terminal: neutral formats, nothing in a name can move the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from callout.views.report_balances import BALANCES_NOTE, balances_table
from callout.views.report_data import accuracies
from callout.views.report_quotes import QUOTES_NOTE, accuracy_table, quotes_table
from callout.views.report_table import MONEY_NOTE, WORK_NOTE, Table, money_table, not_charged, work_table
from callout.views.table import columns
from callout.worklog.reports.accuracy import accuracy_of
from callout.worklog.reports.collected import Collected
from callout.worklog.reports.grouping import Grouped

WIDTH = 100


def work_text(collected: Collected, grouped: Grouped) -> str:
    """Hours by what became of them, and why some were not charged."""
    lines = [f"Work, {collected.period}, months by each customer's calendar", ""]
    if not grouped.rows:
        return _ended([*lines, "No work in these months."], collected)
    lines += [*table_lines(work_table(grouped)), "", *wrap(WORK_NOTE, WIDTH)]
    if reasons := not_charged(grouped.total):
        width = max(len(time) for time, _ in reasons)
        lines += ["", "Not charged:", *(f"  {time.rjust(width)}  {why}" for time, why in reasons)]
    return _ended(lines, collected)


def money_text(collected: Collected, grouped: Grouped) -> str:
    """Amounts by currency."""
    lines = [f"Money, {collected.period}, months by each customer's calendar", ""]
    if not grouped.rows:
        return _ended([*lines, "Nothing to bill in these months."], collected)
    return _ended([*lines, *table_lines(money_table(grouped)), "", *wrap(MONEY_NOTE, WIDTH)], collected)


def balances_text(collected: Collected) -> str:
    """What is left of contracts that were bought in advance."""
    lines = [f"What is left of contracts, {collected.last.name}", ""]
    if not any(one.balances for one in collected.balances):
        return _ended([*lines, "No contract of which anything could be left."], collected)
    return _ended(
        [*lines, *table_lines(balances_table(collected.balances)), "", *wrap(BALANCES_NOTE, WIDTH)], collected
    )


def quotes_text(collected: Collected) -> str:
    """Quotes beside what was worked, each and by customer."""
    lines = ["Quotes beside what was worked", ""]
    if not collected.outcomes:
        return _ended([*lines, "Nothing was quoted yet."], collected)
    lines += [*table_lines(quotes_table(collected.outcomes)), ""]
    lines += table_lines(accuracy_table([*accuracies(collected), accuracy_of(collected.outcomes)]))
    lines += ["", *wrap(QUOTES_NOTE, WIDTH)]
    return _ended(lines, collected)


def table_lines(table: Table) -> list[str]:
    """Aligned columns; the total stands under a line."""
    lines = columns(table.head, [*table.rows, *table.total], table.right)
    if not table.total:
        return lines
    rule = "─" * max(len(line) for line in lines)
    return [*lines[: -len(table.total)], rule, *lines[-len(table.total) :]]


def _ended(lines: Sequence[str], collected: Collected) -> str:
    told = list(lines)
    if collected.findings:
        told += ["", "To look at:"]
        told += [f"  {finding.status}  {finding.seen} {finding.remedy}" for finding in collected.findings]
    return "\n".join(told)
