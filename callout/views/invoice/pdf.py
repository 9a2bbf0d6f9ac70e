"""An invoice as PDF: for people alone, or as Factur-X, which people read and programs take the XML out of.

Factur-X is PDF/A-3b (every font inside, nothing from elsewhere) with the CII as attached file `factur-x.xml`, named in
the document's metadata. The same invoice gives the same bytes: dates are the invoice's, the identifier is its hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from callout.views.invoice.cii import cii
from callout.views.invoice.metadata import FILE_NAME, metadata
from callout.views.invoice.page import invoice_html
from callout.views.invoice.sheet import sheet_of
from callout.views.pdf import laid_out, pdf_of
from callout.worklog.invoice.document import Invoice


def invoice_pdf(invoice: Invoice, language: str = "") -> bytes:
    """The page in `language`, left out: in the invoice's own, printed (PDF/UA-1). Raises CalloutError like `pdf_of`."""
    return pdf_of(invoice_html(invoice, language))


def facturx_pdf(invoice: Invoice, language: str = "") -> bytes:
    """The page as PDF/A-3b with the invoice's CII inside (Factur-X, profile EN 16931).

    Raises CalloutError like `pdf_of`. It is not validated here: `checking.checked` does that.
    """
    document = laid_out(invoice_html(invoice, language))
    from weasyprint import Attachment  # there: it has just laid out the page

    xml = cii(invoice)
    day = dt.datetime.combine(invoice.issue_date, dt.time(), dt.UTC)
    attached = Attachment(
        string=xml, name=FILE_NAME, description="Factur-X", created=day, modified=day, relationship="Alternative"
    )
    sheet = sheet_of(invoice, language)
    described = metadata(f"{sheet.title} {sheet.number} · {sheet.sender}", sheet.sender, day)

    def finish(_: Any, pdf: Any) -> None:
        stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        stream.stream, stream.compress = [described], False
        # WeasyPrint names each attachment twice: by its name and as a file.
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])

    written: bytes = document.write_pdf(
        pdf_variant="pdf/a-3b",
        pdf_tags=True,
        pdf_identifier=hashlib.sha256(xml).digest()[:16],
        attachments=[attached],
        finisher=finish,
    )
    return written
