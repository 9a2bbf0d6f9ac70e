"""The last question before an invoice is issued: is it valid in both syntaxes, by the official rules?"""

from __future__ import annotations

from callout.errors import Refused
from callout.findings import Finding
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.cii import cii
from callout.views.invoice.ubl import ubl
from callout.worklog.invoice.document import Invoice


def must_be_valid(invoice: Invoice) -> list[Finding]:
    """The findings of the invoice as UBL and as CII, none of which fails.

    Raises Refused with every broken rule where one does: a document that does not validate is not issued. Raises
    CalloutError where the official rules are not installed: unknown is never read as valid.
    """
    findings = [*checked(ubl(invoice)), *checked(cii(invoice))]
    if broken := [finding for finding in findings if finding.blocks]:
        raise Refused(
            f"Invoice {invoice.number[:40]!r} is not issued: it breaks the rules of EN 16931.",
            "Nothing was recorded; mend what the rules name, and run the same command again.",
            [finding.as_dict() for finding in broken],
        )
    return findings
