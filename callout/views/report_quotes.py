"""Quotes beside what was worked: tables for text and page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from callout.policy.quotes import QuoteState
from callout.views.numbers import clock_time, hours_minutes, plain
from callout.views.report_table import Table, name_shown
from callout.worklog.reports.accuracy import Accuracy, QuoteOutcome

_QUOTES = ("Quote", "Customer", "Ticket", "State", "Quoted", "Worked", "Error", "Cap", "p90")
_CUSTOMERS = (
    "Customer",
    "Quoted",
    "Accepted",
    "Declined",
    "Expired",
    "Compared",
    "Median error",
    "Bias",
    "In cap",
    "In p90",
)
QUOTES_NOTE = (
    "Quoted is h:mm, worked h:mm:ss, without what was judged free, deducted or worked twice. Only quotes whose work "
    "has ended are compared. The median error has no sign; the bias has one, and + means that it took longer."
)


def quotes_table(outcomes: Sequence[QuoteOutcome]) -> Table:
    """One row per quote, in the order in which they were made."""
    return Table(_QUOTES, tuple(_row(one) for one in outcomes), (), (4, 5, 6))


def accuracy_table(rows: Sequence[Accuracy]) -> Table:
    """One row per customer; one whose customer is empty is the total."""
    own = tuple(_accuracy(one) for one in rows if one.customer)
    total = tuple(_accuracy(one) for one in rows if not one.customer)
    return Table(_CUSTOMERS, own, total, tuple(range(1, len(_CUSTOMERS))))


def signed(percent: Decimal | None) -> str:
    """With its sign; a dash where it is not known."""
    return "–" if percent is None else f"{percent:+f} %"


def _row(one: QuoteOutcome) -> tuple[str, ...]:
    quote = one.quote
    accepted = quote.state is QuoteState.ACCEPTED
    return (
        *(name_shown(one) for one in (quote.number, quote.customer, quote.ticket)),
        f"{quote.state}, done" if one.done else f"{quote.state}, going on" if one.actual_seconds else str(quote.state),
        hours_minutes(quote.minutes),
        clock_time(one.actual_seconds) if accepted else "–",
        signed(one.error_percent),
        _kept(one.within_cap, "kept", "exceeded"),
        _kept(one.within_p90, "within", "beyond"),
    )


def _kept(within: bool | None, yes: str, no: str) -> str:
    return "–" if within is None else yes if within else no


def _accuracy(one: Accuracy) -> tuple[str, ...]:
    error = plain(one.median_error_percent)
    return (
        name_shown(one.customer) if one.customer else "All",
        str(one.quoted),
        str(one.accepted),
        str(one.declined),
        str(one.expired),
        str(one.finished),
        f"{error} %" if error else "–",
        signed(one.median_bias_percent),
        f"{one.within_cap} of {one.capped}" if one.capped else "–",
        f"{one.within_p90} of {one.p90}" if one.p90 else "–",
    )
