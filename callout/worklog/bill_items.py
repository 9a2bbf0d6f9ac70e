"""A bill as the review sees it: what can be approved, written off, frozen and credited, each by its id. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from callout.worklog.bill import OPEN_STATES, Bill


@dataclass(frozen=True, slots=True)
class BillItem:
    """A line of work, an expense or a fixed item.

    `work` are the ids of the events that it bills; `actors` did them. `amount` is what is asked for, None while
    nobody knows; `waiting` says that a person has to decide or a rate is missing. `reducible` is False for what a
    contract costs by itself.
    """

    id: str
    work: tuple[str, ...]
    actors: tuple[str, ...]
    amount: Decimal | None
    waiting: bool
    reducible: bool = True


def items_of(bill: Bill) -> tuple[BillItem, ...]:
    """All that is on the bill: lines by start, then expenses, then fixed items."""
    lines = [
        BillItem(one.id, (one.entry.event.id,), (one.entry.event.actor,), one.amount, one.state in OPEN_STATES)
        for one in bill.lines
    ]
    expenses = [
        BillItem(one.id, (one.event_id,), (one.actor,), one.amount, one.state in OPEN_STATES) for one in bill.expenses
    ]
    # The work that a fixed item pays for stands on the bill with lines of its own.
    fixed = [BillItem(one.id, (), (), one.amount, False, reducible=False) for one in bill.fixed]
    return (*lines, *expenses, *fixed)
