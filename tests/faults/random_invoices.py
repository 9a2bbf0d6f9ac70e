"""Random invoices: any mixture of lines, prices, taxes, allowances, currencies and languages that can be completed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random

from callout.worklog.invoice.document import (
    Adjustment,
    Balance,
    Draft,
    DraftLine,
    InvoiceType,
    Period,
    Preceding,
    Tax,
    TaxCategory,
    Unit,
)
from callout.worklog.invoice.parties import Address, Contact, Party, Payment
from callout.worklog.invoice.quantities import quantity_of
from callout.worklog.invoice.terms import REASON_CODES, REASONS

CURRENCIES = {"EUR": 2, "USD": 2, "CHF": 2, "JPY": 0, "GBP": 2, "HUF": 2, "SEK": 2}
LANGUAGES = ("de_AT", "en", "en_US", "fr_FR", "it", "ar", "ja", "xx", "")
WORDS = ("Wartung", "Fehler & Suche", "Größe < 5 > 3", "Ünïcödé", "日本語", "العربية", "a\tb", '"x"', "1,5; 2", "é" * 9)
BETWEEN = [TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT]


def random_draft(random: Random) -> Draft:
    """One draft that has everything that EN 16931 demands; the same generator gives the same one."""
    currency = random.choice(list(CURRENCIES))
    taxes = _taxes(random)
    outside = taxes[0].category is TaxCategory.OUTSIDE_SCOPE
    count = random.choice([1, 2, 3, 5, 9, 30])
    lines = tuple(_line(random, str(number + 1), random.choice(taxes), currency) for number in range(count))
    issued = dt.date(2024, 1, 1) + dt.timedelta(days=random.randrange(2000))
    period = Period(first=issued - dt.timedelta(days=40), last=issued - dt.timedelta(days=random.randrange(40)))
    credit = random.random() < 0.3
    account = random.random() < 0.6
    seller, buyer = _party(random, "AT", "ATU12345678", outside), _party(random, "DE", "DE123456789", outside)
    return Draft(
        number=f"R-{issued.year}-{random.randrange(10_000):04}",
        issue_date=issued,
        type=InvoiceType.CREDIT_NOTE if credit else InvoiceType.INVOICE,
        preceding=tuple(_preceding(random, issued) for _ in range(random.choice([1, 1, 2]) if credit else 0)),
        due_date=issued + dt.timedelta(days=random.randrange(60)) if random.random() < 0.8 else None,
        payment_terms=random.choice(WORDS),
        currency=currency,
        seller=replace(seller, registration="FN 1"),
        buyer=buyer,
        lines=lines,
        period=period if random.random() < 0.7 else None,
        delivery_date=period.last,
        delivery_country="DE" if random.random() < 0.5 or taxes[0].category is TaxCategory.INTRA_COMMUNITY else "",
        adjustments=tuple(
            replace(_adjustment(random, currency), tax=random.choice(taxes)) for _ in range(random.choice([0, 0, 1, 3]))
        ),
        paid=_money(random, currency, 500) if random.random() < 0.2 else Decimal(0),
        rounding=Decimal("0.02") if currency == "CHF" and random.random() < 0.5 else Decimal(0),
        payment=Payment(means="58", iban="AT611904300234573201", bic="BKAUATWW") if account else Payment(),
        buyer_reference=_maybe(random),
        order_reference=_maybe(random),
        contract=_maybe(random),
        project=_maybe(random),
        notes=tuple(random.choice(WORDS) for _ in range(random.randrange(3))),
        balances=tuple(_balance(random) for _ in range(random.randrange(2))),
        language=random.choice(LANGUAGES),
    )


def _taxes(random: Random) -> list[Tax]:
    """Those of one invoice: at home, between countries, or outside the scope of VAT and then alone."""
    kind = random.choice(["home", "home", "between", "outside"])
    if kind == "outside":
        return [_reasoned(TaxCategory.OUTSIDE_SCOPE, None)]
    if kind == "between":
        return [_reasoned(random.choice(BETWEEN), Decimal(0))]
    rates = random.sample(["20", "10", "13", "19", "7", "8.1", "2.6", "5.5"], random.choice([1, 2, 3]))
    taxes = [Tax(category=TaxCategory.STANDARD, rate=Decimal(rate)) for rate in rates]
    if random.random() < 0.3:
        taxes.append(Tax(category=TaxCategory.ZERO, rate=Decimal(0)))
    if random.random() < 0.3:
        taxes.append(Tax(category=TaxCategory.EXEMPT, rate=Decimal(0), reason="§ 6 Abs. 1 Z 27 UStG"))
    return taxes


def _reasoned(category: TaxCategory, rate: Decimal | None) -> Tax:
    return Tax(category=category, rate=rate, reason=REASONS["en"][category], reason_code=REASON_CODES[category])


def _line(random: Random, identifier: str, tax: Tax, currency: str) -> DraftLine:
    price = Decimal(random.randrange(0, 30_000_000)).scaleb(-random.choice([0, 2, 2, 2, 4, 6]))
    if random.random() < 0.6:
        told = quantity_of(random.choice([0, 1, 7, 15, 20, 45, 100, 125, 6000]))
        quantity, unit, price_quantity = told.quantity, told.unit, told.price_quantity
    else:
        quantity = Decimal(random.randrange(-5_000, 90_000)).scaleb(-random.choice([0, 1, 2, 3]))
        unit, price_quantity = random.choice(list(Unit)), Decimal(random.choice([1, 1, 7, 60, 100]))
    covered = random.random() < 0.2
    first = dt.date(2026, 3, 1) + dt.timedelta(days=random.randrange(30))
    return DraftLine(
        id=identifier,
        name=random.choice(WORDS),
        quantity=quantity,
        unit=unit,
        price=Decimal(0) if covered else price,
        gross_price=price if covered or random.random() < 0.1 else None,
        price_quantity=price_quantity,
        tax=tax,
        description=_maybe(random),
        note=_maybe(random),
        ticket=_maybe(random),
        order_line=_maybe(random),
        attributes=tuple((random.choice(WORDS), random.choice(WORDS)) for _ in range(random.randrange(3))),
        period=Period(first=first, last=first) if random.random() < 0.5 else None,
        adjustments=tuple(_adjustment(random, currency) for _ in range(random.choice([0, 0, 0, 1, 2]))),
    )


def _adjustment(random: Random, currency: str) -> Adjustment:
    return Adjustment(amount=_money(random, currency, 90), reason=random.choice(WORDS), charge=random.random() < 0.5)


def _money(random: Random, currency: str, most: int) -> Decimal:
    decimals = CURRENCIES[currency]
    return Decimal(random.randrange(most * 10**decimals)).scaleb(-decimals)


def _party(random: Random, country: str, vat_id: str, outside: bool) -> Party:
    return Party(
        name=random.choice(WORDS),
        address=Address(
            country=country,
            street=_maybe(random),
            additional=_maybe(random),
            third_line=_maybe(random),
            city=_maybe(random),
            post_code=_maybe(random),
            region=_maybe(random),
        ),
        trading_name=_maybe(random),
        identifier=_maybe(random),
        registration=_maybe(random),
        vat_id="" if outside else vat_id,
        tax_number=_maybe(random) if country == "AT" else "",
        legal_note=_maybe(random) if country == "AT" else "",
        electronic_address="x@y.example" if random.random() < 0.5 else "",
        contact=Contact(name=_maybe(random), telephone=_maybe(random), email=_maybe(random)),
    )


def _preceding(random: Random, issued: dt.date) -> Preceding:
    return Preceding(number=f"R-{random.randrange(9999)}", issue_date=issued if random.random() < 0.5 else None)


def _balance(random: Random) -> Balance:
    return Balance(
        contract=random.choice(WORDS),
        unit=random.choice(["hours", "EUR"]),
        bought=Decimal(20),
        used_before=Decimal("1.25"),
        used_now=Decimal("0.5"),
        left=Decimal("18.25"),
        until=dt.date(2027, 1, 1) if random.random() < 0.5 else None,
    )


def _maybe(random: Random) -> str:
    return random.choice(WORDS) if random.random() < 0.5 else ""
