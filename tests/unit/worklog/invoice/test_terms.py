"""From the inventory: who sends, who receives, how it is taxed; what is wrong there is named with its key."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from callout.errors import BadInput
from callout.inventory import Customer
from callout.inventory.invoicing import CustomerInvoicing, Invoicing
from callout.inventory.policy import Policy
from callout.policy.identifiers import is_bic, is_country, is_iban, is_vat_id
from callout.worklog.invoice.document import TaxCategory
from callout.worklog.invoice.terms import terms_of

SELLER = {"name": "Vendor", "address": {"country": "AT"}, "vat_id": "ATU 1234 5678", "registration": "FN 1"}
OURS = {"seller": SELLER, "bank": {"iban": "at61 1904 3002 3457 3201"}, "tax": {"kind": "standard", "percent": "20"}}
THEIRS = {"address": {"country": "DE"}, "vat_id": "DE123456789"}
CUSTOMER = {
    "id": "acme", "name": "ACME", "contract": "support", "registered_addresses": ["it@acme.example"],
    "time_zone": "Europe/Vienna", "language": "de", "currency": "EUR",
}  # fmt: skip


def terms(ours: Any = OURS, theirs: Any = THEIRS, **customer: Any) -> Any:
    policy = Policy.model_validate({"invoicing": ours})
    return terms_of(policy, Customer.model_validate({**CUSTOMER, "invoicing": theirs, **customer}))


def test_parties_account_and_tax():
    told = terms()
    assert (told.seller.vat_id, told.buyer.name, told.buyer.vat_id) == ("ATU12345678", "ACME", "DE123456789")
    assert (told.payment.means, told.payment.iban, told.payment.account_name) == (
        "58",
        "AT611904300234573201",
        "Vendor",
    )
    assert (told.tax.category, told.tax.rate, told.payment_days, told.language) == ("S", 20, 30, "de")


def test_a_customers_own_words_come_first():
    told = terms(theirs={**THEIRS, "tax": {"kind": "reverse_charge"}, "payment_days": 7, "language": "fr"})
    assert (told.tax.category, told.tax.reason, told.tax.reason_code) == ("AE", "Autoliquidation", "VATEX-EU-AE")
    assert (told.payment_days, told.language) == (7, "fr")


def test_a_transfer_of_another_currency_is_no_sepa_transfer():
    assert terms(currency="USD").payment.means == "30"
    assert terms({**OURS, "bank": None}).payment.means == "1"


def test_outside_the_scope_of_vat_nobodys_vat_id_is_told():
    told = terms(theirs={**THEIRS, "tax": {"kind": "outside_scope"}})
    assert (told.tax.rate, told.seller.vat_id, told.buyer.vat_id) == (None, "", "")


def test_an_intra_community_supply_says_where_it_went():
    told = terms(theirs={**THEIRS, "tax": {"kind": "intra_community"}})
    assert (told.delivery_country, told.tax.category) == ("DE", TaxCategory.INTRA_COMMUNITY)


@pytest.mark.parametrize(
    ("ours", "theirs", "who"), [(None, THEIRS, "callout_policy"), (OURS, None, "callout_customer")]
)
def test_without_a_seller_or_a_buyer_there_is_no_invoice(ours: Any, theirs: Any, who: str):
    with pytest.raises(BadInput, match=rf"{who}\.invoicing .*no invoice can be issued\.$"):
        terms(ours, theirs)


@pytest.mark.parametrize(
    ("model", "values", "said"),
    [
        (
            Invoicing,
            {**OURS, "seller": {**SELLER, "vat_id": "", "registration": ""}},
            "neither vat_id nor registration",
        ),
        (Invoicing, {**OURS, "seller": {**SELLER, "vat_id": "12345678"}}, "is no VAT id"),
        (Invoicing, {**OURS, "seller": {**SELLER, "name": " "}}, "pattern"),
        (Invoicing, {**OURS, "seller": {**SELLER, "address": {"country": "XX"}}}, "no country's code"),
        (Invoicing, {**OURS, "seller": {**SELLER, "address": {"country": False}}}, "Norway only in quotes"),
        (Invoicing, {**OURS, "bank": {"iban": "AT611904300234573202"}}, "check digits are wrong"),
        (Invoicing, {**OURS, "bank": {"iban": "AT611904300234573201", "bic": "x"}}, "is no BIC"),
        (Invoicing, {**OURS, "tax": {"kind": "standard"}}, "needs a percent above 0"),
        (Invoicing, {**OURS, "tax": {"kind": "zero", "percent": "5"}}, "has no percent"),
        (Invoicing, {**OURS, "tax": {"kind": "exempt"}}, "needs the reason"),
        (Invoicing, {**OURS, "tax": {"kind": "zero", "reason": "x"}}, "has no reason to give"),
        (Invoicing, {**OURS, "number_pattern": "{year}"}, "a pattern of numbers is like"),
        (Invoicing, {**OURS, "number_pattern": "{number}{number}"}, "a pattern of numbers is like"),
        (Invoicing, {**OURS, "number_pattern": "{number.__class__}"}, "a pattern of numbers is like"),
        (CustomerInvoicing, {"address": {"country": "DE"}, "tax": {"kind": "reverse_charge"}}, "customer's vat_id"),
        (CustomerInvoicing, {"address": {"country": "DE"}, "adress": 1}, "Extra inputs"),
    ],
)
def test_what_is_wrong_in_the_inventory_is_named(model: Any, values: Any, said: str):
    with pytest.raises(ValidationError, match=said):
        model.model_validate(values)


def test_identifiers():
    assert [is_iban(one) for one in ("AT611904300234573201", "AT611904300234573210", "", "AT61")] == [1, 0, 0, 0]
    assert [is_bic(one) for one in ("BKAUATWW", "BKAUATWWXXX", "BKAU", "bkauatww")] == [1, 1, 0, 0]
    assert [is_country(one) for one in ("AT", "1A", "EU", "XK", "at")] == [1, 1, 0, 0, 0]
    assert [is_vat_id(one) for one in ("ATU12345678", "EL123456789", "XX123", "AT", "AT1\n23")] == [1, 1, 0, 0, 0]
