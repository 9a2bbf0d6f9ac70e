"""What EN 16931 demands of an invoice, asked before anything is added up. Pure: a draft → sentences.

The official rules are run over the XML as well (`views/invoice/validation.py`). These are the ones that a person can
mend, said with the names that a person knows, and those that the arithmetic relies on.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import get_currency_precision, is_currency

from callout.policy.identifiers import is_country, is_vat_id
from callout.worklog.invoice.document import Adjustment, Draft, DraftLine, Tax, TaxCategory
from callout.worklog.invoice.parties import Party

# BR-DEC-*: amounts in an e-invoice have two decimals at most.
MOST_DECIMALS = 2
LARGEST = Decimal(10) ** 18
# Rules BR-AE-02, BR-IC-02, BR-G-02, BR-S-02, BR-E-02, BR-Z-02: whose identifiers there must be.
OF_SELLER = set(TaxCategory) - {TaxCategory.OUTSIDE_SCOPE}
VAT_ID_OF_SELLER = {TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT}
OF_BUYER = {TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY}
WITH_REASON = set(TaxCategory) - {TaxCategory.STANDARD, TaxCategory.ZERO}
TRANSFERS = {"30", "58"}


def demands(draft: Draft) -> list[str]:
    """Everything that is missing or impossible, the most important first; empty where the draft can be completed."""
    return [*_head(draft), *_parties(draft), *_lines(draft), *_taxes(draft)]


def _head(draft: Draft) -> Iterator[str]:
    if _blank(draft.number):
        yield "it has no number (BT-1)"
    if not is_currency(draft.currency):
        yield f"its currency (BT-5) is {draft.currency[:20]!r}, which is no currency of ISO 4217"
    elif get_currency_precision(draft.currency) > MOST_DECIMALS:
        yield f"amounts in {draft.currency} have more than the {MOST_DECIMALS} decimals that EN 16931 has room for"
    if not draft.lines:
        yield "it has no line (BG-25)"
    if draft.due_date is None and _blank(draft.payment_terms):
        yield "it has neither a due date (BT-9) nor payment terms (BT-20)"
    if draft.due_date is not None and draft.due_date < draft.issue_date:
        yield "it is due (BT-9) before it is issued (BT-2)"
    if draft.payment.means in TRANSFERS and _blank(draft.payment.iban):
        yield "it is paid by transfer, and the seller's account (BT-84) is missing"
    if draft.type == "381" and not draft.preceding:
        yield "it is a credit note and does not say which invoice it corrects (BT-25)"
    for period in (draft.period, *(line.period for line in draft.lines)):
        if period is not None and period.last < period.first:
            yield f"a period ends on {period.last} and begins on {period.first} (BT-73, BT-74)"
    for name, amount in (("what is paid (BT-113)", draft.paid), ("the rounding (BT-114)", draft.rounding)):
        yield from _usable(amount, name, negative=True)
        yield from _exact(amount, name, draft.currency)


def _parties(draft: Draft) -> Iterator[str]:
    for who, party, name in (("seller", draft.seller, "BT-27"), ("buyer", draft.buyer, "BT-44")):
        if _blank(party.name):
            yield f"the {who} has no name ({name})"
        if not is_country(party.address.country):
            yield f"the country of the {who} is {party.address.country[:20]!r}, which is no code of ISO 3166-1 like AT"
        if party.vat_id and not is_vat_id(party.vat_id):
            yield f"the VAT id of the {who} is none: it begins with a country's code, like ATU12345678 (BR-CO-09)"
    if not (draft.seller.identifier or draft.seller.registration or draft.seller.vat_id):
        yield "the seller has no identifier, registration or VAT id (BR-CO-26)"


def _lines(draft: Draft) -> Iterator[str]:
    seen: set[str] = set()
    for line in draft.lines:
        yield from _line(line, draft.currency)
        if line.id in seen:
            yield f"two lines are called {line.id[:40]!r} (BT-126)"
        seen.add(line.id)
    for one in draft.adjustments:
        yield from _adjustment(one, "an allowance or charge", draft.currency)
        if one.tax is None:
            yield "an allowance or charge of the whole invoice does not say how it is taxed (BT-95, BT-102)"


def _line(line: DraftLine, currency: str) -> Iterator[str]:
    which = f"line {line.id[:40]!r}"
    if _blank(line.id):
        yield "a line has no id (BT-126)"
    if _blank(line.name):
        yield f"{which} does not say what was done (BT-153)"
    yield from _usable(line.quantity, f"the quantity of {which}", negative=True)
    yield from _usable(line.price, f"the price of {which}")
    yield from _usable(line.price_quantity, f"the price's quantity of {which}")
    if line.price_quantity == 0:
        yield f"the price of {which} is for a quantity of zero (BT-149)"
    if line.gross_price is not None:
        yield from _usable(line.gross_price, f"the gross price of {which}")
        if line.gross_price < line.price:
            yield f"the gross price of {which} is less than its price (BT-148)"
    for one in line.adjustments:
        yield from _adjustment(one, f"an allowance or charge of {which}", currency)
        if one.tax is not None:
            yield f"an allowance or charge of {which} is taxed as the line is, and not by itself"


def _adjustment(one: Adjustment, which: str, currency: str) -> Iterator[str]:
    yield from _usable(one.amount, f"the amount of {which}")
    yield from _exact(one.amount, f"the amount of {which}", currency)
    if _blank(one.reason):
        yield f"{which} has no reason (BT-97, BT-104, BT-139, BT-144)"


def _taxes(draft: Draft) -> Iterator[str]:
    taxes = {line.tax for line in draft.lines} | {one.tax for one in draft.adjustments if one.tax is not None}
    categories = {tax.category for tax in taxes}
    for tax in sorted(taxes, key=lambda one: (one.category, one.rate or 0, one.reason)):
        yield from _tax(tax)
    yield from _identifiers(categories, draft.seller, draft.buyer)
    if TaxCategory.OUTSIDE_SCOPE in categories and len(categories) > 1:
        yield "what is outside the scope of VAT (O) cannot stand beside anything else (BR-O-11)"
    if TaxCategory.INTRA_COMMUNITY in categories and not draft.delivery_country:
        yield "an intra-community supply (K) has to say to which country it went (BT-80)"
    if TaxCategory.INTRA_COMMUNITY in categories and draft.delivery_date is None and draft.period is None:
        yield "an intra-community supply (K) has to say when it was made (BT-72 or BG-14)"


def _tax(tax: Tax) -> Iterator[str]:
    if tax.category is TaxCategory.STANDARD and not (tax.rate is not None and 0 < tax.rate <= 100):
        yield "the standard rate (S) has no percentage above zero (BR-S-05)"
    elif tax.category is TaxCategory.OUTSIDE_SCOPE and tax.rate is not None:
        yield "what is outside the scope of VAT (O) has no rate (BR-O-05)"
    elif tax.category not in (TaxCategory.STANDARD, TaxCategory.OUTSIDE_SCOPE) and tax.rate != 0:
        yield f"tax category {tax.category} has the rate 0, and no other"
    if tax.category in WITH_REASON and _blank(tax.reason) and not tax.reason_code:
        yield f"tax category {tax.category} needs a reason (BT-120)"
    if tax.category not in WITH_REASON and (tax.reason or tax.reason_code):
        yield f"tax category {tax.category} has no reason to give (BR-S-10, BR-Z-10)"


def _identifiers(categories: set[TaxCategory], seller: Party, buyer: Party) -> Iterator[str]:
    if categories & VAT_ID_OF_SELLER and not seller.vat_id:
        yield "the seller's VAT id (BT-31) is missing"
    elif categories & OF_SELLER and not (seller.vat_id or seller.tax_number):
        yield "the seller has neither VAT id (BT-31) nor tax number (BT-32)"
    if TaxCategory.INTRA_COMMUNITY in categories and not buyer.vat_id:
        yield "the buyer's VAT id (BT-48) is missing, which an intra-community supply needs"
    elif categories & OF_BUYER and not (buyer.vat_id or buyer.registration):
        yield "the buyer's VAT id (BT-48) is missing, which reverse charge needs"
    if TaxCategory.OUTSIDE_SCOPE in categories and (seller.vat_id or buyer.vat_id):
        yield "where all is outside the scope of VAT (O), no VAT id may be told (BR-O-02)"


def _usable(amount: Decimal, name: str, *, negative: bool = False) -> Iterator[str]:
    if not amount.is_finite() or abs(amount) >= LARGEST:
        yield f"{name} is no number that can be billed"
    elif amount < 0 and not negative:
        yield f"{name} is negative"


def _exact(amount: Decimal, name: str, currency: str) -> Iterator[str]:
    """An amount that is taken over as it stands cannot have parts of a cent: rounding it would change what was said."""
    exponent = amount.normalize().as_tuple().exponent
    if is_currency(currency) and isinstance(exponent, int) and -exponent > get_currency_precision(currency):
        yield f"{name} has more decimals than {currency} has"


def _blank(text: str) -> bool:
    return not text.strip()
