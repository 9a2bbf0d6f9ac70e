"""Foreign bytes as an XML tree: no entities, no document type, nothing fetched, bounded in size, depth and number."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from access_check.escaping import shown
from callout.errors import BadInput
from callout.views.invoice.checking.tools import library

LARGEST_XML_BYTES = 8 * 1024 * 1024
MOST_ELEMENTS = 200_000
DEEPEST = 60


def tree_of(content: bytes) -> Any:
    """The root element (lxml). Raises BadInput, one sentence, for what is no XML or more than an invoice can be."""
    if len(content) > LARGEST_XML_BYTES:
        raise BadInput(
            f"The XML has {len(content):,} bytes, more than the {LARGEST_XML_BYTES:,} that are read.",
            "Nothing was checked: split the invoice, or look where the file comes from.",
        )
    _scanned(content)
    etree = library("lxml.etree")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _no_xml(str(error)) from None


class _Scan:
    """What is refused before any tree is built; the parser that calls this expands nothing."""

    def __init__(self) -> None:
        self.elements = self.depth = 0

    def document_type(self, *_: object) -> None:
        raise BadInput(
            "The XML declares a document type, which no e-invoice has: it could define entities or fetch files.",
            "Nothing was checked: ask the sender for a file without <!DOCTYPE>.",
        )

    def begin(self, *_: object) -> None:
        self.elements, self.depth = self.elements + 1, self.depth + 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise BadInput(
                f"The XML has more than {MOST_ELEMENTS:,} elements, or is nested more than {DEEPEST} deep.",
                "Nothing was checked: no invoice looks like that.",
            )

    def end(self, *_: object) -> None:
        self.depth -= 1


def _scanned(content: bytes) -> None:
    scan, parser = _Scan(), expat.ParserCreate()
    parser.StartDoctypeDeclHandler = scan.document_type
    parser.StartElementHandler = scan.begin
    parser.EndElementHandler = scan.end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise _no_xml(str(error)) from None


def _no_xml(said: str) -> BadInput:
    return BadInput(f"This is no well-formed XML: {shown(said, 200)}.", "Ask the sender for the file again.")
