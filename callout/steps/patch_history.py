"""Which patches a system has had, read from the ledger: the facts that a plan is made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callout.ledger.store import Ledger
from callout.patches.relations import AppliedPatch


def patch_history(ledger: Ledger, system: str) -> tuple[AppliedPatch, ...]:
    """Every application of a bundle to that system, oldest first, and whether it still stands.

    What the bundle said of itself comes from the plan that was carried out; one that the ledger does not have (it was
    made elsewhere) leaves the relations at nothing, and the sequence at what `patched` itself says.
    """
    undone = {event.body.get("undoes") for event in ledger.events(kind="rolled_back", system=system)}
    plans = {event.body["hash"]: event.body["plan"] for event in ledger.events(kind="planned", system=system)}
    return tuple(
        _applied(event.body, plans.get(event.body["plan_hash"], {}), event.body["transaction"] not in undone)
        for event in ledger.events(kind="patched", system=system)
    )


def _applied(body: Mapping[str, Any], plan: dict[str, Any], standing: bool) -> AppliedPatch:
    told = plan.get("bundle", {})
    return AppliedPatch(
        id=body["bundle"],
        sha256=told.get("sha256", ""),
        sequence=body.get("sequence", told.get("sequence", 0)),
        supersedes=tuple(told.get("supersedes", ())),
        conflicts=tuple(told.get("conflicts", ())),
        standing=standing,
    )
