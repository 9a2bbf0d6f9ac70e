"""The tables of a report, once for all forms: what its columns are called and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from callout.policy.chargeable import SENTENCES, Rule
from callout.programs import printable
from callout.views.numbers import clock_time, hours_minutes, plain
from callout.worklog.reports.grouping import Grouped
from callout.worklog.reports.records import JUDGED, Dimension
from callout.worklog.reports.tally import Hours, Sum, Tally

LONGEST_NAME = 60
TITLES = {
    Dimension.CUSTOMER: "Customer",
    Dimension.ENGINEER: "Engineer",
    Dimension.ACTOR: "Actor",
    Dimension.SYSTEM: "System",
    Dimension.MONTH: "Month",
    Dimension.ACTIVITY: "Activity",
    Dimension.TICKET: "Ticket",
    Dimension.CALLOUT: "Call-out",
    Dimension.ROLE: "Role",
    Dimension.RULE: "Decided by",
    Dimension.CONTRACT: "Paid by",
}
WORK = ("Worked", "Charged", "Covered", "Not charged", "Waiting", "Elsewhere", "Billed")
MONEY = ("Currency", "Work", "Expenses", "Contracts", "Asked for", "Covered", "Given up")
WORK_NOTE = (
    "Worked is raw (h:mm:ss) and is the sum of the five after it: a price, a contract, nobody, a person's decision, "
    "and other work of the same person at the same time. Billed (h:mm) is rounded by each customer's policy."
)
MONEY_NOTE = (
    "Asked for is the sum of work, expenses and what contracts cost by themselves; no currency is ever changed into "
    "another. Covered is what covered work would have cost, given up is what a person deducted, judged away or "
    "wrote off."
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head; `right` names the columns (from 0) with numbers, `total` are the last rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]


def work_table(grouped: Grouped) -> Table:
    """Hours by what became of them, one row per group."""
    width = len(grouped.dimensions)
    return Table(
        head=(*_titles(grouped), *WORK),
        rows=tuple((*_named(row.names), *_hours(row.tally.hours)) for row in grouped.rows),
        total=((*_total_names(width), *_hours(grouped.total.hours)),),
        right=tuple(range(width, width + len(WORK))),
    )


def money_table(grouped: Grouped) -> Table:
    """Amounts, one row per group and currency."""
    width = len(grouped.dimensions)
    return Table(
        head=(*_titles(grouped), *MONEY),
        rows=tuple((*_named(row.names), *_money(one)) for row in grouped.rows for one in row.tally.sums),
        total=tuple((*_total_names(width), *_money(one)) for one in grouped.total.sums),
        right=tuple(range(width + 1, width + len(MONEY))),
    )


def name_shown(name: str) -> str:
    """A name as people see it: without control characters, at most `LONGEST_NAME` of it; data have it whole."""
    clean = printable(name) or "–"
    return clean if len(clean) <= LONGEST_NAME else f"{clean[: LONGEST_NAME - 1]}…"


def rule_sentence(rule: str) -> str:
    """What a rule's name means; the name itself where nobody knows it."""
    if rule == JUDGED:
        return "A person decided that it is not charged."
    return SENTENCES[Rule(rule)] if rule in set(Rule) else name_shown(rule)


def not_charged(tally: Tally) -> list[tuple[str, str]]:
    """Why work was not charged: raw time as `h:mm:ss` and the rule's sentence, the most first."""
    by_rule = sorted(tally.hours.not_charged_by.items(), key=lambda one: (-one[1], one[0]))
    return [(clock_time(seconds), rule_sentence(rule)) for rule, seconds in by_rule]


def asked_for(one: Sum) -> str:
    """The total; where something waits what is known, and that it is not all."""
    return _part(one.known, one.waiting)


def _part(known: Decimal, waiting: int) -> str:
    if not waiting:
        return plain(known) or ""
    return f"{plain(known)} + {waiting} unknown" if known else f"{waiting} unknown"


def _titles(grouped: Grouped) -> tuple[str, ...]:
    return tuple(TITLES[one] for one in grouped.dimensions)


def _named(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name_shown(name) for name in names)


def _total_names(width: int) -> tuple[str, ...]:
    return ("All", *[""] * (width - 1))


def _hours(hours: Hours) -> tuple[str, ...]:
    parts = (
        hours.raw_seconds, hours.charged_seconds, hours.covered_seconds, hours.not_charged_seconds,
        hours.waiting_seconds, hours.overlapping_seconds,
    )  # fmt: skip
    return (*(clock_time(seconds) if seconds else "–" for seconds in parts), hours_minutes(hours.billed_minutes))


def _money(one: Sum) -> tuple[str, ...]:
    return (
        one.currency,
        _part(one.work, one.waiting_work),
        _part(one.expenses, one.waiting_expenses),
        plain(one.fixed) or "",
        asked_for(one),
        plain(one.covered) or "unknown",
        plain(one.given_up) or "unknown",
    )
