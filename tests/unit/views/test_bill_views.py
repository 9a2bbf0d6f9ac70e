"""A bill as text, JSON, CSV and page: golden files, and what hostile values may not do there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from callout.inventory.policy import Money
from callout.policy.chargeable import Rule
from callout.views.bill_data import COLUMNS, bill_csv, bill_dict, safe_cell
from callout.views.bill_html import bill_html
from callout.views.bill_text import bill_text
from callout.views.explained import explained_text
from callout.views.words import LABELS, RULES, locale_of
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month
from callout.worklog.write_offs import with_write_offs

Golden = Callable[[str, str], None]
MARCH = parse_month("2026-03")
PAYLOADS = [
    "{{7*7}}",
    "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><script>",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnirts",
    "a\r\nb",
]


@pytest.fixture
def month(book: Any) -> Any:
    """Globex's March: refused, consented and done, rolled back, by hand with an overlap, a developer."""
    book.opened("2026-03-02T14:00Z", ticket="T-2041", reason="Patch 17")
    book.write("gate_refused", "2026-03-02T14:01Z")
    book.work("2026-03-02T14:00:30Z", 47, outcome="refused", ticket="T-2041", note="Patch 17")
    book.write("consented", "2026-03-03T09:00Z", covers_charging=True)
    book.work("2026-03-03T15:00Z", 2730, ticket="T-2041", note="Looked for the cause of one-way audio")
    book.write("patched", "2026-03-03T15:40Z")
    book.work("2026-03-03T15:35Z", 1260, outcome="done", ticket="T-2041", note="Patch 17")
    book.callout = "CO-0002"
    book.opened("2026-03-08T06:00Z", ticket="T-2050", reason="Patch 18")
    book.write("rolled_back", "2026-03-08T06:20Z")
    book.work("2026-03-08T06:01Z", 1300, outcome="rolled_back", ticket="T-2050", note="Patch 18")
    book.callout = ""
    book.work("2026-03-10T15:00Z", 5400, role="developer", ticket="T-2060", note="Trunk that was changed by hand")
    book.work("2026-03-31T23:50Z", 1200, activity="support", ticket="T-2061", note="Explained call forwarding")
    return book


def bill(book: Any, customer: Any, money: Money | None = None) -> Bill:
    return bill_for(book.events, customer, money or Money(), MARCH, "Example Telephony Ltd")


def test_text(month: Any, make_customer: Any, golden: Golden) -> None:
    golden("bill/globex.txt", bill_text(bill(month, make_customer())) + "\n")


def test_json(month: Any, make_customer: Any, golden: Golden) -> None:
    golden("bill/globex.json", json.dumps(bill_dict(bill(month, make_customer())), indent=2) + "\n")


def test_csv(month: Any, make_customer: Any, golden: Golden) -> None:
    golden("bill/globex.csv", bill_csv(bill(month, make_customer())).replace("\r\n", "\n"))


def test_page(month: Any, make_customer: Any, golden: Golden) -> None:
    customer = make_customer(rates={"engineer": "120.00", "developer": "150.00"})
    golden("bill/globex.html", bill_html(bill(month, customer)))


def test_page_in_german_with_the_sum_rounded(month: Any, make_customer: Any, golden: Golden) -> None:
    customer = make_customer(language="de_AT", time_zone="Europe/Vienna", name="Globex Österreich GmbH")
    money = Money(rounding="sum", minimum_minutes=30, rates={"developer": Decimal("1150.5")})
    found = bill(month, customer, money)
    golden("bill/globex-de.html", bill_html(found))
    golden("bill/globex-sum.txt", bill_text(found) + "\n")
    golden("bill/globex-sum.csv", bill_csv(found).replace("\r\n", "\n"))


def test_page_in_yen(month: Any, make_customer: Any, golden: Golden) -> None:
    customer = make_customer(currency="JPY", rates={"engineer": "15000", "developer": "18000"}, language="ja")
    golden("bill/globex-jpy.html", bill_html(bill(month, customer)))


@pytest.fixture
def busy(month: Any, make_customer: Any) -> Bill:
    """The same March with contracts, bands, an expense, a decision and minutes that were let off."""
    book = month
    book.callout = ""
    night = book.work("2026-03-12T20:30Z", 5400, ticket="T-2070", note="Restart after the power cut", internal_note="!")
    favour = book.work("2026-03-14T15:00Z", 1800, ticket="T-2071", note="Weekend call", cause="man_made_emergency")
    trip = {"date": "2026-03-12", "expense": "travel", "amount": "48.60", "currency": "EUR", "ticket": "T-2070"}
    book.write("expense_logged", "2026-03-13T09:00Z", **trip, note="Train to the site", internal_note="first class")
    book.write("work_deducted", "2026-03-20T09:00Z", work=night.id, minutes=10, reason="Our own lift")
    book.write("work_judged", "2026-03-20T09:00Z", work=favour.id, charge="no", reason="Goodwill")
    contracts = [
        {"id": "H-2026", "kind": "hours_block", "starts": "2026-01-01", "ends": "2026-12-31", "hours": "2"},
        {"id": "DEV", "kind": "retainer", "starts": "2026-02-01", "hours_per_month": "1", "carry_over_months": 1,
         "price_per_month": "110.00", "roles": ["developer"]},
    ]  # fmt: skip
    money = {
        "multipliers": {"out_of_hours": "1.5", "weekend": "2"},
        "work": {"travel": {"increment_minutes": 30}},
        "rates": {"developer": "150.00"},
    }
    return bill(book, make_customer(contracts=contracts), Money.model_validate(money))


