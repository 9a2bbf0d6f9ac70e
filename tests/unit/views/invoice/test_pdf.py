"""The PDF of an invoice, and Factur-X: read again by other libraries, and spoiled in every part that is looked at."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from facturx import get_facturx_xml_from_pdf
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from callout.findings import exit_code
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.cii import cii
from callout.views.invoice.pdf import facturx_pdf, invoice_pdf
from tests.unit.worklog.invoice.sample_invoices import credit_note, month


@pytest.fixture(scope="module")
def facturx() -> bytes:
    return facturx_pdf(month())


def test_factur_x_is_valid_and_carries_the_invoice(facturx: bytes):
    findings = checked(facturx)
    assert exit_code(findings) == 0, [finding.seen for finding in findings]
    assert "veraPDF, which checks all, was not run" in findings[1].seen
    name, xml = get_facturx_xml_from_pdf(facturx, check_xsd=True)
    assert (name, xml) == ("factur-x.xml", cii(month()))


def test_the_same_invoice_gives_the_same_file(facturx: bytes):
    assert facturx_pdf(month()) == facturx


def test_people_read_the_same_in_it(facturx: bytes):
    text = pypdf.PdfReader(io.BytesIO(facturx)).pages[0].extract_text()
    for said in ("Practice Vendor GmbH", "2026-0042", "ACME Telephony GmbH", "1.184,40", "AT61 1904 3002 3457 3201"):
        assert said in text


def test_a_plain_pdf_is_no_e_invoice_and_says_so():
    findings = checked(invoice_pdf(credit_note()))
    assert [finding.code for finding in findings] == ["missing", "not-pdf-a-3", "no-output-intent"]


def _spoiled(content: bytes, spoil: Callable[[Any], None]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    spoil(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _javascript(writer: Any) -> None:
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject(key): script[key] for key in script})


def _launch(writer: Any) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _without(key: str) -> Callable[[Any], None]:
    def spoil(writer: Any) -> None:
        del writer._root_object[key]

    return spoil


def _unrelated(writer: Any) -> None:
    for one in writer._root_object["/AF"]:
        del one.get_object()["/AFRelationship"]


def _font_outside(writer: Any) -> None:
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    held = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    writer._root_object[NameObject("/Extra")] = ArrayObject([writer._add_object(held)])


def _encrypted(writer: Any) -> None:
    writer.encrypt("secret", algorithm="RC4-128")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_javascript, "action"),
        (_launch, "action"),
        (_without("/Metadata"), "no-metadata"),
        (_without("/OutputIntents"), "no-output-intent"),
        (_without("/AF"), "not-associated"),
        (_without("/Names"), "missing"),
        (_unrelated, "not-associated"),
        (_font_outside, "font-outside"),
        (_encrypted, "encrypted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_it_no_factur_x_is_found(facturx: bytes, spoil: Callable[[Any], None], code: str):
    findings = checked(_spoiled(facturx, spoil))
    assert code in {finding.code for finding in findings if finding.blocks}
