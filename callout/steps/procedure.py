"""What the document of our own procedures is made from: the policy, this year's holidays, the products' ports."""

from __future__ import annotations

import datetime as dt
from typing import get_args
from zoneinfo import ZoneInfo

from access_check.profile import AccessProfile, Product, access_profile
from access_check.requirements import PRODUCT_NAMES, ssh_ports
from callout.inventory import Inventory, System
from callout.steps.calendar import holidays_for
from callout.views.procedure import Facts, Procedure, ProductPorts, procedure


def procedure_of(inventory: Inventory, now: dt.datetime, *, customer: str = "", language: str = "") -> Procedure:
    """The document, for everybody or for one customer; `now` is aware.

    Raises BadInput for an unknown customer, or for holidays of a place that nobody knows.
    """
    policy = inventory.policy
    today = now.astimezone(ZoneInfo(policy.hours.opens_zone)).date()
    who = inventory.customer(customer) if customer else None
    ports = _ports_of_products() if who is None else _ports_of_systems(inventory, who.id)
    known = holidays_for(policy.hours, today.year, today.year)
    holidays = {day: name for day, name in known.items() if day.year == today.year}
    facts = Facts(policy=policy, today=today, ports=ports, holidays=holidays, customer=who)
    return procedure(facts, language)


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
