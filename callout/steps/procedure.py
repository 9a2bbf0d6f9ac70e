"""What the document of our own procedures is made from: the policy, this year's holidays, the products' ports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import get_args
from zoneinfo import ZoneInfo

from access_check.profile import AccessProfile, Product, access_profile
from access_check.requirements import PRODUCT_NAMES, ssh_ports
from callout.errors import BadInput
from callout.inventory import Inventory, System
from callout.policy.public_holidays import holidays_of, unknown_place
from callout.views.procedure import Facts, Procedure, ProductPorts, procedure


def procedure_of(inventory: Inventory, now: dt.datetime, *, customer: str = "", language: str = "") -> Procedure:
    """The document, for everybody or for one customer; `now` is aware.

    Raises BadInput for an unknown customer, or for holidays of a place that nobody knows.
    """
    policy = inventory.policy
    today = now.astimezone(ZoneInfo(policy.hours.opens_zone)).date()
    who = inventory.customer(customer) if customer else None
    ports = _ports_of_products() if who is None else _ports_of_systems(inventory, who.id)
    facts = Facts(policy=policy, today=today, ports=ports, holidays=_holidays(inventory, today.year), customer=who)
    return procedure(facts, language)


def _holidays(inventory: Inventory, year: int) -> Mapping[dt.date, str]:
    """Of all places together; a day that has several names has the first place's."""
    found: dict[dt.date, str] = {}
    for place in inventory.policy.hours.holidays:
        if why := unknown_place(place.country, place.subdivision):
            raise BadInput(f"callout_policy.hours.holidays: {why}.", "Write ISO 3166 codes, like country: AT.")
        for day, name in holidays_of(place.country, place.subdivision, year).items():
            found.setdefault(day, name)
    return found


def _ports_of_products() -> tuple[ProductPorts, ...]:
    """As the published procedure has them."""
    profiles = [access_profile(product) for product in get_args(Product)]
    return tuple(_ports(PRODUCT_NAMES[one.product], one, one.ssh_ports) for one in profiles)


def _ports_of_systems(inventory: Inventory, customer: str) -> tuple[ProductPorts, ...]:
    """As they are at the customer's own systems, which may have others."""
    systems = [system for system in inventory.systems.values() if system.customer.id == customer]
    return tuple(_ports(_named(one), one.target.profile, ssh_ports(one.target)) for one in systems)


def _named(system: System) -> str:
    return f"{system.name} ({PRODUCT_NAMES[system.product]})"


def _ports(shown: str, profile: AccessProfile, ssh: tuple[int, ...]) -> ProductPorts:
    pages = profile.web.items()
    wizard = {page.port for name, page in pages if name == "wizard"}
    gui = {page.port for name, page in pages if name != "wizard"}
    # A port that is listed and belongs to no page we know is named with the web's: it must be open all the same.
    other = set(profile.tcp_ports) - wizard - set(ssh) - set(profile.ssh_ports) - {profile.work_port}
    return ProductPorts(shown, tuple(sorted(gui | other)), tuple(sorted(wizard)), tuple(sorted(set(ssh))))
