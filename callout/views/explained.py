"""One line of a bill, walked through step by step: text and data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callout.programs import printable
from callout.views.bill_data import expense_dict, fixed_dict, line_dict
from callout.views.numbers import plain
from callout.worklog.bill import Bill, BillLine, ExpenseLine, FixedItem


def explained_dict(bill: Bill, lines: Sequence[BillLine | ExpenseLine | FixedItem]) -> dict[str, Any]:
    """JSON-able: the lines with their `steps`."""
    return {
        "customer": bill.customer,
        "month": bill.month.name,
        "currency": bill.currency,
        "lines": [_dict(line) for line in lines],
    }


def explained_text(bill: Bill, lines: Sequence[BillLine | ExpenseLine | FixedItem]) -> str:
    """Each line with its numbered steps, for a terminal; nothing in it can move the cursor."""
    told = []
    for line in lines:
        amount = plain(line.amount)
        sum_said = f"{amount} {bill.currency}" if amount is not None else "no amount yet"
        told.append(f"Line {printable(line.id)} of {bill.customer}, {bill.month.name}: {sum_said}")
        told += [f"  {number}. {printable(step)}" for number, step in enumerate(line.steps, start=1)]
        told.append("")
    return "\n".join(told[:-1])


def _dict(line: BillLine | ExpenseLine | FixedItem) -> dict[str, Any]:
    if isinstance(line, BillLine):
        return {"kind": "work", **line_dict(line)}
    if isinstance(line, ExpenseLine):
        return {"kind": "expense", **expense_dict(line)}
    return {"kind": "contract", **fixed_dict(line)}
