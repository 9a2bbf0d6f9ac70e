"""What people did for other customers at the same time, as far as it is charged there. Pure.

It is judged as on those customers' own bills, by their contracts and their people's words: what costs nobody
anything takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from callout.ledger.event import Event
from callout.policy.chargeable import Charge
from callout.worklog.entry import Entry
from callout.worklog.material import Elsewhere, Material, judge, material_of
from callout.worklog.pieces import day_of

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money
    from callout.worklog.overlap import Settled


def elsewhere_of(events: Iterable[Event], customers: Mapping[str, Customer], money: Money) -> Elsewhere:
    """The charged work among `events`, which are other customers': work and all that `steps.bill_events` reads of it.

    Work for customers whom the inventory does not know counts as charged, unless a person said that it is not.
    """
    by_customer: dict[str, list[Event]] = {}
    for event in events:
        by_customer.setdefault(event.customer, []).append(event)
    entries: list[Entry] = []
    settled: dict[str, Settled] = {}
    for name, told in sorted(by_customer.items()):
        material, customer = material_of(told), customers.get(name)
        settled.update(material.settled)
        entries += [entry for entry in material.entries if _charged(entry, material, customer, money)]
    return Elsewhere(entries, settled)


def _charged(entry: Entry, material: Material, customer: Customer | None, money: Money) -> bool:
    if customer is None:
        said = material.overrides.get(entry.event.id)
        return said is None or said.charge is Charge.YES
    return judge(entry, day_of(entry, customer.time_zone), material, customer, money).charge is Charge.YES
