"""A foreign PDF: the invoice in it, and what can be told of PDF/A-3 and Factur-X without laying anything out.

This is not all of PDF/A: the whole standard is checked by veraPDF, a Java program that no package brings. What is
looked at here is what makes archives and book-keeping programs turn a file down.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.views.invoice.checking.pdf_looks import looks
from callout.views.invoice.checking.tools import library

LARGEST_PDF_BYTES = 32 * 1024 * 1024
_LOG = logging.getLogger("pypdf")
# The names that the standards give to the invoice in a PDF, the newest first.
INVOICE_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml")
# What a reader of a format with forty years of history raises for files that are not of it; the message is its own.
CANNOT_READ = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError, TypeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip


def opened(content: bytes) -> tuple[list[Finding], bytes | None]:
    """What the PDF is like, and the XML of the invoice in it; None where there is none, which a finding says.

    Raises BadInput, one sentence, for what is no readable PDF.
    """
    if len(content) > LARGEST_PDF_BYTES:
        raise BadInput(
            f"The PDF has {len(content):,} bytes, more than the {LARGEST_PDF_BYTES:,} that are read.",
            "Nothing was checked: look where the file comes from.",
        )
    pypdf = library("pypdf")
    _LOG.addHandler(logging.NullHandler())  # what it says of a damaged file is that file's words, and no finding
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return [_encrypted()], None
        attached = _attached(reader)
        name = next((one for one in INVOICE_NAMES if one in attached), "")
        xml = attached[name].content if name else None
        found = looks(reader, name)
    except (*CANNOT_READ, pypdf.errors.PyPdfError) as error:
        said = shown(str(error) or type(error).__name__, 160)
        raise BadInput(f"This PDF cannot be read: {said}.", "It is damaged or cut off: ask for it again.") from None
    return [_named(name, list(attached)), *found], xml


def _attached(reader: Any) -> dict[str, Any]:
    return {str(one.name): one for one in reader.attachment_list}


def _named(name: str, attached: list[str]) -> Finding:
    if name:
        return Finding("invoice.attached", Status.PASS, "attached", f"The PDF carries the invoice as {name}.")
    others = ", ".join(shown(one, 40) for one in attached[:5]) or "nothing"
    seen = f"The PDF carries no invoice that programs can read; attached is {others}."
    return Finding(
        "invoice.attached", Status.FAIL, "missing", seen, Move.US, f"A Factur-X file has one called {INVOICE_NAMES[0]}."
    )


def _encrypted() -> Finding:
    seen = "The PDF is encrypted, which PDF/A forbids; nothing in it was read."
    return Finding("invoice.pdf-a", Status.FAIL, "encrypted", seen, Move.US, "Ask for it without a password.")
