"""All invoices with their credit notes, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callout.views.table import columns
from callout.worklog.invoiced import InvoiceSeen

HEAD = ("Number", "Date", "Customer", "Month", "Due", "Currency", "What", "By")


def invoices_dict(invoices: Sequence[InvoiceSeen]) -> dict[str, Any]:
    """JSON-able. `state` is issued, credited in part, or credited; amounts are strings."""
    return {"invoices": [_invoice_dict(one) for one in invoices]}


def invoices_text(invoices: Sequence[InvoiceSeen]) -> str:
    """Aligned columns, each credit note under its invoice."""
    if not invoices:
        return "There are no invoices."
    rows = []
    for one in invoices:
        told = _invoice_dict(one)
        rows.append(
            (one.number, told["date"], one.customer, one.month.name, told["due"], told["currency"], told["state"],
             one.event.actor)
        )  # fmt: skip
        rows += [
            (note["number"], note["date"], one.customer, one.month.name, f"-{note['due']}", told["currency"],
             f"credit note for {one.number}", event.actor)
            for note, event in zip(told["credit_notes"], one.credit_notes, strict=True)
        ]  # fmt: skip
    return "\n".join(columns(HEAD, rows, right=(4,)))


def _invoice_dict(one: InvoiceSeen) -> dict[str, Any]:
    document = one.document
    state = "credited" if not one.is_live else "credited in part" if one.credited else "issued"
    return {
        "number": one.number,
        "date": document["issue_date"],
        "customer": one.customer,
        "month": one.month.name,
        "state": state,
        "net": document["totals"]["net"],
        "due": document["totals"]["due"],
        "currency": document["currency"],
        "lines": list(one.printed),
        "credited": sorted(one.credited),
        "credit_notes": [
            {
                "number": note.body["number"],
                "date": note.body["document"]["issue_date"],
                "due": note.body["document"]["totals"]["due"],
                "lines": note.body["lines"],
                "reason": note.body["reason"],
            }
            for note in one.credit_notes
        ],
    }
