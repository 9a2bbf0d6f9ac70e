"""Which plots a report has, and what each of them shows. The numbers are those of the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from callout.views.plots.scatter import Point, cloud
from callout.views.plots.stacked import Frame, Plot, Series, lying, standing
from callout.views.plots.svg import CHARGED, COVERED, FREE, OPEN, TWICE, Colour
from callout.worklog.bill import Balance
from callout.worklog.reports.accuracy import QuoteOutcome
from callout.worklog.reports.collected import CustomerBalances
from callout.worklog.reports.grouping import Group, Grouped
from callout.worklog.reports.standing import amount_left
from callout.worklog.reports.tally import Hours, Sum

_PARTS: tuple[tuple[str, Colour, Callable[[Hours], int]], ...] = (
    ("charged", CHARGED, lambda hours: hours.charged_seconds),
    ("covered", COVERED, lambda hours: hours.covered_seconds),
    ("not charged", FREE, lambda hours: hours.not_charged_seconds),
    ("waiting for a decision", OPEN, lambda hours: hours.waiting_seconds),
    ("billed with other work", TWICE, lambda hours: hours.overlapping_seconds),
)
_MONEY: tuple[tuple[str, Colour, Callable[[Sum], Decimal]], ...] = (
    ("work", CHARGED, lambda one: one.work),
    ("contracts", COVERED, lambda one: one.fixed),
    ("expenses", FREE, lambda one: one.expenses),
)
_Row = TypeVar("_Row", Group, tuple[CustomerBalances, Balance])
PLOT_NOTE = "Hours in plots are rounded to a hundredth (36 seconds), percentages to a tenth; the tables are exact."
# More bars than this are no picture any more; the table has them all.
MOST_BARS = 24


def hours_by_month(grouped: Grouped, months: Sequence[str]) -> Plot:
    """Standing bars for all `months`, also those without work. `grouped` is by month."""
    of_month = {row.names[0]: row.tally.hours for row in grouped.rows}
    found = [of_month.get(month, Hours()) for month in months]
    frame = Frame(
        "hours-by-month", "Hours by month", _told(months, found), "hours", "month, by the customer's calendar"
    )
    return standing(frame, months, _hour_series(found))


def hours_by_name(grouped: Grouped, identifier: str, title: str) -> Plot:
    """Lying bars, the longest first. `grouped` is by one dimension."""
    rows = sorted(grouped.rows, key=lambda row: (-row.tally.hours.raw_seconds, row.names))
    shown, left_out = _most(rows)
    found = [row.tally.hours for row in shown]
    names = [row.names[0] or "–" for row in shown]
    frame = Frame(identifier, title + left_out, _told(names, found), "hours", "hours worked")
    return lying(frame, names, _hour_series(found))


def amounts_by_month(grouped: Grouped, months: Sequence[str], currency: str) -> Plot | None:
    """Standing bars of what is asked for in one currency; None where no amount is known. `grouped` is by month."""
    of_month = {row.names[0]: one for row in grouped.rows for one in row.tally.sums if one.currency == currency}
    nothing = Sum(currency, Decimal(0), Decimal(0), Decimal(0), 0, 0, Decimal(0), Decimal(0))
    found = [of_month.get(month, nothing) for month in months]
    series = [
        Series(name, colour, tuple(part(one) for one in found))
        for name, colour, part in _MONEY
        if name == "work" or any(part(one) for one in found)
    ]
    if not any(one.known for one in found):
        return None
    waiting = sum(one.waiting for one in found)
    title = f"Asked for by month, {currency}" + (f" ({waiting} without an amount are not in it)" if waiting else "")
    told = "; ".join(f"{month}: {one.known:f}" for month, one in zip(months, found, strict=True) if one.known)
    frame = Frame(f"amounts-{currency}", title, told or "Nothing.", currency, "month, by the customer's calendar")
    return standing(frame, months, series)


def balance_bars(balances: Sequence[CustomerBalances], month: str) -> Plot:
    """One bar per contract, in percent of what was bought: used before, this month, expired, left."""
    all_of_them = [(own, one) for own in balances for one in own.balances if one.bought]
    shown, left_out = _most(all_of_them)
    names = [f"{own.customer}: {one.contract}" for own, one in shown]
    parts: tuple[tuple[str, Colour, Callable[[Balance], Decimal]], ...] = (
        ("used before", CHARGED, lambda one: one.used_before),
        (f"used in {month}", FREE, lambda one: one.used_now),
        ("expired", TWICE, lambda one: one.expired),
        ("left", COVERED, lambda one: one.left),
    )
    series = [
        Series(name, colour, tuple(max(Decimal(0), _percent(part(one), one.bought)) for _, one in shown))
        for name, colour, part in parts
    ]
    told = "; ".join(
        f"{name}: {_percent(one.left, one.bought)} % left" for name, (_, one) in zip(names, shown, strict=True)
    )
    frame = Frame("balances", f"What is left of contracts, {month}{left_out}", told, "%", "percent of what was bought")
    return lying(frame, names, series, [f"{amount_left(one.left, one.unit)} left" for _, one in shown])


def quote_cloud(outcomes: Sequence[QuoteOutcome]) -> Plot | None:
    """Quoted hours beside worked ones, of all quotes that can be compared; None without any."""
    points = [
        Point(one.quote.number, _hours(60 * one.quote.minutes), _hours(one.actual_seconds), one.error_percent > 0)
        for one in outcomes
        if one.error_percent is not None and one.quote.minutes
    ]
    if not points:
        return None
    told = "; ".join(f"{one.label}: quoted {one.expected} h, worked {one.found} h" for one in points)
    frame = Frame(
        "quotes",
        "Quotes beside what was worked",
        told,
        "hours worked",
        "hours quoted; on the dashed line both are the same",
    )
    return cloud(frame, points, "took longer than quoted", "as quoted or less")


def _hour_series(found: Sequence[Hours]) -> list[Series]:
    return [
        Series(name, colour, tuple(_hours(part(one)) for one in found))
        for name, colour, part in _PARTS
        if colour in (CHARGED, COVERED, FREE) or any(part(one) for one in found)
    ]


def _hours(seconds: int) -> Decimal:
    return (Decimal(seconds) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _told(names: Sequence[str], found: Sequence[Hours]) -> str:
    worked = [(name, _hours(one.raw_seconds)) for name, one in zip(names, found, strict=True) if one.raw_seconds]
    return "; ".join(f"{name}: {hours} hours" for name, hours in worked) or "No work."


def _most(rows: Sequence[_Row]) -> tuple[Sequence[_Row], str]:
    left_out = len(rows) - MOST_BARS
    return rows[:MOST_BARS], f" (the first {MOST_BARS}; {left_out} more in the table)" if left_out > 0 else ""
