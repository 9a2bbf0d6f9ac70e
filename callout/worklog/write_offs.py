"""What is not asked for, though it was posted: write-offs over a finished bill. Pure.

The posted amount stays beside the one that is asked for. A write-off names a line of a piece of work or an expense; it
goes wherever that line is billed, also after a credit note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from callout.errors import CalloutError
from callout.ledger.event import Event
from callout.worklog.bill import Bill, BillLine, ExpenseLine

Key = tuple[str, str]
Line = TypeVar("Line", BillLine, ExpenseLine)


def with_write_offs(bill: Bill, events: Iterable[Event]) -> Bill:
    """The bill with every `written_off` of its lines taken off, oldest first, and the totals that follow.

    Raises CalloutError naming an event that is not whole.
    """
    offs: dict[Key, list[Event]] = {}
    for event in sorted((one for one in events if one.kind == "written_off"), key=lambda one: one.seq):
        offs.setdefault((str(event.body.get("work")), str(event.body.get("line"))), []).append(event)
    if not offs:
        return bill
    lines = tuple(_reduced(line, offs.get((line.entry.event.id, line.id), ()), bill) for line in bill.lines)
    expenses = tuple(_reduced(one, offs.get((one.event_id, one.id), ()), bill) for one in bill.expenses)
    off = sum([line.written_off for line in lines] + [one.written_off for one in expenses], Decimal(0))
    total = None if bill.total is None else bill.total - off
    return replace(bill, lines=lines, expenses=expenses, known=bill.known - off, total=total)


def _reduced(line: Line, events: Sequence[Event], bill: Bill) -> Line:
    """The line with these write-offs; never below zero, and nothing from a line that has no amount."""
    for event in events:
        if not line.amount:
            return line
        taken = min(_asked(event, line.amount), line.amount)
        left = line.amount - taken
        body = event.body
        step = (
            f"Written off: {taken:f} of {line.amount:f} {bill.currency}, {left:f} are asked for. {event.actor} on "
            f"{event.happened_at:%Y-%m-%d}: {body.get('reason', '')} (event {event.id[:8]})."
        )
        line = replace(
            line,
            amount=left,
            original_amount=line.amount if line.original_amount is None else line.original_amount,
            written_off=line.written_off + taken,
            steps=(*line.steps, step),
        )
    return line


def _asked(event: Event, amount: Decimal) -> Decimal:
    """How much the event takes off a line of that amount."""
    body: dict[str, Any] = event.body
    if body.get("all") is True:
        return amount
    try:
        asked = Decimal(body["amount"])
    except (KeyError, TypeError, InvalidOperation):
        asked = Decimal("NaN")
    if not asked.is_finite() or asked < 0:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole written_off event.",
            "callout ledger verify says whether the ledger was changed.",
        )
    return asked
