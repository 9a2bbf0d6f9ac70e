"""An invoice as a page of its own: a letter that prints well. No script, no link to elsewhere."""

from __future__ import annotations

from callout.views.invoice.sheet import sheet_of
from callout.views.page import render_page
from callout.worklog.invoice.document import Invoice


def invoice_html(invoice: Invoice, language: str = "") -> str:
    """The page in `language`, left out: in the invoice's own. The same invoice gives the same page."""
    sheet = sheet_of(invoice, language)
    return render_page(
        "invoice.html", language=sheet.language, labels=sheet.labels, sheet=sheet, day=invoice.issue_date.isoformat()
    )
