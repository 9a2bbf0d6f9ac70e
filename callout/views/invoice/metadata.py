"""What a Factur-X PDF says of itself (XMP): that it is PDF/A-3b, and which file in it is the invoice.

The extension schema is the one of Factur-X 1.0, without which PDF/A knows no such properties (ISO 19005-3, 6.6.2.3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from callout.views.invoice.xml_tree import Branch

FILE_NAME = "factur-x.xml"
FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PROFILE = "EN 16931"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXTENSION = "http://www.aiim.org/pdfa/ns"
NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": RDF,
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": f"{EXTENSION}/id/",
    "pdfaExtension": f"{EXTENSION}/extension/",
    "pdfaSchema": f"{EXTENSION}/schema#",
    "pdfaProperty": f"{EXTENSION}/property#",
    "fx": FACTUR_X,
}
PROPERTIES: Mapping[str, tuple[str, str]] = {
    "DocumentFileName": (FILE_NAME, "name of the embedded XML invoice file"),
    "DocumentType": ("INVOICE", "type of the hybrid document"),
    "Version": ("1.0", "version of the standard that the embedded XML follows"),
    "ConformanceLevel": (PROFILE, "conformance level of the embedded XML"),
}
RESOURCE = {f"{{{RDF}}}parseType": "Resource"}
HEAD = '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
FOOT = '\n<?xpacket end="r"?>'


def metadata(title: str, author: str, at: dt.datetime) -> bytes:
    """The XMP packet. `title`, `author`, `at` (UTC) are those of the document's information: PDF/A compares."""
    root = Branch.root("x:xmpmeta", NAMESPACES)
    rdf = root.branch("rdf:RDF")
    about = {f"{{{RDF}}}about": ""}
    identity = rdf.branch("rdf:Description", **about)
    identity.leaf("pdfaid:part", "3")
    identity.leaf("pdfaid:conformance", "B")
    told = rdf.branch("rdf:Description", **about)
    language = {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"}
    told.branch("dc:title").branch("rdf:Alt").leaf("rdf:li", title, **language)
    told.branch("dc:creator").branch("rdf:Seq").leaf("rdf:li", author)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    told.leaf("xmp:CreateDate", stamp)
    told.leaf("xmp:ModifyDate", stamp)
    _extension(rdf.branch("rdf:Description", **about))
    invoice = rdf.branch("rdf:Description", **about)
    for name, (value, _) in PROPERTIES.items():
        invoice.leaf(f"fx:{name}", value)
    body = root.written().partition(b"\n")[2].decode().strip()  # a packet has no declaration
    return (HEAD + body + FOOT).encode()


def _extension(description: Branch) -> None:
    schema = description.branch("pdfaExtension:schemas").branch("rdf:Bag").branch("rdf:li", **RESOURCE)
    schema.leaf("pdfaSchema:schema", "Factur-X PDFA Extension Schema")
    schema.leaf("pdfaSchema:namespaceURI", FACTUR_X)
    schema.leaf("pdfaSchema:prefix", "fx")
    listed = schema.branch("pdfaSchema:property").branch("rdf:Seq")
    for name, (_, meaning) in PROPERTIES.items():
        one = listed.branch("rdf:li", **RESOURCE)
        one.leaf("pdfaProperty:name", name)
        one.leaf("pdfaProperty:valueType", "Text")
        one.leaf("pdfaProperty:category", "external")
        one.leaf("pdfaProperty:description", meaning)
