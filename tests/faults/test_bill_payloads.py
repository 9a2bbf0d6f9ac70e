"""Whatever stands in a text from outside is only ever text: in the page, on the terminal, in a spreadsheet."""

from __future__ import annotations

import csv
import io
import itertools
import json
from html.parser import HTMLParser

import pytest

from callout.inventory import Customer
from callout.inventory.policy import Money
from callout.views.bill_data import COLUMNS, bill_csv, bill_dict
from callout.views.bill_html import bill_html
from callout.views.bill_text import bill_text
from callout.views.explained import explained_dict, explained_text
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.month import Month
from tests.unit.conftest import Book

MARCH = Month(2026, 3)
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "</td></table><h1>x", "<svg/onload=alert(1)>",
    "</style></title><script>", "javascript:alert(1)", "&lt;script&gt;", "<!--", "]]>", "<a href='//x'>", "<iframe>",
    "' onmouseover='x", "<base href=//x>", "<math><mtext>", "\u003cscript\u003e",
]  # fmt: skip
TEMPLATES = [
    "{{7*7}}", "{% for x in y %}", "{#x#}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "{{''.__class__.__mro__}}", "{0.__class__}",
    "%(x)s", "%s%n", "{{ self }}", "@{x}",
]  # fmt: skip
TERMINAL = [
    "\x1b[2J", "\x1b]0;owned\x07", "\x9b31m", "\u202egnirts", "a\r\nb", "\x00", "\x7f", "\x1b]8;;http://x\x07y",
    "\u2028", "\ufeff", "\x08\x08\x08", "\u200b", "\x1bP1$r\x1b\\", "\x1b[6n", "\u2066x\u2069",
]  # fmt: skip
LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "\t=", " =", "\r\n@", "\x1b=", "=\x00"]
SURROUNDINGS = [
    "{}",
    "a{}",
    "{}b",
    " {} ",
    "é{}",
    "{0}{0}",
    "T-1 {}",
    "x" * 300 + "{}",
    "'{}'",
    "\\{}",
    "{}\u0301",
    "({})",
]
PAYLOADS = [
    shape.replace("{0}", one).replace("{}", one)
    for one, shape in itertools.product([*MARKUP, *TEMPLATES, *TERMINAL], SURROUNDINGS)
]
BLOCK = {
    "id": "H-1", "kind": "hours_block", "starts": "2026-01-01", "hours": "0.5", "price": "50",
    "billed_on": "2026-03-01",
}  # fmt: skip
FIELDS = ("note", "ticket", "role", "activity", "cause", "rate_note", "outcome")


@pytest.mark.faults
@pytest.mark.parametrize("start", range(0, 60, 20))
def test_some_payloads(start: int) -> None:
    for payload in PAYLOADS[start::90]:
        is_only_text(payload)


@pytest.mark.faults_whole
@pytest.mark.parametrize("start", range(12))
def test_all_payloads(start: int) -> None:
    assert len(PAYLOADS) >= 500
    for payload in PAYLOADS[start::12]:
        is_only_text(payload)


@pytest.mark.faults
@pytest.mark.parametrize("lead", LEADS)
def test_no_cell_becomes_a_formula_whatever_the_field(lead: str) -> None:
    """Every field by itself, and all of them together."""
    evil = f"{lead}cmd|'/C calc'!A0"
    for only in (*FIELDS, "actor", "system", "callout", "expense", "note of expense", "reason", "all"):
        found = bill("plain", **{only: evil})
        for row in csv.reader(io.StringIO(bill_csv(found).split("\r\n", 1)[1])):
            assert len(row) == len(COLUMNS), only
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))], only


class Tags(HTMLParser):
    """Collects what a page would do, besides showing text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.deeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.deeds += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "action")]


def is_only_text(payload: str) -> None:
    """All views of a bill that has the payload in every text, beside those of one that is plain."""
    found, plain = bill(payload), bill("plain")
    page, of_plain = Tags(), Tags()
    page.feed(bill_html(found))
    of_plain.feed(bill_html(plain))
    assert page.tags == of_plain.tags, payload
    assert not page.deeds, payload
    everything = [*found.lines, *found.expenses, *found.fixed]
    for text in (bill_html(found), bill_text(found), bill_csv(found), explained_text(found, everything)):
        assert all(character.isprintable() or character in "\r\n" for character in text), payload
    assert ">49<" not in bill_html(found)
    assert len(bill_text(found).splitlines()) == len(bill_text(plain).splitlines()), payload
    for data in (bill_dict(found), explained_dict(found, everything)):
        assert json.dumps(data).isascii()


def bill(payload: str, **more: str) -> Bill:
    """A bill with every kind of text in it. `more` replaces the payload in single fields, `all` in all of them."""

    def text(name: str) -> str:
        return more.get("all") or more.get(name, payload)

    def column(name: str) -> str:
        return text(name).replace("\x00", "")  # no ledger takes it there

    book = Book()
    book.actor, book.system, book.callout = column("actor"), column("system"), column("callout")
    book.opened("2026-03-02T14:00Z", ticket=text("ticket"), reason=text("reason"))
    work = book.work(
        "2026-03-02T14:00Z", 3600, note=text("note"), ticket=text("ticket"), role=text("role"),
        internal_note=text("note"),
    )  # fmt: skip
    book.work("2026-03-03T14:00Z", 3600, **{name: text(name) for name in FIELDS if name != "rate_note"})
    book.write("work_judged", "2026-03-04T00:00Z", work=work.id, charge="yes", reason=text("reason"))
    book.write("work_deducted", "2026-03-04T00:00Z", work=work.id, minutes=5, reason=text("reason"))
    spent = {"date": "2026-03-05", "amount": "12.30", "currency": "EUR", "ticket": text("ticket")}
    book.write(
        "expense_logged", "2026-03-05T00:00Z", **spent, expense=text("expense"), note=text("note of expense"),
        internal_note=text("note"),
    )  # fmt: skip
    customer = Customer.model_validate(
        {
            "id": "globex",
            "name": text("name"),
            "contract": "support",
            "registered_addresses": ["it@globex.example"],
            "time_zone": "America/New_York",
            "currency": "EUR",
            "rates": {text("role"): "120.00"},
            "contracts": [BLOCK],
        }
    )
    return bill_for(book.events, customer, Money(), MARCH, text("vendor"))
