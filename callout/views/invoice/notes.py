"""The notes that go with an invoice (BT-22): its own, and what EN 16931 has no place for, as sentences."""

from __future__ import annotations

from callout.views.invoice.figures import Figures, said
from callout.worklog.invoice.document import Balance, Invoice


def notes_of(invoice: Invoice) -> tuple[str, ...]:
    """The invoice's notes, then a sentence for each balance, in the invoice's language."""
    figures = Figures.of(invoice.language, invoice.currency)
    return (*invoice.notes, *(_balance(one, figures) for one in invoice.balances))


def _balance(one: Balance, figures: Figures) -> str:
    until = figures.labels["balance until"].format(date=figures.date(one.until)) if one.until else ""
    return figures.labels["balance note"].format(
        contract=said(one.contract),
        left=figures.balance(one.left, one.unit),
        bought=figures.balance(one.bought, one.unit),
        now=figures.balance(one.used_now, one.unit),
        before=figures.balance(one.used_before, one.unit),
        until=until,
    )
