"""How all systems stand by what the ledger says; asks nothing of any system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callout.drift.scope import drift_policy_of
from callout.steps.waivers import waivers_of
from callout.views.drift_fleet import FleetRow, Watched, fleet_rows

if TYPE_CHECKING:
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context


def fleet(context: Context, inventory: Inventory, customer: str = "") -> tuple[FleetRow, ...]:
    """A row for each system, of that customer only where one is named, worst first. Raises BadInput for no such one."""
    wanted = inventory.customer(customer).id if customer else ""
    watched = [
        Watched(
            system.customer.id,
            system.name,
            drift_policy_of(system).max_age_days,
            waivers_of(context.ledger, system.name),
        )
        for system in inventory.systems.values()
        if not wanted or system.customer.id == wanted
    ]
    return fleet_rows(context.ledger.events(kind="drift_looked"), watched, now=context.now())
