"""The invoice document: one value that holds all that is sent, in the terms of EN 16931 (BT and BG numbers).

A `Draft` is what a bill or a person says; an `Invoice` is the same with every sum that follows from it
(`completion.completed`). The event `invoice_issued` stores `Invoice.to_dict()` whole: whatever was sent can be rendered
again from the ledger alone. All texts may come from outside: whoever renders one escapes it. There is no field for
anything internal, so that nothing internal can be sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from callout.worklog.invoice.codec import decoded, encoded
from callout.worklog.invoice.parties import Party, Payment

NO_PAYMENT = Payment()


class InvoiceType(StrEnum):
    """BT-3, from UNTDID 1001. In a credit note what is given back is positive: the type says the direction."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


class Unit(StrEnum):
    """BT-130, from UN/ECE Recommendation 20."""

    HOUR = "HUR"
    MINUTE = "MIN"
    PIECE = "C62"
    MONTH = "MON"
    KILOMETRE = "KMT"


class TaxCategory(StrEnum):
    """BT-151, BT-118: the duty's category, from UNTDID 5305."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """What is taxed how. `rate` is percent (BT-152), None only outside the scope of VAT.

    `reason` (BT-120) and `reason_code` (BT-121, list VATEX) say why there is no tax; categories S and Z have none.
    """

    category: TaxCategory
    rate: Decimal | None
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first day to the last one, both included: BG-14 of the invoice, BG-26 of a line."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Taken off (allowance) or put on (`charge`), not negative, before tax.

    Of a line: BG-27, BG-28, and `tax` is None since it is the line's. Of the document: BG-20, BG-21, with its own
    `tax`. `amount` has no more decimals than the currency.
    """

    amount: Decimal
    reason: str
    charge: bool = False
    tax: Tax | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line without its amount (BG-25).

    `id` BT-126 · `name` BT-153 · `description` BT-154 · `note` BT-127: why it is charged, or not · `quantity` BT-129 of
    `unit` BT-130 · `price` BT-146 for each `price_quantity` (BT-149) of that unit, without tax; not negative ·
    `gross_price` BT-148: what it costs otherwise, where `price` is less: covered work has price 0 ·
    `order_line` BT-132 · `ticket` BT-128 · `attributes` BG-32: name and value.
    """

    id: str
    name: str
    quantity: Decimal
    price: Decimal
    tax: Tax
    unit: Unit = Unit.HOUR
    price_quantity: Decimal = Decimal(1)
    gross_price: Decimal | None = None
    description: str = ""
    note: str = ""
    period: Period | None = None
    adjustments: tuple[Adjustment, ...] = ()
    order_line: str = ""
    ticket: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(DraftLine):
    """A line with `net_amount` (BT-131): quantity × price ÷ price quantity, rounded, less allowances, plus charges."""

    net_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """An invoice that this one corrects (BG-3): its number (BT-25) and date (BT-26)."""

    number: str
    issue_date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left of something bought beforehand. `unit` is `hours` or a currency. Not of EN 16931: told as a note."""

    contract: str
    unit: str
    bought: Decimal
    used_before: Decimal
    used_now: Decimal
    left: Decimal
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """All of one category and rate (BG-23): `taxable` BT-116, `amount` BT-117."""

    tax: Tax
    taxable: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22. `lines` BT-106, `allowances` BT-107, `charges` BT-108, `net` BT-109, `tax` BT-110, `gross` BT-112,
    `paid` BT-113, `rounding` BT-114, `due` BT-115."""

    lines: Decimal
    allowances: Decimal
    charges: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    rounding: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An invoice without its sums.

    `number` BT-1 · `issue_date` BT-2 · `type` BT-3 · `currency` BT-5 · `due_date` BT-9 · `buyer_reference` BT-10 ·
    `project` BT-11 · `contract` BT-12 · `order_reference` BT-13 · `payment_terms` BT-20 · `notes` BT-22 ·
    `preceding` BG-3 · `delivery_date` BT-72 and `delivery_country` BT-80 (both for category K) · `period` BG-14 ·
    `adjustments` BG-20, BG-21 · `paid` BT-113 · `rounding` BT-114. `language` is how people are told, like de_AT.
    """

    number: str
    issue_date: dt.date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[DraftLine, ...]
    type: InvoiceType = InvoiceType.INVOICE
    due_date: dt.date | None = None
    payment: Payment = NO_PAYMENT
    payment_terms: str = ""
    buyer_reference: str = ""
    order_reference: str = ""
    contract: str = ""
    project: str = ""
    preceding: tuple[Preceding, ...] = ()
    notes: tuple[str, ...] = ()
    period: Period | None = None
    delivery_date: dt.date | None = None
    delivery_country: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    paid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    balances: tuple[Balance, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Draft):
    """A draft with its sums: `lines` have amounts, `taxes` is BG-23 by category and rate, `totals` BG-22."""

    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    totals: Totals

    def to_dict(self) -> dict[str, Any]:
        """JSON-able and complete: dates as YYYY-MM-DD, decimals as text. `from_dict` gives the same value back."""
        return dict(encoded(self))

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Invoice:
        """The invoice that `to_dict` wrote. Raises BadInput naming the key that is missing, unknown or wrong."""
        return decoded(cls, stored, "invoice")
