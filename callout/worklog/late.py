"""Work that was recorded after its month's invoice had left: it stands on the next bill, with its own date. Pure.

Each line is worked out in its own month, by the rates and contracts of its own day, with what was invoiced before it
settled first; only the bill that asks for it is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from callout.findings import Finding, Move, Status
from callout.worklog.bill import Bill, FixedItem
from callout.worklog.invoiced import Billing
from callout.worklog.month import month_of


def with_late_work(bill: Bill, earlier: Iterable[Bill], billing: Billing) -> Bill:
    """The bill with what belongs on it: without what stands on another invoice, with what the `earlier` bills missed.

    A contract's own price is billed with its own month; the price of a call-out comes with the first work of it that
    is billed, and never again.
    """
    bills = (bill, *earlier)

    def here(identifier: str, of: Bill) -> bool:
        return billing.month_of(identifier, of.month) == bill.month

    def item_here(item: FixedItem, of: Bill) -> bool:
        asked_on = billing.stands_on(item.id)
        if asked_on is not None:
            return asked_on == bill.month and of.month == month_of(item.date)
        return any(here(identifier, of) for identifier in item.work) if item.work else of is bill

    lines = [line for of in bills for line in of.lines if here(line.entry.event.id, of)]
    expenses = [one for of in bills for one in of.expenses if here(one.event_id, of)]
    fixed = [item for of in bills for item in of.fixed if item_here(item, of)]
    asked = [one.amount for one in lines] + [one.amount for one in expenses] + [one.amount for one in fixed]
    known = sum((amount for amount in asked if amount is not None), Decimal(0).scaleb(-bill.decimals))
    late = [line.id for line in lines if month_of(line.date) != bill.month]
    return replace(
        bill,
        lines=tuple(sorted(lines, key=lambda line: (line.started_at, line.entry.event.id, line.id))),
        expenses=tuple(sorted(expenses, key=lambda one: (one.date, one.event_id))),
        fixed=tuple(fixed),
        known=known,
        total=None if None in asked else known,
        contested={work: one for of in bills for work, one in of.contested.items() if here(work, of)},
        findings=(*bill.findings, *([_late(late)] if late else [])),
    )


def _late(lines: Sequence[str]) -> Finding:
    seen = f"Done in earlier months, and recorded after their invoices had left: {', '.join(lines)}."
    return Finding("bill.late", Status.WARN, "late", seen, Move.US, "Tell the customer why it comes now.")
