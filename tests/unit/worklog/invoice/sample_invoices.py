"""Invoices to look at: a month as one would send it, its credit note, one abroad."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from callout.worklog.invoice.completion import completed
from callout.worklog.invoice.document import (
    Adjustment,
    Balance,
    Draft,
    DraftLine,
    Invoice,
    InvoiceType,
    Period,
    Preceding,
    Tax,
    TaxCategory,
    Unit,
)
from callout.worklog.invoice.parties import Address, Contact, Party, Payment
from callout.worklog.invoice.quantities import quantity_of

STANDARD = Tax(category=TaxCategory.STANDARD, rate=Decimal(20))
SELLER = Party(
    name="Practice Vendor GmbH",
    address=Address(country="AT", street="Übungsgasse 7", post_code="1030", city="Wien"),
    registration="FN 123456 a",
    vat_id="ATU12345678",
    legal_note="Handelsgericht Wien · Geschäftsführung: Jana Übung",
    electronic_address="rechnung@practice.example",
    contact=Contact(name="Buchhaltung", telephone="+43 1 000 10 20", email="rechnung@practice.example"),
)
BUYER = Party(
    name="ACME Telephony GmbH",
    address=Address(country="AT", street="Hauptstraße 12", post_code="1010", city="Wien"),
    vat_id="ATU87654321",
    identifier="K-1001",
)
PAYMENT = Payment(
    means="58", iban="AT611904300234573201", bic="BKAUATWW", account_name="Practice Vendor GmbH", bank="Practice Bank",
    reference="2026-0042",
)  # fmt: skip


def day(number: int) -> dt.date:
    """A day of March 2026."""
    return dt.date(2026, 3, number)


def worked(identifier: str, date: int, name: str, minutes: int, rate: str, **more: Any) -> DraftLine:
    """A line of work; `covered=True` shows it at zero."""
    told = quantity_of(minutes)
    covered = more.pop("covered", False)
    return DraftLine(
        id=identifier,
        name=name,
        quantity=told.quantity,
        unit=told.unit,
        price_quantity=told.price_quantity,
        price=Decimal(0) if covered else Decimal(rate),
        gross_price=Decimal(rate) if covered else None,
        period=Period(first=day(date), last=day(date)),
        **{"tax": STANDARD, **more},
    )


def draft(**changes: Any) -> Draft:
    """March 2026 of a customer with contract: covered work, work that is charged, an emergency, a quote, a trip."""
    lines = (
        worked("1", 3, "Wartungslauf acme-pbx1", 45, "96.00", covered=True, ticket="T-1017",
               note="Vom Wartungsvertrag gedeckt.", attributes=(("Einsatz", "CO-0012"),)),
        worked("2", 9, "Fehlersuche: Durchwahlen klingeln nicht", 95, "96.00", ticket="T-1021",
               description="Eine Regel im Router hatte die Pakete verworfen; mit Ihrer IT richtiggestellt.",
               note="Wartung bei Supportvertrag; der Kunde hat der Verrechnung zugestimmt.",
               attributes=(("Einsatz", "CO-0014"), ("System", "acme-pbx1"))),
        worked("3", 14, "Notfall am Samstag: 60 % der Gespräche kamen nicht durch", 135, "192.00", ticket="T-1030",
               note="Notfall außerhalb der Stunden: doppelter Satz.", attributes=(("Einsatz", "CO-0017"),)),
        worked("4", 22, "Anpassung der Ansage, Entwicklung", 200, "120.00", ticket="T-1044", order_line="2",
               note="Angebot Q-0004, angenommen mit PO-2026-117.",
               adjustments=(Adjustment(amount=Decimal("40.00"), reason="Obergrenze des Angebots"),)),
        DraftLine(id="5", name="Fahrt nach Wien und zurück", quantity=Decimal(86), unit=Unit.KILOMETRE,
                  price=Decimal("0.50"), tax=STANDARD, period=Period(first=day(14), last=day(14))),
    )  # fmt: skip
    own: dict[str, Any] = {
        "number": "2026-0042",
        "issue_date": dt.date(2026, 4, 1),
        "due_date": dt.date(2026, 4, 15),
        "currency": "EUR",
        "seller": SELLER,
        "buyer": BUYER,
        "lines": lines,
        "language": "de_AT",
        "order_reference": "PO-2026-117",
        "contract": "Wartung 2026",
        "period": Period(first=day(1), last=day(31)),
        "delivery_date": day(31),
        "payment": PAYMENT,
        "balances": (
            Balance(
                contract="Stundenblock 2026",
                unit="hours",
                bought=Decimal(20),
                used_before=Decimal("12.5"),
                used_now=Decimal("0.75"),
                left=Decimal("6.75"),
                until=dt.date(2026, 12, 31),
            ),
        ),
        "notes": ("Verrechnet wird je Eintrag in angefangenen Schritten von 15 Minuten.",),
    }
    return Draft(**{**own, **changes})


def month(**changes: Any) -> Invoice:
    """The month, completed."""
    return completed(draft(**changes))


def credit_note() -> Invoice:
    """Takes back the emergency's line."""
    lines = (worked("1", 14, "Notfall am Samstag: nur einfacher Satz vereinbart", 135, "96.00", ticket="T-1030"),)
    return month(
        number="2026-0043",
        type=InvoiceType.CREDIT_NOTE,
        lines=lines,
        preceding=(Preceding(number="2026-0042", issue_date=dt.date(2026, 4, 1)),),
        issue_date=dt.date(2026, 4, 20),
        due_date=dt.date(2026, 5, 4),
        balances=(),
        notes=(),
    )


def abroad() -> Invoice:
    """A German customer in English: reverse charge, two kinds of discount, something paid in advance."""
    reverse = Tax(
        category=TaxCategory.REVERSE_CHARGE, rate=Decimal(0), reason="Reverse charge", reason_code="VATEX-EU-AE"
    )
    buyer = replace(
        BUYER,
        name="Globex GmbH & Co <KG>",
        vat_id="DE123456789",
        identifier="",
        address=Address(country="DE", street="Ring 1", post_code="10115", city="Berlin"),
    )
    lines = (
        worked("1", 4, "Maintenance of globex-sw1", 100, "101.30", tax=reverse),
        worked("2", 5, "Custom patch", 45, "120.00", tax=reverse, note="Quote Q-0007."),
    )
    discount = Adjustment(amount=Decimal("12.50"), reason="Loyalty discount", tax=reverse)
    express = Adjustment(amount=Decimal("30.00"), reason="Express", charge=True, tax=reverse)
    return month(
        buyer=buyer, lines=lines, language="en_GB", adjustments=(discount, express), paid=Decimal("100.00"),
        buyer_reference="04011000-12345-03", project="Migration", balances=(),
        notes=("Time is billed in started steps of 5 minutes.",),
    )  # fmt: skip
