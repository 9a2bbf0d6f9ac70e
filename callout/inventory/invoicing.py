"""`callout_policy.invoicing` and `callout_customer.invoicing`: who sends and receives invoices, how they are taxed.

Both may be left out; then bills can be looked at, and no invoice can be issued. The fields are those of EN 16931.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from access_check.validation import Strict
from callout.policy.identifiers import is_bic, is_country, is_iban, is_vat_id


def _quoted(written: Any) -> Any:
    """YAML reads an unquoted 01067 as the number 567; a post code is no number."""
    if not isinstance(written, str):
        raise ValueError('is a text: write it in quotes, like "1010"')
    return written


Text = Annotated[str, BeforeValidator(_quoted), Field(max_length=1000)]
Line = Annotated[str, BeforeValidator(_quoted), Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Named = Annotated[
    str,
    BeforeValidator(_quoted),
    Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
]
TaxKind = Literal["standard", "zero", "exempt", "reverse_charge", "intra_community", "export", "outside_scope"]
WITH_VAT_ID_OF_BOTH = ("reverse_charge", "intra_community")


def _country(code: Any) -> Any:
    if code is False:
        raise ValueError('is Norway only in quotes, "NO": YAML reads it as no')
    if isinstance(code, str) and not is_country(code):
        raise ValueError("is no country's code of ISO 3166-1 (write it like AT)")
    return code


def _vat_id(written: str) -> str:
    vat_id = re.sub(r"\s", "", written)
    if vat_id and not is_vat_id(vat_id):
        raise ValueError("is no VAT id (write it with its country, like ATU12345678)")
    return vat_id


def _iban(written: str) -> str:
    account = re.sub(r"\s", "", written).upper()
    if not is_iban(account):
        raise ValueError("is no IBAN: its check digits are wrong")
    return account


def _bic(written: str) -> str:
    code = re.sub(r"\s", "", written).upper()
    if code and not is_bic(code):
        raise ValueError("is no BIC (write it like GIBAATWWXXX)")
    return code


Country = Annotated[str, BeforeValidator(_country)]
VatId = Annotated[str, AfterValidator(_vat_id)]


class PostalAddress(Strict):
    """Where somebody is. `country` is ISO 3166-1 with two letters."""

    street: Line = ""
    additional: Line = ""
    post_code: Line = ""
    city: Line = ""
    region: Line = ""
    country: Country


class ContactPoint(Strict):
    """Whom to ask about an invoice."""

    name: Line = ""
    telephone: Line = ""
    email: Line = ""


class Seller(Strict):
    """Who sends the invoices. At least one of `vat_id`, `registration`; `legal_note` is what the law wants on a letter.

    `electronic_address` is where e-invoices can be sent to, of `electronic_scheme` (list EAS; EM is e-mail).
    """

    name: Named
    trading_name: Line = ""
    address: PostalAddress
    vat_id: VatId = ""
    tax_number: Line = ""
    registration: Line = ""
    legal_note: Text = ""
    contact: ContactPoint = ContactPoint()
    electronic_address: Line = ""
    electronic_scheme: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,4}$")] = "EM"

    @model_validator(mode="after")
    def _known_to_somebody(self) -> Seller:
        if not (self.vat_id or self.registration):
            raise ValueError("has neither vat_id nor registration: one of them is needed (EN 16931, BR-CO-26)")
        return self


class BankAccount(Strict):
    """Where the money goes. `holder` is whose account it is, left out: the seller's."""

    iban: Annotated[str, AfterValidator(_iban)]
    bic: Annotated[str, AfterValidator(_bic)] = ""
    holder: Line = ""
    bank: Line = ""


class TaxRule(Strict):
    """How work is taxed. `standard` has a `percent`, all others none; `exempt` needs the `reason` that the law names.

    Others' reasons are the usual words in the invoice's language where `reason` is empty.
    """

    kind: TaxKind = "standard"
    percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)] | None = None
    reason: Line = ""

    @model_validator(mode="after")
    def _fits(self) -> TaxRule:
        if self.kind == "standard" and not self.percent:
            raise ValueError("kind standard needs a percent above 0, like '20'")
        if self.kind != "standard" and self.percent:
            raise ValueError(f"kind {self.kind} has no percent")
        if self.kind == "exempt" and not self.reason.strip():
            raise ValueError("kind exempt needs the reason, with the law that it rests on")
        if self.kind in ("standard", "zero") and self.reason.strip():
            raise ValueError(f"kind {self.kind} has no reason to give")
        return self


class Invoicing(Strict):
    """`callout_policy.invoicing`: the seller, and what holds for every customer that has nothing of its own.

    `number_pattern` makes the numbers: `{number}` counts without gaps, with `number_digits` digits at least, `{year}`
    is that of the invoice's date. `credit_note_pattern` likewise; left out, credit notes are in the same series.
    `payment_days` after its date an invoice is due; `payment_terms` is a sentence beside that. `notes` are on all.
    """

    seller: Seller
    bank: BankAccount | None = None
    tax: TaxRule
    number_pattern: Annotated[str, Field(max_length=40)] = "{year}-{number}"
    credit_note_pattern: Annotated[str, Field(max_length=40)] | None = None
    number_digits: Annotated[int, Field(ge=1, le=12)] = 4
    payment_days: Annotated[int, Field(ge=0, le=365)] = 30
    payment_terms: Text = ""
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _numbers(self) -> Invoicing:
        for pattern in filter(None, (self.number_pattern, self.credit_note_pattern)):
            rest = pattern.replace("{year}", "").replace("{number}", "", 1)
            if "{number}" not in pattern or not re.fullmatch(r"[A-Za-z0-9/_.-]*", rest):
                raise ValueError(f"a pattern of numbers is like 'R-{{year}}-{{number}}', not {pattern!r}")
        return self


class CustomerInvoicing(Strict):
    """`callout_customer.invoicing`: to whom a customer's invoices are made out.

    `name` is the legal name, left out: the customer's; `customer_number` how we call them; `order_reference` and
    `buyer_reference` what their book-keeping wants to see on every invoice; `contract_reference` the contract's name.
    `language` left out is the customer's. `tax` and `payment_days` stand in the place of the policy's.
    """

    name: Line = ""
    trading_name: Line = ""
    address: PostalAddress
    vat_id: VatId = ""
    registration: Line = ""
    customer_number: Line = ""
    order_reference: Line = ""
    buyer_reference: Line = ""
    contract_reference: Line = ""
    contact: ContactPoint = ContactPoint()
    electronic_address: Line = ""
    electronic_scheme: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,4}$")] = "EM"
    language: Annotated[str, Field(max_length=20)] = ""
    tax: TaxRule | None = None
    payment_days: Annotated[int, Field(ge=0, le=365)] | None = None

    @model_validator(mode="after")
    def _reverse_charge(self) -> CustomerInvoicing:
        if self.tax is not None and self.tax.kind in WITH_VAT_ID_OF_BOTH and not self.vat_id:
            raise ValueError(f"tax.kind {self.tax.kind} needs the customer's vat_id")
        return self
