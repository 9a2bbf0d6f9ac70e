"""Reads the inventory once and gives back validated customers and systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from access_check.errors import AccessCheckError
from access_check.inventory_source import RawSystem, read_inventory
from access_check.targets import SystemVariables, target_from_variables
from access_check.validation import validated
from callout.errors import BadInput
from callout.inventory.models import Customer, System
from callout.inventory.operation import OperatingProfile, operating_profile_values
from callout.inventory.policy import Policy
from callout.places import Places


@dataclass(frozen=True, slots=True)
class Inventory:
    """All systems, in the inventory's order, and their customers by id."""

    systems: Mapping[str, System]
    customers: Mapping[str, Customer]
    policy: Policy

    def system(self, name: str) -> System:
        """The system of that name. Raises BadInput naming those that there are."""
        if name not in self.systems:
            raise BadInput(f"There is no system {name!r} in the inventory.", _one_of(self.systems))
        return self.systems[name]

    def customer(self, identifier: str) -> Customer:
        """The customer of that id. Raises BadInput naming those that there are."""
        if identifier not in self.customers:
            raise BadInput(f"There is no customer {identifier!r} in the inventory.", _one_of(self.customers))
        return self.customers[identifier]


def load_inventory(places: Places, limit: str | None = None) -> Inventory:
    """The validated inventory of `places`. Raises BadInput naming file and key for the first thing wrong."""
    try:
        raws = read_inventory(places.inventory, limit)
    except AccessCheckError as error:
        raise BadInput(error.message, error.hint) from None
    systems = {raw.name: system_from_raw(raw, places.known_hosts) for raw in raws}
    customers: dict[str, Customer] = {}
    for system in systems.values():
        customers.setdefault(system.customer.id, system.customer)
    return Inventory(systems, customers, next(iter(systems.values())).policy)


def system_from_raw(raw: RawSystem, known_hosts: Path) -> System:
    """One validated system. Raises BadInput naming file and key."""
    try:
        target = target_from_variables(raw, known_hosts)
        own = SystemVariables.model_validate(raw.variables["callout_system"])
        operation = validated(
            OperatingProfile,
            operating_profile_values(own.product, {**own.operation, "asterisk": target.profile.asterisk}),
            key="callout_system.operation",
            owner=raw.name,
            origins=raw.origins,
            expected_file=f"host_vars/{raw.name}.yml",
        )
        customer = _customer(raw)
        policy = validated(
            Policy,
            raw.variables.get("callout_policy", {}),
            key="callout_policy",
            owner="the vendor",
            origins=raw.origins,
            expected_file="group_vars/all/policy.yml",
        )
    except AccessCheckError as error:
        raise BadInput(error.message, error.hint) from None
    return System(
        name=raw.name,
        customer=customer,
        target=target,
        operation=operation,
        policy=policy,
        origins=raw.origins,
    )


def _customer(raw: RawSystem) -> Customer:
    values = raw.variables.get("callout_customer")
    identifier = values.get("id") if isinstance(values, dict) else None
    customer = validated(
        Customer,
        values,
        key="callout_customer",
        owner=raw.name,
        origins=raw.origins,
        expected_file=f"group_vars/{raw.groups[0] if raw.groups else 'CUSTOMER'}.yml",
    )
    if identifier not in raw.groups:
        place = raw.origins.get("callout_customer.id", raw.name)
        raise BadInput(
            f"{place}: callout_customer.id is {identifier!r}, but {raw.name} is in no group of that name.",
            "A customer is an inventory group: name both alike.",
        )
    return customer


def _one_of(names: Mapping[str, object]) -> str:
    listed = ", ".join(list(names)[:8])
    return f"There are: {listed}{' …' if len(names) > 8 else ''}."