def test_contracts_bands_and_decisions_in_every_form(busy: Bill, golden: Golden) -> None:
    golden("bill/contracts.txt", bill_text(busy) + "\n")
    golden("bill/contracts.json", json.dumps(bill_dict(busy), indent=2) + "\n")
    golden("bill/contracts.csv", bill_csv(busy).replace("\r\n", "\n"))
    golden("bill/contracts.html", bill_html(busy))
    golden("bill/contracts-de.html", bill_html(replace(busy, language="de")))
    golden("bill/explained.txt", explained_text(busy, busy.lines) + "\n")
    for text in (bill_text(busy), bill_csv(busy), bill_html(busy), json.dumps(bill_dict(busy))):
        assert "first class" not in text
    rows = list(csv.DictReader(io.StringIO(bill_csv(busy))))
    assert sum(Decimal(row["amount"]) for row in rows) == busy.total


@pytest.mark.parametrize(
    ("language", "told"), [("en", "€10.00 of €150.00 written off"), ("de", "10,00 € von 150,00 € abgeschrieben")]
)
def test_what_is_written_off_stands_on_the_page(book: Any, make_customer: Any, language: str, told: str) -> None:
    """Without our reason for it, which is nobody else's affair."""
    work = book.work("2026-03-02T14:00Z", 4500)
    off = book.write(
        "written_off", "2026-03-05T09:00Z",
        month="2026-03", line=work.id[:8], work=work.id, amount="10.00", all=False, reason="They were angry",
    )  # fmt: skip
    page = bill_html(with_write_offs(bill(book, make_customer(language=language)), [off]))
    assert told in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "angry" not in page


def test_a_month_without_work(book: Any, make_customer: Any, golden: Golden) -> None:
    found = bill(book, make_customer())
    golden("bill/empty.txt", bill_text(found) + "\n")
    assert "No work in this month." in bill_html(found)
    assert bill_dict(found)["total"] == "0.00"


def test_the_rows_of_the_csv_add_up_to_the_total(month: Any, make_customer: Any) -> None:
    for money in (Money(), Money(rounding="sum")):
        found = bill(month, make_customer(), money)
        rows = list(csv.DictReader(io.StringIO(bill_csv(found))))
        assert sum(Decimal(row["amount"]) for row in rows if row["amount"]) == found.known


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n", "\t=", " =", "\r\n@", "\x1b=", "=\x00"])
def test_no_cell_becomes_a_formula(book: Any, make_customer: Any, lead: str) -> None:
    evil = f"{lead}1+1"
    book.actor = book.system = book.callout = evil.replace("\x00", "")  # no ledger takes it there
    book.opened("2026-03-02T14:00Z")
    book.work("2026-03-02T14:00Z", 60, note=evil, ticket=evil, role=evil)
    (row,) = csv.reader(io.StringIO(bill_csv(bill(book, make_customer())).split("\r\n", 1)[1]))
    cells = dict(zip(COLUMNS, row, strict=True))
    for name in ("note", "ticket", "role", "actor", "system", "callout"):
        assert cells[name].startswith("'")
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_plain_cells_stay_as_they_are() -> None:
    assert [safe_cell(value) for value in ("T-1", 12, None, ["a", "b"])] == ["T-1", "12", "", "a b"]


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_only_ever_text(book: Any, make_customer: Any, payload: str) -> None:
    book.actor = book.system = book.callout = payload
    book.opened("2026-03-02T14:00Z", ticket=payload, reason=payload)
    book.work("2026-03-02T14:00Z", 60, note=payload, ticket=payload, role=payload)
    book.write("work_started", "2026-03-02T14:00Z", started_at="2026-03-02T14:00:00.000000Z", ticket=payload)
    found = bill(book, make_customer(name=payload, language=payload))
    page, text, table = bill_html(found), bill_text(found), bill_csv(found)
    parsed = Tags()
    parsed.feed(page)
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags
    assert not parsed.handlers
    for output in (page, text, table):
        assert all(character.isprintable() or character in "\r\n" for character in output)
    if "{" in payload:
        assert "7*7" in text or "mro" in text
        assert ">49<" not in page


def test_both_languages_have_all_words() -> None:
    assert set(LABELS["de"]) == set(LABELS["en"])
    for sentences in RULES.values():
        assert set(sentences) == set(Rule)


@pytest.mark.parametrize(
    ("language", "locale"), [("de", "de"), ("de-AT", "de_AT"), ("xx", "en"), ("", "en"), ("../x", "en")]
)
def test_a_language_that_nobody_knows_is_english(language: str, locale: str) -> None:
    assert str(locale_of(language)) == locale
