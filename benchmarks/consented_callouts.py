"""Call-outs that are opened, planned and consented to, on many systems: what precedes a run over all of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from callout.inventory import load_inventory
from callout.ledger import open_ledger
from callout.places import find_places
from callout.steps.consent import record_consent
from callout.steps.plan import make_plan
from callout.steps.record import open_callout
from callout.steps.world import context_at, now


def consented(inventory: Path, bundle: Path, only: str | None = None) -> dict[str, str]:
    """The call-out of every system, or of the one named, by its name; each is open and waits for the change."""
    places = find_places(inventory, {}, Path.cwd())
    found = {}
    with closing(open_ledger(places.ledger, now)) as ledger:
        context = context_at(places, ledger)
        for system in load_inventory(places, only).systems.values():
            callout = open_callout(context, system, "T-1", "Apply PW-2041").callout
            plan = make_plan(context, system, callout, bundle)
            by = system.customer.registered_addresses[0]
            record_consent(context, system.customer, callout, plan.hash, by=by, channel="email", reference="<1@x>")
            context.connect(system.target).close()
            found[system.name] = callout
    return found
