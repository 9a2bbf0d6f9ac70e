"""An issued invoice → the credit note of some of its lines. Pure; never more than what was invoiced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from decimal import Decimal

from callout.worklog.invoice.completion import completed
from callout.worklog.invoice.document import Draft, DraftLine, Invoice, InvoiceType, Preceding
from callout.worklog.invoice.line_words import line_words


def credit_note_of(
    invoice: Invoice, lines: Collection[str], number: str, date: dt.date, reason: str, earlier: Sequence[Invoice]
) -> Invoice:
    """The credit note of `lines` (ids), printed with its reason. `earlier` are the invoice's credit notes before it.

    Taxes are rounded in each document: all credit notes together give back what the invoice asked for, and none
    gives back more. The last one, or one that would, makes up for the cent (BT-114).
    """
    kept = tuple(_plain(line) for line in invoice.lines if line.id in lines)
    words = line_words(invoice.language)
    told = words["correction"].format(number=invoice.number, date=invoice.issue_date, reason=reason)
    draft = Draft(
        **{
            **{field.name: getattr(invoice, field.name) for field in fields(Draft)},
            "number": number,
            "type": InvoiceType.CREDIT_NOTE,
            "issue_date": date,
            "due_date": date,
            "payment": replace(invoice.payment, reference=number),
            "payment_terms": "",
            "preceding": (Preceding(number=invoice.number, issue_date=invoice.issue_date),),
            "notes": (told,),
            "lines": kept,
            "balances": (),
        }
    )
    note = completed(draft)
    left = invoice.totals.due - sum((one.totals.due for one in earlier), Decimal(0))
    credited = {line.id for one in earlier for line in one.lines} | set(lines)
    is_last = credited == {line.id for line in invoice.lines}
    if note.totals.due > left or is_last:
        note = completed(replace(draft, rounding=left - note.totals.due))
    return note


def _plain(line: DraftLine) -> DraftLine:
    return DraftLine(**{field.name: getattr(line, field.name) for field in fields(DraftLine)})
