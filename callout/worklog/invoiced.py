"""Which work stands on an invoice that holds. Pure: the same events give the same, in any order."""

from __future__ import annotations

from collections.abc import Iterable

from callout.ledger.event import Event

INVOICE_KINDS = ("invoice_issued", "credit_note_issued")


def invoiced_work(events: Iterable[Event]) -> dict[str, str]:
    """Id of work (or an expense) → number of the invoice that bills it. A credit note sets an invoice's work free."""
    found: dict[str, str] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.kind == "invoice_issued":
            body = event.body
            found |= dict.fromkeys(body.get("work", ()), str(body.get("number", "")))
        elif event.kind == "credit_note_issued":
            corrected = event.body.get("corrects")
            found = {work: number for work, number in found.items() if number != corrected}
    return found
