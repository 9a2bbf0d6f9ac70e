"""An invoice for programs: JSON with everything, CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal

from callout.views.bill_data import safe_cell
from callout.views.numbers import plain
from callout.worklog.invoice.document import Adjustment, Invoice, Line, Tax

SCHEMA_VERSION = 1
COLUMNS = (
    "number", "type", "issue_date", "due_date", "seller", "buyer", "buyer_vat_id", "order_reference", "currency",
    "kind", "id", "name", "description", "note", "ticket", "first_day", "last_day", "quantity", "unit", "price",
    "price_quantity", "gross_price", "tax_category", "tax_rate", "amount",
)  # fmt: skip
Cell = str | Decimal | None


def invoice_json(invoice: Invoice) -> str:
    """Everything that the document holds, `schema_version` first. Pure ASCII, so that no terminal is told anything."""
    return json.dumps({"schema_version": SCHEMA_VERSION, "invoice": invoice.to_dict()}, indent=2) + "\n"


def invoice_csv(invoice: Invoice) -> str:
    """UTF-8 text, CRLF: a row for each line, then for each allowance, charge and tax.

    All amounts together are what the invoice comes to with tax. No text can become a formula, none holds a control
    character; amounts are plain numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    head: dict[str, Cell] = {
        "number": invoice.number,
        "type": str(invoice.type),
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat() if invoice.due_date else "",
        "seller": invoice.seller.name,
        "buyer": invoice.buyer.name,
        "buyer_vat_id": invoice.buyer.vat_id,
        "order_reference": invoice.order_reference,
        "currency": invoice.currency,
    }
    for row in _rows(invoice):
        cells = {**head, **row}
        writer.writerow([_cell(cells.get(name)) for name in COLUMNS])
    return out.getvalue()


def _rows(invoice: Invoice) -> Iterator[dict[str, Cell]]:
    for line in invoice.lines:
        yield _line(line)
    for one in invoice.adjustments:
        yield _adjustment(one)
    for tax in invoice.taxes:
        yield {"kind": "tax", "note": tax.tax.reason, **_taxed(tax.tax), "price": tax.taxable, "amount": tax.amount}


def _line(line: Line) -> dict[str, Cell]:
    return {
        "kind": "line",
        "id": line.id,
        "name": line.name,
        "description": line.description,
        "note": line.note,
        "ticket": line.ticket,
        "first_day": line.period.first.isoformat() if line.period else "",
        "last_day": line.period.last.isoformat() if line.period else "",
        "quantity": line.quantity,
        "unit": str(line.unit),
        "price": line.price,
        "price_quantity": line.price_quantity,
        "gross_price": line.gross_price,
        **_taxed(line.tax),
        "amount": line.net_amount,
    }


def _adjustment(one: Adjustment) -> dict[str, Cell]:
    return {
        "kind": "charge" if one.charge else "allowance",
        "name": one.reason,
        **(_taxed(one.tax) if one.tax else {}),
        "amount": one.amount if one.charge else -one.amount,
    }


def _taxed(tax: Tax) -> dict[str, Cell]:
    return {"tax_category": str(tax.category), "tax_rate": tax.rate}


def _cell(value: Cell) -> str:
    """A number as it is, which is no formula even with a minus in front; a text so that it cannot become one."""
    return plain(value) or "" if isinstance(value, Decimal) else safe_cell(value)
