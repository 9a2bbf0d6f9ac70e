"""XML made element by element: prefixed names, no empty elements, no character that XML or a reader would choke on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from xml.etree import ElementTree

# Longer names than that are nobody's; what is behind it is in the document that the ledger holds.
LONGEST_TEXT = 1000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# What XML 1.0 forbids (controls, surrogates, U+FFFE, U+FFFF), the other controls but tab and line feed, and what turns
# the direction of the text that follows: a number read backwards is another number.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text as any XML reader can take it: what cannot stand there is replaced, what is too long is cut."""
    shorter = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return _UNWANTED.sub(REPLACEMENT, shorter.replace("\r\n", "\n").replace("\r", "\n")).strip()


def number(amount: Decimal) -> str:
    """Digits and a point: never an exponent, never a sign on zero."""
    return format(amount if amount else abs(amount), "f")


class Branch:
    """An element that is being filled. Names are written with their prefix, like `cbc:ID`."""

    def __init__(self, element: ElementTree.Element, namespaces: Mapping[str, str]) -> None:
        self.element = element
        self._namespaces = namespaces

    @classmethod
    def root(cls, name: str, namespaces: Mapping[str, str]) -> Branch:
        """A new tree. `namespaces` are by prefix; the one of the prefix "" is the default."""
        return cls(ElementTree.Element(_full(name, namespaces)), namespaces)

    def branch(self, name: str, **attributes: str) -> Branch:
        """A new last child that holds others."""
        child = ElementTree.SubElement(self.element, _full(name, self._namespaces), attributes)
        return Branch(child, self._namespaces)

    def leaf(self, name: str, text: str, **attributes: str) -> None:
        """A new last child with this text; none where there is no text."""
        if said := xml_text(text):
            told = {key: xml_text(value) for key, value in attributes.items()}
            child = ElementTree.SubElement(self.element, _full(name, self._namespaces), told)
            child.text = said

    def deep(self, path: str, text: str, **attributes: str) -> None:
        """`leaf`, below new branches: `cac:Country/cbc:IdentificationCode`; nothing at all where there is no text."""
        if xml_text(text):
            *above, name = path.split("/")
            branch = self
            for one in above:
                branch = branch.branch(one)
            branch.leaf(name, text, **attributes)

    def written(self) -> bytes:
        """The whole tree as UTF-8 with a declaration, indented; the same tree gives the same bytes."""
        for prefix, namespace in self._namespaces.items():
            ElementTree.register_namespace(prefix, namespace)
        ElementTree.indent(self.element)
        body: bytes = ElementTree.tostring(self.element, encoding="UTF-8", xml_declaration=True)
        return body + b"\n"


def _full(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{namespaces[prefix]}}}{local}"
