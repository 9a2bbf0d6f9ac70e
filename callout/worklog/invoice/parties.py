"""Who sends an invoice, who receives it, and where the money goes: groups BG-4 to BG-9 and BG-16 of EN 16931."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: seller BG-5 (BT-35…BT-40, BT-162), buyer BG-8 (BT-50…BT-55, BT-163).

    `country` is the code of ISO 3166-1 with two letters; it is the only part that the standard demands.
    """

    country: str
    street: str = ""
    additional: str = ""
    third_line: str = ""
    city: str = ""
    post_code: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask: seller BG-6 (BT-41…BT-43), buyer BG-9 (BT-56…BT-58)."""

    name: str = ""
    telephone: str = ""
    email: str = ""


NO_CONTACT = Contact()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4) or buyer (BG-7).

    | field | seller | buyer | |
    |---|---|---|---|
    | `name` | BT-27 | BT-44 | legal name |
    | `trading_name` | BT-28 | BT-45 | |
    | `identifier` | BT-29 | BT-46 | how the other one calls it, like a customer number |
    | `registration` | BT-30 | BT-47 | in the register of companies |
    | `vat_id` | BT-31 | BT-48 | with the country's prefix, like ATU12345678 |
    | `tax_number` | BT-32 | – | at the local tax office |
    | `legal_note` | BT-33 | – | what the law wants on a letter: court, capital, directors |
    | `electronic_address`, `electronic_scheme` | BT-34 | BT-49 | scheme from the list EAS; EM is e-mail |
    """

    name: str
    address: Address
    trading_name: str = ""
    identifier: str = ""
    registration: str = ""
    vat_id: str = ""
    tax_number: str = ""
    legal_note: str = ""
    electronic_address: str = ""
    electronic_scheme: str = "EM"
    contact: Contact = NO_CONTACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How it is paid (BG-16, BG-17).

    `means` BT-81, of UNTDID 4461: 58 SEPA credit transfer, 30 credit transfer, 1 not defined.
    `reference` BT-83 (what the payer writes), `iban` BT-84, `account_name` BT-85, `bic` BT-86; `bank` is for people.
    """

    means: str = "1"
    reference: str = ""
    iban: str = ""
    account_name: str = ""
    bic: str = ""
    bank: str = ""


def only_buyers(party: Party) -> Party:
    """The party without what EN 16931 has for sellers alone: a tax number (BT-32), a legal note (BT-33)."""
    return replace(party, tax_number="", legal_note="")
