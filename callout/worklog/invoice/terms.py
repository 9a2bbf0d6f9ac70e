"""What the inventory says of an invoice before anything is billed: parties, account, tax, terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.worklog.invoice.document import Tax, TaxCategory
from callout.worklog.invoice.parties import Address, Contact, Party, Payment

if TYPE_CHECKING:
    from callout.inventory.invoicing import BankAccount, ContactPoint, CustomerInvoicing, PostalAddress, Seller, TaxRule
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy

CATEGORIES: Mapping[str, TaxCategory] = {
    "standard": TaxCategory.STANDARD,
    "zero": TaxCategory.ZERO,
    "exempt": TaxCategory.EXEMPT,
    "reverse_charge": TaxCategory.REVERSE_CHARGE,
    "intra_community": TaxCategory.INTRA_COMMUNITY,
    "export": TaxCategory.EXPORT,
    "outside_scope": TaxCategory.OUTSIDE_SCOPE,
}
# Codes of the list VATEX; an exemption has as many as there are laws, and is told by its reason.
REASON_CODES: Mapping[TaxCategory, str] = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.OUTSIDE_SCOPE: "VATEX-EU-O",
}
# What the directive 2006/112/EC wants to be read on the invoice, in its own words where it has them (Article 226).
REASONS: Mapping[str, Mapping[TaxCategory, str]] = {
    "en": {
        TaxCategory.REVERSE_CHARGE: "Reverse charge",
        TaxCategory.INTRA_COMMUNITY: "Intra-community supply",
        TaxCategory.EXPORT: "Export outside the EU",
        TaxCategory.OUTSIDE_SCOPE: "Not subject to VAT",
    },
    "de": {
        TaxCategory.REVERSE_CHARGE: "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)",
        TaxCategory.INTRA_COMMUNITY: "Steuerfreie innergemeinschaftliche Lieferung",
        TaxCategory.EXPORT: "Steuerfreie Ausfuhrlieferung",
        TaxCategory.OUTSIDE_SCOPE: "Nicht steuerbar",
    },
    "fr": {
        TaxCategory.REVERSE_CHARGE: "Autoliquidation",
        TaxCategory.INTRA_COMMUNITY: "Livraison intracommunautaire",
        TaxCategory.EXPORT: "Exportation hors de l'UE",
        TaxCategory.OUTSIDE_SCOPE: "Hors du champ de la TVA",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that stands on an invoice before its lines. `payment` is without a reference."""

    seller: Party
    buyer: Party
    payment: Payment
    tax: Tax
    payment_days: int
    payment_terms: str
    notes: tuple[str, ...]
    order_reference: str
    buyer_reference: str
    contract: str
    delivery_country: str
    language: str


def terms_of(policy: Policy, customer: Customer) -> Terms:
    """The terms for this customer's invoices.

    Raises BadInput where the inventory does not say who sends or who receives them: without that there is no invoice.
    """
    if policy.invoicing is None:
        raise BadInput(
            "callout_policy.invoicing is missing: without a seller no invoice can be issued.",
            "Add it to group_vars/all/policy.yml; see inventory/example.",
        )
    if customer.invoicing is None:
        raise BadInput(
            f"callout_customer.invoicing of {customer.id} is missing: without a buyer no invoice can be issued.",
            f"Add it to group_vars/{customer.id}.yml; see inventory/example.",
        )
    ours, theirs = policy.invoicing, customer.invoicing
    language = theirs.language or customer.language
    tax = tax_of(theirs.tax or ours.tax, language)
    # Rule BR-O-02: outside the scope of VAT nobody's VAT id may be told.
    told = tax.category is not TaxCategory.OUTSIDE_SCOPE
    intra_community = tax.category is TaxCategory.INTRA_COMMUNITY
    return Terms(
        seller=_seller(ours.seller, told),
        buyer=_buyer(theirs, customer.name, told),
        payment=_payment(ours.bank, ours.seller.name, customer.currency),
        tax=tax,
        payment_days=ours.payment_days if theirs.payment_days is None else theirs.payment_days,
        payment_terms=ours.payment_terms,
        notes=ours.notes,
        order_reference=theirs.order_reference,
        buyer_reference=theirs.buyer_reference,
        contract=theirs.contract_reference,
        delivery_country=theirs.address.country if intra_community else "",
        language=language,
    )


def tax_of(rule: TaxRule, language: str) -> Tax:
    """The tax of a rule, its reason in the language where the rule names none (English where we have no words)."""
    category = CATEGORIES[rule.kind]
    words = REASONS.get(language[:2].lower(), REASONS["en"])
    rate = None if category is TaxCategory.OUTSIDE_SCOPE else rule.percent or Decimal(0)
    reason = rule.reason or words.get(category, "")
    return Tax(category=category, rate=rate, reason=reason, reason_code=REASON_CODES.get(category, ""))


def _seller(seller: Seller, told: bool) -> Party:
    return Party(
        name=seller.name,
        trading_name=seller.trading_name,
        registration=seller.registration,
        vat_id=seller.vat_id if told else "",
        tax_number=seller.tax_number,
        legal_note=seller.legal_note,
        electronic_address=seller.electronic_address,
        electronic_scheme=seller.electronic_scheme,
        address=_address(seller.address),
        contact=_contact(seller.contact),
    )


def _buyer(buyer: CustomerInvoicing, name: str, told: bool) -> Party:
    return Party(
        name=buyer.name or name,
        trading_name=buyer.trading_name,
        identifier=buyer.customer_number,
        registration=buyer.registration,
        vat_id=buyer.vat_id if told else "",
        electronic_address=buyer.electronic_address,
        electronic_scheme=buyer.electronic_scheme,
        address=_address(buyer.address),
        contact=_contact(buyer.contact),
    )


def _address(address: PostalAddress) -> Address:
    return Address(
        street=address.street,
        additional=address.additional,
        post_code=address.post_code,
        city=address.city,
        region=address.region,
        country=address.country,
    )


def _contact(contact: ContactPoint) -> Contact:
    return Contact(name=contact.name, telephone=contact.telephone, email=contact.email)


def _payment(account: BankAccount | None, seller: str, currency: str) -> Payment:
    """Where there is an account, a SEPA transfer (58) of euros or a transfer (30); else it is not defined (1)."""
    if account is None:
        return Payment()
    return Payment(
        means="58" if currency == "EUR" else "30",
        iban=account.iban,
        bic=account.bic,
        account_name=account.holder or seller,
        bank=account.bank,
    )
