"""What an invoice comes to: by hand, at the edges of rounding, and what stops it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from callout.errors import BadInput
from callout.views.invoice.cii import cii
from callout.views.invoice.ubl import ubl
from callout.worklog.invoice.completion import completed, line_amount, rounded
from callout.worklog.invoice.document import (
    Adjustment,
    DraftLine,
    InvoiceType,
    Period,
    Tax,
    TaxCategory,
    Unit,
)
from callout.worklog.invoice.quantities import quantity_of
from tests.unit.worklog.invoice.sample_invoices import (
    BUYER,
    PAYMENT,
    SELLER,
    STANDARD,
    abroad,
    credit_note,
    draft,
    month,
    worked,
)

REVERSE = Tax(category=TaxCategory.REVERSE_CHARGE, rate=Decimal(0), reason="Reverse charge")
OUTSIDE = Tax(category=TaxCategory.OUTSIDE_SCOPE, rate=None, reason="Not subject to VAT")


def test_the_month_by_hand():
    invoice = month()
    assert [str(line.net_amount) for line in invoice.lines] == ["0.00", "152.00", "432.00", "360.00", "43.00"]
    assert (str(invoice.totals.net), str(invoice.totals.tax), str(invoice.totals.due)) == (
        "987.00",
        "197.40",
        "1184.40",
    )


def test_allowances_charges_and_what_is_paid_already():
    totals = abroad().totals
    assert str(totals.lines) == "258.83"  # 100 min × 101.30 = 168.83, 45 min × 120 = 90.00
    assert (str(totals.allowances), str(totals.charges), str(totals.net)) == ("12.50", "30.00", "276.33")
    assert (str(totals.tax), str(totals.gross), str(totals.due)) == ("0.00", "276.33", "176.33")


def test_tax_is_rounded_once_for_each_rate_and_not_line_by_line():
    ten = replace(STANDARD, rate=Decimal(10))
    lines = [
        DraftLine(id=str(number), name="x", quantity=Decimal(1), price=Decimal("0.03"), tax=tax)
        for number, tax in enumerate([STANDARD, ten, STANDARD, ten, STANDARD])
    ]
    taxes = {one.tax.rate: (str(one.taxable), str(one.amount)) for one in month(lines=tuple(lines)).taxes}
    assert taxes == {Decimal(10): ("0.06", "0.01"), Decimal(20): ("0.09", "0.02")}


@pytest.mark.parametrize(
    ("currency", "amount", "is_"),
    [("EUR", "0.005", "0.01"), ("EUR", "0.0049", "0.00"), ("EUR", "-0.005", "-0.01"), ("EUR", "-0.001", "0.00"),
     ("JPY", "0.5", "1"), ("JPY", "1.49", "1"), ("EUR", "123456789012345678.125", "123456789012345678.13")],
)  # fmt: skip
def test_amounts_are_rounded_half_up_at_the_currencys_decimals(currency: str, amount: str, is_: str):
    assert str(rounded(Decimal(amount), currency)) == is_


@pytest.mark.parametrize("minutes", range(121))
def test_minutes_become_a_quantity_that_gives_the_amount_to_the_cent(minutes: int):
    told = quantity_of(minutes)
    line = worked("1", 1, "x", minutes, "96.01")
    assert line_amount(line, "EUR") == rounded(Decimal(minutes) * Decimal("96.01") / 60, "EUR")
    assert told.unit is Unit.MINUTE or told.quantity == round(told.quantity, 2)


def test_the_order_of_lines_changes_no_sum():
    first, second = draft(), draft()
    turned = completed(replace(second, lines=tuple(reversed(second.lines))))
    assert (turned.totals, turned.taxes) == (completed(first).totals, completed(first).taxes)


def test_reasons_of_one_category_are_told_together():
    taxes = [Tax(category=TaxCategory.EXEMPT, rate=Decimal(0), reason=why) for why in ("§ 6 A", "§ 6 B", "§ 6 A")]
    lines = tuple(worked(str(place), 1, "x", 60, "10", tax=tax) for place, tax in enumerate(taxes))
    (only,) = month(lines=lines).taxes
    assert (only.tax.reason, only.tax.reason_code) == ("§ 6 A · § 6 B", "")


LINE = worked("1", 1, "x", 60, "10")
SMALL = Adjustment(amount=Decimal("0.001"), reason="x", tax=STANDARD)
MISSING: list[tuple[dict[str, Any], str]] = [
    ({"number": " "}, "number"),
    ({"currency": "XXQ"}, "no currency of ISO 4217"),
    ({"currency": "KWD"}, "more than the 2 decimals"),
    ({"lines": ()}, "no line"),
    ({"due_date": None}, "due date (BT-9) nor payment terms"),
    ({"due_date": dt.date(2026, 3, 1)}, "due (BT-9) before"),
    ({"payment": replace(PAYMENT, iban="")}, "account (BT-84)"),
    ({"type": InvoiceType.CREDIT_NOTE}, "which invoice it corrects"),
    ({"period": Period(first=dt.date(2026, 3, 2), last=dt.date(2026, 3, 1))}, "a period ends"),
    ({"paid": Decimal("0.001")}, "BT-113) has more decimals than EUR"),
    ({"rounding": Decimal("NaN")}, "BT-114) is no number"),
    ({"seller": replace(SELLER, name="")}, "the seller has no name"),
    ({"buyer": replace(BUYER, name="\t ")}, "the buyer has no name"),
    ({"buyer": replace(BUYER, address=replace(BUYER.address, country="EU"))}, "country of the buyer is 'EU'"),
    ({"seller": replace(SELLER, vat_id="12345678")}, "VAT id of the seller is none"),
    ({"seller": replace(SELLER, vat_id="", registration="", tax_number="1")}, "no identifier, registration or VAT id"),
    ({"seller": replace(SELLER, vat_id="")}, "neither VAT id (BT-31) nor tax number"),
    ({"lines": (LINE, LINE)}, "two lines are called '1'"),
    ({"lines": (replace(LINE, id=""),)}, "no id (BT-126)"),
    ({"lines": (replace(LINE, name=" "),)}, "does not say what was done"),
    ({"lines": (replace(LINE, price=Decimal(-1)),)}, "price of line '1' is negative"),
    ({"lines": (replace(LINE, quantity=Decimal("Infinity")),)}, "quantity of line '1' is no number"),
    ({"lines": (replace(LINE, price_quantity=Decimal(0)),)}, "quantity of zero"),
    ({"lines": (replace(LINE, gross_price=Decimal(9)),)}, "gross price of line '1' is less"),
    ({"lines": (replace(LINE, adjustments=(SMALL,)),)}, "more decimals than EUR"),
    ({"lines": (replace(LINE, adjustments=(replace(SMALL, amount=Decimal(1)),)),)}, "taxed as the line is"),
    ({"adjustments": (Adjustment(amount=Decimal(1), reason=""),)}, "has no reason"),
    ({"adjustments": (Adjustment(amount=Decimal(1), reason="x"),)}, "how it is taxed"),
    ({"lines": (replace(LINE, tax=replace(STANDARD, rate=Decimal(0))),)}, "standard rate (S) has no percentage"),
    ({"lines": (replace(LINE, tax=replace(REVERSE, rate=Decimal(20))),)}, "AE has the rate 0"),
    ({"lines": (replace(LINE, tax=replace(OUTSIDE, rate=Decimal(0))),)}, "(O) has no rate"),
    ({"lines": (replace(LINE, tax=replace(REVERSE, reason=""),),)}, "AE needs a reason"),
    ({"lines": (replace(LINE, tax=replace(STANDARD, reason="x")),)}, "S has no reason to give"),
    ({"lines": (replace(LINE, tax=OUTSIDE),)}, "no VAT id may be told"),
    ({"lines": (LINE, replace(LINE, id="2", tax=OUTSIDE))}, "cannot stand beside anything else"),
    ({"lines": (replace(LINE, tax=REVERSE),), "buyer": replace(BUYER, vat_id="")}, "which reverse charge needs"),
    ({"lines": (replace(LINE, tax=replace(REVERSE, category=TaxCategory.INTRA_COMMUNITY)),)}, "which country it went"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), MISSING, ids=[said for _, said in MISSING])
def test_what_is_missing_is_named_in_one_sentence(changes: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=re.escape(said)) as caught:
        month(**changes)
    assert caught.value.message.count("\n") == 0
    assert caught.value.hint


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(BadInput) as caught:
        month(number="", currency="??", lines=(replace(LINE, name=""),))
    assert "no number" in caught.value.message
    assert "ISO 4217" in caught.value.message
    assert "what was done" in caught.value.message


def test_services_are_delivered_when_their_period_ends():
    assert month(delivery_date=None).delivery_date == dt.date(2026, 3, 31)
    assert month(delivery_date=None, period=None).delivery_date == dt.date(2026, 3, 22)
    lines = tuple(replace(line, period=None) for line in draft().lines)
    bare = month(delivery_date=None, period=None, lines=lines)
    assert bare.delivery_date == bare.issue_date


def test_no_element_is_empty():
    """PEPPOL-EN16931-R008: also where a schema wants an element and there is nothing to say in it."""
    lines = tuple(replace(line, period=None) for line in draft().lines)
    bare = month(delivery_date=None, period=None, lines=lines, order_reference="", contract="", notes=())
    for invoice in (month(), credit_note(), abroad(), bare):
        for form in (cii, ubl):
            elements = ElementTree.fromstring(form(invoice)).iter()
            assert not [one.tag for one in elements if not len(one) and not (one.text or "").strip()]
