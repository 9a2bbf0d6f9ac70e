"""Random invoices by the official rules and an oracle; hostile texts in every field of every form; damaged files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from callout.errors import BadInput
from callout.findings import exit_code
from callout.views.invoice.checking.bounded import checked_within
from callout.views.invoice.checking.checked import checked
from callout.views.invoice.cii import cii
from callout.views.invoice.data import COLUMNS, invoice_csv, invoice_json
from callout.views.invoice.page import invoice_html
from callout.views.invoice.pdf import facturx_pdf
from callout.views.invoice.text import invoice_text
from callout.views.invoice.ubl import ubl
from callout.worklog.invoice.completion import completed
from callout.worklog.invoice.document import Invoice
from tests.faults.hostile_texts import LEADS, payloads, with_text
from tests.faults.invoice_oracle import sums
from tests.faults.random_invoices import CURRENCIES, random_draft
from tests.unit.worklog.invoice.sample_invoices import draft, month, worked

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
UNWANTED_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
# Nobody's invoice of six lines is longer, whatever was written into its fields.
LONGEST_PAGE, LONGEST_XML = 250_000, 800_000


@pytest.mark.parametrize("count", [6, pytest.param(600, marks=WHOLE)])
def test_random_invoices_are_valid_and_add_up(count: int, record_property: Any):
    random, seen = Random(7), Counter[str]()
    for _ in range(count):
        invoice = completed(random_draft(random))
        stored = json.loads(json.dumps(invoice.to_dict()))
        assert Invoice.from_dict(stored) == invoice
        _adds_up(invoice, stored)
        for form in (ubl, cii):
            findings = checked(form(invoice))
            assert exit_code(findings) == 0, [finding.as_dict() for finding in findings]
        seen.update([invoice.currency, str(invoice.type), *(str(one.tax.category) for one in invoice.taxes)])
    record_property("invoices", count)
    record_property("kinds", dict(seen))


def _adds_up(invoice: Invoice, stored: dict[str, Any]) -> None:
    decimals = CURRENCIES[invoice.currency]

    def parts(amount: Decimal) -> int:
        scaled = amount.scaleb(decimals)
        assert scaled == int(scaled)
        return int(scaled)

    told = sums(stored, decimals)
    assert [parts(line.net_amount) for line in invoice.lines] == told["lines"]
    assert {name: parts(getattr(invoice.totals, name)) for name in told["totals"]} == told["totals"]
    assert sorted(parts(one.amount) for one in invoice.taxes) == sorted(told["taxes"].values())
    assert sorted(parts(one.taxable) for one in invoice.taxes) == sorted(told["taxable"].values())


class _Page(HTMLParser):
    """Which elements and attributes a page has, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("step", [130, pytest.param(1, marks=WHOLE)])
def test_hostile_texts_stay_texts_in_every_form(step: int, record_property: Any):
    every = payloads()
    assert len(every) >= 500
    plain = _Page(invoice_html(completed(with_text(draft(), "word"))))
    for payload in every[::step]:
        invoice = completed(with_text(draft(), payload))
        assert Invoice.from_dict(json.loads(invoice_json(invoice))["invoice"]) == invoice
        _page_is_ours(_Page(invoice_html(invoice)), plain, invoice_html(invoice))
        _one_cannot_move_the_cursor(invoice_text(invoice))
        _no_cell_is_a_formula(invoice_csv(invoice))
        for form in (ubl, cii):
            _xml_is_ours(form(invoice), form(completed(with_text(draft(), "word"))))
    record_property("payloads", len(every[::step]))


def _page_is_ours(page: _Page, plain: _Page, source: str) -> None:
    assert page.tags <= plain.tags
    assert page.attributes <= plain.attributes
    assert all(one.isprintable() or one == "\n" for one in source)
    assert len(source) < LONGEST_PAGE


def _one_cannot_move_the_cursor(text: str) -> None:
    assert all(one.isprintable() or one == "\n" for one in text)
    assert len(text) < LONGEST_PAGE


def _no_cell_is_a_formula(text: str) -> None:
    for row in csv.reader(io.StringIO(text)):
        assert len(row) == len(COLUMNS)
        for cell in row:
            assert not cell.startswith(LEADS) or re.fullmatch(r"-\d+(\.\d+)?", cell), cell[:50]
            assert cell.isprintable()


