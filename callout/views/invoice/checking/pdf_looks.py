"""What an open PDF says of itself and holds, beside what PDF/A-3 (ISO 19005-3) and Factur-X want."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from access_check.escaping import shown
from callout.findings import Finding, Move, Status
from callout.views.invoice.checking.safe_xml import tree_of

PDFA_ID = "http://www.aiim.org/pdfa/ns/id/"
FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
RELATIONSHIPS = {"/Data", "/Alternative", "/Source"}
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ImportData", "/ResetForm", "/Rendition"}
MOST_OBJECTS = 50_000
LOOKED_AT = "metadata, output intent, fonts, actions, attachments"


def looks(reader: Any, name: str) -> list[Finding]:
    """One finding for each thing that is not as it should be, or one that passes. `name` is the invoice's file."""
    catalog = reader.trailer["/Root"]
    wrong = [*_metadata(catalog, name), *_output_intent(catalog), *_relationship(catalog, name), *_objects(reader)]
    if wrong:
        return [
            Finding("invoice.pdf-a", Status.FAIL, code, seen, Move.US, "Make the PDF again as PDF/A-3.")
            for code, seen in wrong
        ]
    seen = f"What was looked at of PDF/A-3 is as it should be ({LOOKED_AT}); veraPDF, which checks all, was not run."
    return [Finding("invoice.pdf-a", Status.PASS, "as-it-should-be", seen)]


def _metadata(catalog: Any, name: str) -> Iterator[tuple[str, str]]:
    stream = catalog.get("/Metadata")
    if stream is None:
        yield "no-metadata", "The PDF has no metadata (XMP), so that it does not claim to be PDF/A."
        return
    root = tree_of(stream.get_object().get_data())
    part, conformance = _property(root, PDFA_ID, "part"), _property(root, PDFA_ID, "conformance")
    if part != "3" or conformance not in ("A", "B", "U"):
        yield "not-pdf-a-3", f"The PDF claims to be PDF/A part {part or 'none'} {conformance}, and not part 3."
    if name and _property(root, FACTUR_X, "DocumentFileName") != name:
        yield "not-factur-x", f"The metadata do not say that the invoice is in {name} (Factur-X)."
    if name and not _property(root, FACTUR_X, "ConformanceLevel"):
        yield "not-factur-x", "The metadata do not say which profile of Factur-X the invoice has."


def _property(root: Any, namespace: str, name: str) -> str:
    """A property of the metadata, which is written as an element or as an attribute."""
    full = f"{{{namespace}}}{name}"
    for element in root.iter():
        if element.tag == full:
            return shown((element.text or "").strip(), 60)
        if full in element.attrib:
            return shown(element.attrib[full].strip(), 60)
    return ""


def _output_intent(catalog: Any) -> Iterator[tuple[str, str]]:
    intents = [one.get_object() for one in catalog.get("/OutputIntents", [])]
    if not any(one.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in one for one in intents):
        yield "no-output-intent", "The PDF does not say what its colours mean (no output intent of PDF/A)."


def _relationship(catalog: Any, name: str) -> Iterator[tuple[str, str]]:
    if not name:
        return
    files = [one.get_object() for one in catalog.get("/AF", [])]
    told = {str(one.get("/AFRelationship", "")) for one in files if name in (one.get("/UF"), one.get("/F"))}
    if not told:
        yield "not-associated", f"{name} is attached, and not associated with the document (/AF)."
    elif not told & RELATIONSHIPS:
        yield "not-associated", f"What {name} is to the document is not said (/AFRelationship)."


def _objects(reader: Any) -> Iterator[tuple[str, str]]:
    """Fonts that are not inside, and actions that PDF/A forbids; each kind once."""
    found: set[tuple[str, str]] = set()
    for number in sorted(reader.xref_objStm.keys() | {one for of in reader.xref.values() for one in of})[:MOST_OBJECTS]:
        for held in _dictionaries(_object(reader, number)):
            found.update(_wrong(held))
    yield from sorted(found)


def _wrong(held: Any) -> Iterator[tuple[str, str]]:
    if held.get("/Type") == "/Font" and not _embedded(held):
        font = shown(str(held.get("/BaseFont", "without a name")), 60)
        yield "font-outside", f"The font {font} is not inside the PDF."
    if held.get("/S") in FORBIDDEN_ACTIONS or "/JS" in held:
        yield "action", "The PDF has an action that PDF/A forbids, like JavaScript."


def _dictionaries(held: Any) -> Iterator[Any]:
    """The dictionary that an object is, and those that are written inside of it and not as objects of their own."""
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _object(reader: Any, number: int) -> Any:
    from pypdf.generic import IndirectObject

    return reader.get_object(IndirectObject(number, 0, reader))


def _embedded(font: Any) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    if font.get("/Subtype") == "/Type0":
        return all(_embedded(one.get_object()) for one in font.get("/DescendantFonts", []))
    descriptor = font.get("/FontDescriptor")
    held = descriptor.get_object() if descriptor is not None else {}
    return any(key in held for key in ("/FontFile", "/FontFile2", "/FontFile3"))
