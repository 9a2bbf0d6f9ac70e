"""An invoice for a terminal or a mail: the same words as the page, in plain columns."""

from __future__ import annotations

from collections.abc import Sequence

from callout.views.invoice.sheet import Sheet, sheet_of
from callout.views.table import columns
from callout.worklog.invoice.document import Invoice

RULE = "─" * 72


def invoice_text(invoice: Invoice, language: str = "") -> str:
    """The whole invoice in `language`, left out: in its own. No line of it can move a cursor."""
    sheet = sheet_of(invoice, language)
    parts = [
        [sheet.sender, *sheet.sender_lines],
        [*sheet.recipient],
        [f"{sheet.title} {sheet.number}", RULE],
        _pairs(sheet.facts),
        [sheet.lead] if sheet.lead else [],
        _table(sheet),
        _pairs([(one.label, one.amount) for one in sheet.sums], right=True),
        [*sheet.reasons],
        [*sheet.payment],
        _pairs(sheet.account),
        _balances(sheet),
        [*sheet.notes],
        [RULE, " · ".join([*sheet.contact, *sheet.legal])],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _pairs(pairs: Sequence[tuple[str, str]], *, right: bool = False) -> list[str]:
    if not pairs:
        return []
    width = max(len(name) for name, _ in pairs)
    amount = max(len(value) for _, value in pairs) if right else 0
    return [f"{name.ljust(width)}  {value.rjust(amount)}" for name, value in pairs]


def _table(sheet: Sheet) -> list[str]:
    """A line's amounts in columns; what else is said of it below, where it cannot push the amounts out of sight."""
    labels = sheet.labels
    head = [labels["position"], labels["service"], labels["quantity"], labels["price"]]
    head += [*([] if sheet.taxed_alike else [labels["vat"]]), sheet.amount_label]
    cells = [
        [row.position, row.heading, row.quantity, row.price, *([] if sheet.taxed_alike else [row.tax]), row.amount]
        for row in sheet.rows
    ]
    first, *lines = columns(head, cells, [0, *range(2, len(head))])
    indent = " " * (max(len(one[0]) for one in [head, *cells]) + 2)
    told = [first]
    for line, row in zip(lines, sheet.rows, strict=True):
        changes = [f"{name} {amount}" for name, amount in row.changes]
        below = [" · ".join(row.details), *row.texts, *row.why, *changes, row.instead]
        told += [line, *(indent + one for one in below if one)]
    return told


def _balances(sheet: Sheet) -> list[str]:
    if not sheet.balances:
        return []
    labels = sheet.labels
    head = [labels["balance contract"], labels["bought"], labels["used before"], labels["used now"], labels["left"], ""]
    rows = [[one.contract, one.bought, one.before, one.now, one.left, one.until] for one in sheet.balances]
    return [labels["balances"], *columns(head, rows, (1, 2, 3, 4))]
