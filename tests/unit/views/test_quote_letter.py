"""The letter that offers a quote: golden in two languages, and hostile words stay words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from callout.inventory import Customer
from callout.ledger.event import parse_utc
from callout.views.quote_data import quote_dict, quote_text, quotes_text
from callout.views.quote_letter import quote_letter, quote_letter_html, quote_letter_text
from callout.worklog.bill import Balance
from callout.worklog.quoting import Quote, quote_state
from tests.unit.conftest import Book

NOW = parse_utc("2026-03-03T10:00:00.000000Z")
HOSTILE = "<script>alert(1)</script> {{7*7}} {% raw %} \x1b[2J\x9b31m \u202e \"'& =cmd|x"


def offered(book: Book, **changes: Any) -> Quote:
    body = {
        "quote": "Q-0001", "ticket": "T-1", "callout": "CO-0001", "text": "Repair of the voicemail, tested with you",
        "minutes": {"median": 75, "p90": 150}, "jobs": 7, "amount": "1150.00", "currency": "EUR", "decimals": 2,
        "role": "engineer", "rate": "920.00", "cap": {"minutes": 150}, "valid_until": "2026-04-30T21:59:59.000000Z",
        "basis": ["e1", "e2"], "reasons": ["7 of 9 past jobs of globex are like it."], "method": "ledger", **changes,
    }  # fmt: skip
    book.write("quoted", "2026-03-02T09:00Z", **body)
    return quote_state(book.events, NOW)["Q-0001"]


CASES: dict[str, dict[str, Any]] = {
    "past": {},
    "stated": {"minutes": {"stated": 75}, "cap": {"amount": "2000.00"}, "jobs": 0},
    "fixed": {"minutes": {}, "cap": None, "rate": None, "jobs": 0},
}


@pytest.mark.parametrize("language", ["en", "de_AT"])
@pytest.mark.parametrize("case", CASES)
def test_the_letter_is_as_it_was(
    golden: Callable[[str, str], None], book: Book, make_customer: Callable[..., Customer], case: str, language: str
) -> None:
    customer = make_customer(language=language, time_zone="Europe/Vienna")
    letter = quote_letter(offered(book, **CASES[case]), customer, "Nordwand Telefonie GmbH")
    golden(f"quote/{case}.{language}.txt", quote_letter_text(letter))
    if case == "past":
        golden(f"quote/{case}.{language}.html", quote_letter_html(letter))


HELD = (
    Balance(
        "B-1",
        "hours_block",
        "minutes",
        Decimal(600),
        Decimal(60),
        Decimal(30),
        Decimal(0),
        Decimal(510),
        ends=dt.date(2026, 12, 31),
    ),
    Balance(
        "M-1", "money_block", "EUR", Decimal("500.00"), Decimal(0), Decimal("120.50"), Decimal(0), Decimal("379.50")
    ),
)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "What your contracts still hold|March 5, 2026|B-1: 8:30 h left of 10:00 h, until December 31, 2026."),
        ("en", "M-1: €379.50 left of €500.00."),
        ("de_AT", "Was Ihre Verträge noch enthalten|5. März 2026|B-1: noch 8:30 h von 10:00 h, bis 31. Dezember 2026."),
        ("de_AT", "M-1: noch € 379,50 von € 500,00."),
    ],
)
def test_what_is_left_of_contracts_stands_on_it(
    book: Book, make_customer: Callable[..., Customer], language: str, told: str
) -> None:
    letter = quote_letter(offered(book), make_customer(language=language), "Nordwand", HELD, dt.date(2026, 3, 5))
    for shown in (quote_letter_text(letter), quote_letter_html(letter)):
        flat = " ".join(shown.replace("\N{NO-BREAK SPACE}", " ").split())
        assert all(sentence in flat for sentence in told.split("|"))


def test_hostile_words_stay_words(book: Book, make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(name=HOSTILE, language=HOSTILE, registered_addresses=["it@<b>x</b>"])
    quote = offered(book, ticket=HOSTILE, text=HOSTILE, callout=HOSTILE)
    letter = quote_letter(quote, customer, HOSTILE)
    page, text = quote_letter_html(letter), quote_letter_text(letter)
    assert "<script" not in page
    assert "<b>x" not in page
    assert "{{7*7}}" in page
    for shown in (page, text, quote_text(quote), quotes_text([quote])):
        assert not [one for one in shown if not one.isprintable() and one != "\n"]


def test_an_answered_quote_says_so(book: Book, make_customer: Callable[..., Customer]) -> None:
    offered(book)
    given = {"order_reference": "PO-7", "given_by": "it@globex.example", "evidence": "<52@x>", "channel": "email"}
    book.write("quote_accepted", "2026-03-02T10:00Z", quote="Q-0001", **given)
    quote = quote_state(book.events, NOW + dt.timedelta(days=900))["Q-0001"]
    assert "Order:      PO-7" in quote_text(quote)
    assert quote_dict(quote)["answer"]["order_reference"] == "PO-7"
    assert quote_letter(quote, make_customer(), "x").badge == "accepted"
