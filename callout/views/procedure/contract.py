"""One customer's own words: what they have bought, by which ways they reach us, and what is on file for them."""

from __future__ import annotations

from collections.abc import Iterator

from callout.inventory.models import ChangeWindow, Customer
from callout.policy.hours import WEEKDAYS
from callout.views.procedure.model import Block, Part, Said, paragraph, points
from callout.views.procedure.telling import Teller

CUSTOMER = "callout_customer"


def contract_part(customer: Customer, teller: Teller) -> Part:
    """What is on file for this customer; neither PIN nor the names of those who may call."""
    return Part("contract", teller.words["contract"], tuple(_blocks(customer, teller)))


def _blocks(customer: Customer, teller: Teller) -> Iterator[Block]:
    yield paragraph(teller.say(f"contract {customer.contract}", f"{CUSTOMER}.contract"))
    yield paragraph(teller.say("channels", f"{CUSTOMER}.registered_addresses", f"{CUSTOMER}.emergency_phone"))
    yield points(*_channels(customer, teller))
    if asked := list(_callers(customer, teller)):
        yield paragraph(*asked)
    yield points(*_on_file(customer, teller))


def _channels(customer: Customer, teller: Teller) -> Iterator[Said]:
    addresses = ", ".join(customer.registered_addresses)
    yield teller.say("channel email", f"{CUSTOMER}.registered_addresses", addresses=addresses)
    yield teller.cite("channel chat", "tickets")
    name = "channel phone" if customer.emergency_phone else "no channel phone"
    yield teller.say(name, f"{CUSTOMER}.emergency_phone")


def _callers(customer: Customer, teller: Teller) -> Iterator[Said]:
    if customer.emergency_phone and customer.desk.callers:
        yield teller.say("callers", f"{CUSTOMER}.desk.callers", count=len(customer.desk.callers))
    if customer.emergency_phone and customer.desk.pin:
        yield teller.say("caller pin", f"{CUSTOMER}.desk.pin")


def _on_file(customer: Customer, teller: Teller) -> Iterator[Said]:
    yield teller.say("time zone", f"{CUSTOMER}.time_zone", zone=customer.time_zone)
    if customer.change_window:
        yield teller.say("change window", f"{CUSTOMER}.change_window", window=_window(customer.change_window, teller),
                         zone=customer.time_zone)  # fmt: skip
    if customer.holidays:
        place = "-".join(filter(None, [customer.holidays.country, customer.holidays.subdivision]))
        yield teller.say("customer holidays", f"{CUSTOMER}.holidays", place=place)
    if customer.contracts:
        named = teller.listed([f"{one.id} ({teller.words[f'kind {one.kind}']})" for one in customer.contracts])
        yield teller.say("paying contracts", f"{CUSTOMER}.contracts", contracts=named)
    yield teller.say("currency", f"{CUSTOMER}.currency", currency=customer.currency)


def _window(window: ChangeWindow, teller: Teller) -> str:
    span = teller.words["window span"].format(opens=f"{window.opens:%H:%M}", closes=f"{window.closes:%H:%M}")
    return f"{teller.days(window.days or WEEKDAYS)}, {span}"