def _xml_is_ours(xml: bytes, plain: bytes) -> None:
    assert len(xml) < LONGEST_XML
    tree = ElementTree.fromstring(xml)
    assert [one.tag for one in tree.iter()] == [one.tag for one in ElementTree.fromstring(plain).iter()]
    assert not UNWANTED_IN_XML.search("".join(tree.itertext()))
    findings = checked(xml)
    assert exit_code(findings) == 0, [finding.as_dict() for finding in findings if finding.blocks]


def test_a_template_in_a_text_is_said_and_not_done():
    page = _Page(invoice_html(completed(with_text(draft(), "{{7*7}}"))))
    assert "{{7*7}}" in page.text
    assert "49" not in page.text.replace("1904", "")


@pytest.mark.parametrize("lead", LEADS, ids=lambda lead: f"U+{ord(lead):04X}")
def test_no_field_of_a_csv_begins_like_a_formula(lead: str):
    _no_cell_is_a_formula(invoice_csv(completed(with_text(draft(), f"{lead}1+1"))))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_hostile_texts_in_a_factur_x_file():
    for payload in payloads()[::20]:
        findings = checked(facturx_pdf(completed(with_text(draft(), payload))))
        assert exit_code(findings) == 0, [finding.as_dict() for finding in findings if finding.blocks]


def _damaged(content: bytes, random: Random) -> Iterator[bytes]:
    """Cut off, with bytes turned, doubled, and with parts of it gone."""
    while True:
        place = random.randrange(len(content))
        length = random.choice([1, 3, 40, 900])
        yield content[:place]
        yield content[:place] + random.randbytes(length) + content[place + length :]
        yield content[:place] + content[place + length :]
        yield content[:place] + content[max(0, place - length) :]


@pytest.mark.parametrize("count", [5, pytest.param(500, marks=WHOLE)])
@pytest.mark.parametrize("kind", ["ubl", "cii", "pdf"])
def test_damaged_files_are_findings_or_one_sentence(kind: str, count: int, record_property: Any):
    """Whatever else came out of it would be a traceback."""
    content = {"ubl": ubl, "cii": cii, "pdf": facturx_pdf}[kind](month())
    random, ends, said = Random(11), Counter[str](), set[str]()
    damaged = _damaged(content, random)
    for _ in range(count):
        try:
            ends[f"exit {exit_code(checked(next(damaged)))}"] += 1
        except BadInput as error:
            ends["refused"] += 1
            said.add(error.message)
    assert all(message.isprintable() and len(message) < 400 for message in said)
    record_property("ends", dict(ends))
    assert ends["refused"] > 0


BOMBS = {
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + place, b"&%c;" % (97 + place) * 10) for place in range(9)
    ) + b"]><x>&j;</x>",
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"A" * 100_000 + b'">]><x>' + b"&a;" * 10_000 + b"</x>",
    "file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "network": b'<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd"><x/>',
    "parameter": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://192.0.2.1/x"> %a;]><x/>',
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-',
    "deep": b"<x>" * 100_000,
    "wide": b"<x " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b"/>",
    "long name": b"<" + b"x" * 5_000_000 + b"/>",
    "entity": b"<x>&nbsp;</x>",
    "nul": b"<x>\x00</x>",
    "stylesheet": b'<?xml-stylesheet href="http://192.0.2.1/x.xsl"?><x/>',
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_in_one_sentence(name: str):
    with pytest.raises(BadInput) as caught:
        checked(BOMBS[name])
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.faults_whole
def test_a_file_that_would_take_hours_is_ended():
    """Each of thousands of tax rates is compared with each of thousands of lines."""
    count = 2500
    text = ubl(month(lines=tuple(worked(str(place), 3, "x", 45, "96") for place in range(count)))).decode()
    found = re.search(r" *<cac:TaxSubtotal>.*?</cac:TaxSubtotal>\n", text, re.S)
    assert found
    rates = "".join(found[0].replace(">20<", f">{place % 90}.{place}<") for place in range(count))
    with pytest.raises(BadInput, match="takes longer than 2 seconds"):
        checked_within(text.replace(found[0], rates).encode(), 2)
