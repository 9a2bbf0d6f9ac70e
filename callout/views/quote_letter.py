"""The letter that offers a quote: text to paste into a reply, or a page. Every foreign word is only a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from callout.programs import printable
from callout.views.letter_text import facts_lines, headed, wrapped
from callout.views.numbers import hours_minutes
from callout.views.page import render_page
from callout.views.quote_words import LABELS
from callout.views.words import locale_of, words_of
from callout.worklog.bill import Balance
from callout.worklog.quoting import Quote

if TYPE_CHECKING:
    from callout.inventory.models import Customer


@dataclass(frozen=True, slots=True)
class QuoteLetter:
    """The letter without its looks: `facts` are pairs, `parts` headings with paragraphs. Nothing is escaped."""

    language: str
    title: str
    badge: str
    name: str
    labels: Mapping[str, str]
    facts: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def quote_letter(
    quote: Quote, customer: Customer, vendor: str, balances: Sequence[Balance] = (), today: dt.date | None = None
) -> QuoteLetter:
    """The letter in the customer's language and time zone; English where we have no words of theirs.

    `balances` are what the customer's contracts hold on the day `today` (default: the quote's); without any nothing is
    said of them.
    """
    locale = locale_of(customer.language)
    words = words_of(locale)
    labels = LABELS[words if words in LABELS else "en"]
    zone = ZoneInfo(customer.time_zone)
    until = format_datetime(quote.valid_until.astimezone(zone), "long", tzinfo=zone, locale=locale)
    day = format_date(quote.made_at.astimezone(zone).date(), "long", locale=locale)
    amount, cap = _money(quote.amount, quote, locale), _cap(quote, locale)
    facts = [
        (labels["vendor"], vendor),
        (labels["customer"], customer.name),
        (labels["date"], day),
        (labels["ticket"], quote.ticket),
        (labels["callout"], quote.callout),
        (labels["system"], quote.event.system),
        (labels["time"], "" if quote.minutes is None else f"{hours_minutes(quote.minutes)} h"),
        (labels["amount"], amount),
        (labels["cap"], cap),
        (labels["valid"], until),
    ]
    held = tuple(_left(one, labels, locale) for one in balances)
    as_of = format_date(today or quote.made_at.astimezone(zone).date(), "long", locale=locale)
    accept = labels["accept"].format(number=quote.number, addresses=", ".join(customer.registered_addresses))
    return QuoteLetter(
        language=str(locale).replace("_", "-"),
        title=f"{labels['title']} {quote.number}",
        badge=labels[f"state {quote.state}"],
        name=customer.name,
        labels=labels,
        facts=tuple((name, value) for name, value in facts if value),
        parts=(
            (labels["included"], (quote.text,)),
            (labels["expected"], (_expected(quote, labels, amount, locale), labels["without tax"])),
            (labels["overrun"], (labels["capped"].format(cap=cap) if cap else labels["uncapped"],)),
            *([(labels["contracts"], (labels["held"].format(day=as_of), *held))] if held else []),
            (labels["until"], (labels["good until"].format(until=until, zone=customer.time_zone),)),
            (labels["how"], (accept,)),
        ),
    )


def quote_letter_text(letter: QuoteLetter) -> str:
    """For a reply by mail: lines of at most 76 characters where words allow it, no control character."""
    lines = [printable(letter.title), "", *facts_lines(letter.facts)]
    for heading, paragraphs in letter.parts:
        lines += ["", *headed(heading)]
        lines += [line for one in paragraphs for line in wrapped(one)]
    return "\n".join(lines) + "\n"


def quote_letter_html(letter: QuoteLetter) -> str:
    """A page of its own, printable; no script, no link to elsewhere."""
    return render_page("quote.html", language=letter.language, letter=letter)


def _expected(quote: Quote, labels: Mapping[str, str], amount: str, locale: Locale) -> str:
    if quote.minutes is None or quote.rate is None:
        return labels["fixed"].format(amount=amount)
    rate = str(format_currency(quote.rate, quote.currency, locale=locale, decimal_quantization=False))
    minutes = f"{hours_minutes(quote.minutes)} h"
    if quote.p90_minutes is None:
        return labels["stated"].format(minutes=minutes, amount=amount, rate=rate)
    p90 = f"{hours_minutes(quote.p90_minutes)} h"
    return labels["past"].format(jobs=quote.jobs, minutes=minutes, amount=amount, rate=rate, p90=p90)


def _left(balance: Balance, labels: Mapping[str, str], locale: Locale) -> str:
    def told(amount: Decimal) -> str:
        if balance.unit != "minutes":
            return str(format_currency(amount, balance.unit, locale=locale))
        return f"{hours_minutes(int(amount))} h"

    ends = format_date(balance.ends, "long", locale=locale) if balance.ends else ""
    until = labels["ends"].format(day=ends) if ends else ""
    return labels["left"].format(
        contract=balance.contract, left=told(balance.left), bought=told(balance.bought), until=until
    )


def _cap(quote: Quote, locale: Locale) -> str:
    if quote.cap is None:
        return ""
    if quote.cap.minutes is not None:
        return f"{hours_minutes(quote.cap.minutes)} h"
    return _money(quote.cap.amount or Decimal(0), quote, locale)


def _money(amount: Decimal, quote: Quote, locale: Locale) -> str:
    return str(format_currency(amount, quote.currency, locale=locale))
