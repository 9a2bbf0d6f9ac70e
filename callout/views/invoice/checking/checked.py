"""One file → findings: what was checked by what, and what is wrong with it."""

from __future__ import annotations

from access_check.escaping import shown
from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.views.invoice.checking.kinds import kind_of
from callout.views.invoice.checking.rules import rule_findings, schema_findings
from callout.views.invoice.checking.safe_xml import tree_of

PDF_MARK = b"%PDF-"


def checked(content: bytes) -> list[Finding]:
    """The findings of a UBL, CII or Factur-X file; none of them fails or is unknown where the file is valid.

    The rules are told only where the schema holds: a rule says nothing of a shape that it was not written for.
    Raises BadInput, one sentence, for a file that is no e-invoice at all, and CalloutError without the libraries.
    """
    if not content.strip():
        raise BadInput("The file is empty.", "Give a UBL 2.1 or CII file, or a Factur-X PDF.")
    if content.lstrip().startswith(PDF_MARK):
        from callout.views.invoice.checking.pdf_file import opened

        about, xml = opened(content)
        return [*about, *_checked_xml(xml)] if xml is not None else about
    return _checked_xml(content)


def _checked_xml(xml: bytes) -> list[Finding]:
    root = tree_of(xml)
    kind = kind_of(root)
    found = schema_findings(root, kind)
    if not any(finding.blocks for finding in found):
        found += rule_findings(root, kind)
    if kind.further:
        claimed = shown(kind.specification, 120) or "nothing"
        seen = f"It claims {claimed} (BT-24); only the schema and the rules of EN 16931 were checked."
        found.append(Finding("invoice.specification", Status.WARN, "more-claimed", seen, Move.US, "Check the rest."))
    return found
