"""What is known of bundles across all customers: announce one, say who has it, who needs it, who is exposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import Ledger
from callout.patches.announced import KIND, Announced, announced_of, announcement_body
from callout.patches.exposure import Row, SystemSeen, rows_for
from callout.patches.standing import KINDS, Holding, holdings_of
from callout.policy.critical import PatchClock, patch_clock
from callout.steps.calendar import holidays_for
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory import Inventory

# The kinds of event that tell a product's version, and the key of the body where it stands.
_VERSIONS = {"planned": "plan", "health_checked": "", "verified": "", "patch_inventoried": ""}


@dataclass(frozen=True, slots=True)
class Known:
    """One bundle across all systems. `announced` is None where nobody has announced it; `clock` see `patch_clock`."""

    bundle: str
    announced: Announced | None
    rows: list[Row]
    clock: PatchClock | None


def announce(context: Context, inventory: Inventory, bundle: Path, confirmed_at: dt.datetime | None) -> Event:
    """The `patch_announced` event of a signed bundle; the newest one where nothing new would be said.

    `confirmed_at` (aware) is when its bug was confirmed: the clock of a critical one runs from there. Raises
    TrustRefused and BadInput for a bundle that cannot be believed, BadInput for a confirmation in the future.
    """
    from callout.patches.signature import trust_of, trusted_bundle

    if confirmed_at is not None and confirmed_at > context.now():
        raise BadInput("The bug was confirmed in the future.", "Give --confirmed-at with its offset, and not ahead.")
    trust = trust_of(context.places.folder, inventory.policy.patches)
    believed, signers = trusted_bundle(bundle, trust, context.now())
    body = announcement_body(believed, signers, confirmed_at)
    known = [event for event in context.ledger.events(kind=KIND) if event.body["bundle"] == body["bundle"]]
    same = known and known[-1].body["sha256"] == body["sha256"]
    if same and body["confirmed_at"] in ("", known[-1].body["confirmed_at"]):
        return known[-1]
    return context.ledger.append(Draft(KIND, context.now(), context.actor, body=body))[0]


def known_of(context: Context, inventory: Inventory, bundle: str) -> Known:
    """How that bundle stands on every system of the inventory, and on those that the ledger remembers.

    Raises BadInput for a bundle that neither was announced nor ever was put in anywhere.
    """
    announced = announced_of(context.ledger.events(kind=KIND))
    holdings = holdings_in(context.ledger)
    if bundle not in announced and all(one.bundle != bundle for one in holdings):
        raise BadInput(
            f"Nothing is known of {bundle[:80]}: it was neither announced nor put in anywhere.",
            "Announce it: callout patch announce FILE.",
        )
    rows = rows_for(bundle, systems_seen(context.ledger, inventory), holdings, announced)
    told = announced.get(bundle)
    clock = None
    if told is not None:
        hours = inventory.policy.hours
        year = (told.confirmed_at or context.now()).year
        holidays = holidays_for(hours, year, year + 1)
        clock = patch_clock(told.severity, told.confirmed_at, told.made_at, context.now(), hours, holidays)
    return Known(bundle, told, rows, clock)


def held_by(context: Context, system: str) -> list[tuple[Holding, Announced | None]]:
    """Every bundle that the system ever held, with what is known of it, oldest first."""
    announced = announced_of(context.ledger.events(kind=KIND))
    held = holdings_in(context.ledger, system=system)
    return [(one, announced.get(one.bundle)) for one in held]


def holdings_in(ledger: Ledger, **filters: str) -> list[Holding]:
    """What the ledger says of all bundles; `filters` as `Ledger.events` takes them."""
    events = [event for kind in KINDS for event in ledger.events(kind=kind, **filters)]
    return holdings_of(sorted(events, key=lambda event: event.seq))


def systems_seen(ledger: Ledger, inventory: Inventory) -> list[SystemSeen]:
    """The inventory's systems with the version that the ledger saw last."""
    versions = versions_in(ledger)
    return [
        SystemSeen(
            name=one.name,
            customer=one.customer.id,
            customer_name=one.customer.name,
            contract=one.customer.contract,
            emergency_phone=one.customer.emergency_phone,
            time_zone=one.customer.time_zone,
            product=one.product,
            version=versions.get(one.name, (None, ""))[0],
            version_at=versions.get(one.name, (None, ""))[1],
        )
        for one in inventory.systems.values()
    ]


def versions_in(ledger: Ledger) -> Mapping[str, tuple[str, str]]:
    """The product's version as it was seen last and when (UTC as stored), by system; looks without one do not count."""
    newest: dict[str, tuple[int, str, str]] = {}
    for kind, below in _VERSIONS.items():
        for event in ledger.events(kind=kind):
            body = event.body.get(below, {}) if below else event.body
            version = body.get("version") or body.get("product_version")
            if isinstance(version, str) and version and event.seq > newest.get(event.system, (0, "", ""))[0]:
                newest[event.system] = (event.seq, version, event.at)
    return {system: (version, at) for system, (_, version, at) in newest.items()}
