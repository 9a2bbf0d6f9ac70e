"""Every form of an invoice: golden files of a month, a credit note and one abroad; what all forms have in common."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from callout.views.invoice.cii import cii
from callout.views.invoice.data import invoice_csv, invoice_json
from callout.views.invoice.page import invoice_html
from callout.views.invoice.text import invoice_text
from callout.views.invoice.ubl import ubl
from callout.views.invoice.words import LABELS
from callout.worklog.invoice.document import Invoice
from tests.unit.worklog.invoice.sample_invoices import abroad, credit_note, month

Golden = Callable[[str, str], None]
INVOICES = {"month": month, "credit-note": credit_note, "abroad": abroad}


@pytest.mark.parametrize("name", INVOICES)
@pytest.mark.parametrize(
    ("suffix", "form"),
    [("txt", invoice_text), ("html", invoice_html), ("csv", invoice_csv), ("json", invoice_json)],
)
def test_forms_for_people_and_spreadsheets(name: str, suffix: str, form: Callable[[Invoice], str], golden: Golden):
    # A spreadsheet's lines end in CRLF, which git and editors would not keep.
    golden(f"invoice/{name}.{suffix}", form(INVOICES[name]()).replace("\r\n", "\n"))


@pytest.mark.parametrize("name", INVOICES)
@pytest.mark.parametrize(("syntax", "form"), [("ubl", ubl), ("cii", cii)])
def test_forms_for_programs(name: str, syntax: str, form: Callable[[Invoice], bytes], golden: Golden):
    golden(f"invoice/{name}.{syntax}.xml", form(INVOICES[name]()).decode())


@pytest.mark.parametrize("language", ["en", "en_US", "fr_FR", "it", "nowhere", ""])
def test_another_language_changes_words_and_numbers_and_no_amount(language: str):
    told = invoice_text(month(), language)
    shown = told.replace("\N{NO-BREAK SPACE}", " ")
    amount = {"fr_FR": "1 184,40 €", "it": "1.184,40 €", "": "€ 1.184,40"}.get(language, "€1,184.40")
    assert amount in shown
    assert ("Rechnung 2026-0042" if not language else "Invoice 2026-0042") in told


def test_every_language_has_every_word():
    assert all(set(words) == set(LABELS["en"]) for words in LABELS.values())


def test_currencies_have_their_own_decimals():
    told = invoice_text(month(currency="JPY", lines=month().lines[1:3], language="en"))
    assert "¥701" in told
    assert ".00" not in told.partition("No.")[2].partition("Account of")[0].replace("€96.00", "")


def test_the_amounts_of_a_csv_add_up_to_what_is_to_be_paid():
    for make in (month, credit_note):
        rows = csv.DictReader(io.StringIO(invoice_csv(make())))
        assert sum(Decimal(row["amount"]) for row in rows) == make().totals.gross


def test_json_gives_the_invoice_back():
    stored = json.loads(invoice_json(abroad()))
    assert stored["schema_version"] == 1
    assert Invoice.from_dict(stored["invoice"]) == abroad()


def test_there_is_no_field_for_anything_internal():
    assert "internal" not in json.dumps(month().to_dict())


def test_the_page_fetches_nothing_and_runs_nothing():
    page = invoice_html(month())
    assert "default-src 'none'" in page
    assert not [word for word in ("<script", "<link", "src=", "href=", "url(", "@import") if word in page]


def test_the_same_invoice_gives_the_same_bytes():
    for form in (ubl, cii, invoice_html, invoice_text, invoice_csv, invoice_json):
        assert form(month()) == form(month())  # type: ignore[operator]


def test_lines_are_counted_and_the_bills_names_of_them_stand_beside():
    lines = tuple(replace(line, id=f"3f2a91bc.{place}") for place, line in enumerate(month().lines))
    told = invoice_text(month(lines=lines))
    assert "  1  Wartungslauf acme-pbx1" in told
    assert "#3f2a91bc.1" in told
