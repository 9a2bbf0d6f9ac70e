"""Reads back from a system which bundles lie there: look, decide, append. Changes nothing there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.ledger.store import Ledger
from callout.patches.announced import KIND, Announced, announced_of
from callout.patches.images import Observed
from callout.patches.observe import observe
from callout.patches.read_back import ReadBack, found_unasked, read_back
from callout.patches.standing import Holding, Standing
from callout.steps.context import Context
from callout.steps.patch_known import holdings_in
from callout.steps.plan import AskVersion, reported_version

# The scripts number the paths of one question with four digits.
_AT_ONCE = 2000
_STATUS = {Standing.IN: Status.PASS, Standing.ROLLED_BACK: Status.WARN, Standing.UNSURE: Status.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Inventoried:
    """What a look at one system came to. `found` are bundles, `version` is None where it could not be had."""

    system: str
    version: str | None
    looked_at: int
    found: tuple[ReadBack, ...]

    @property
    def findings(self) -> list[Finding]:
        """One per bundle, or one that says that there is none; what is not in as it should be does not pass."""
        none = Finding("patch.inventory", Status.PASS, "none", f"{self.system}: no bundle that we know lies there.")
        return [_finding(self.system, one) for one in self.found] or [none]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as the ledger keeps it."""
        bundles = [one.as_dict() for one in self.found]
        return {"version": self.version, "looked_at": self.looked_at, "bundles": bundles}


def inventory_patches(
    context: Context, system: System, callout: str = "", ask_version: AskVersion = reported_version
) -> Inventoried:
    """Which bundles lie on the system, by the hash of every patched file; recorded as `patch_inventoried`.

    It looks for what this ledger put in, and for whatever was announced for the product. Where there is nothing to look
    for the system is not contacted. Raises Unreachable, TrustRefused, CalloutError.
    """
    holdings = holdings_in(context.ledger, system=system.name)
    announced = [one for one in announced_of(context.ledger.events(kind=KIND)).values() if _may_be_there(one, system)]
    paths = _paths(holdings, announced)
    seen = _look(context, system, paths)
    version = ask_version(system) if paths else None
    before = _versions_then(context.ledger, system, holdings)
    upgraded = {bundle: None if not then or not version else then != version for bundle, then in before.items()}
    found = [*read_back(holdings, seen, upgraded), *found_unasked(announced, holdings, seen)]
    result = Inventoried(system.name, version, len(paths), tuple(found))
    context.record("patch_inventoried", system, callout, result.as_dict())
    return result


def _may_be_there(one: Announced, system: System) -> bool:
    return system.product in one.products and (not one.customers or system.customer.id in one.customers)


def _paths(holdings: Sequence[Holding], announced: Sequence[Announced]) -> list[str]:
    """Each path once, in a stable order."""
    ours = {file["path"] for held in holdings if held.ours for file in held.files}
    return sorted(ours | {path for one in announced for path, _ in one.files})


def _look(context: Context, system: System, paths: Sequence[str]) -> dict[str, Observed]:
    if not paths:
        return {}
    session = context.connect(system.target)
    return {
        one.path: one
        for start in range(0, len(paths), _AT_ONCE)
        for one in observe(session, paths[start : start + _AT_ONCE])
    }


def _versions_then(ledger: Ledger, system: System, holdings: Sequence[Holding]) -> dict[str, str | None]:
    """The product's version when each bundle was put in, by the plan that was executed."""
    plans = {event.body["hash"]: event.body["plan"] for event in ledger.events(kind="planned", system=system.name)}
    return {held.bundle: plans.get(held.plan_hash, {}).get("version") for held in holdings}


def _finding(system: str, one: ReadBack) -> Finding:
    status = _STATUS.get(one.standing, Status.FAIL)
    files = ", ".join(f"{path} ({standing})" for path, standing in one.files[:5])
    more = f" and {len(one.files) - 5} more" if len(one.files) > 5 else ""
    seen = f"{system}: {one.bundle} is {one.standing}. {one.note} {files}{more}".strip()
    remedy = "" if status is Status.PASS else f"Look at those files; then plan {one.bundle} again, or close the matter."
    move = Move.NOBODY if status is Status.PASS else Move.US
    return Finding(f"patch.inventory@{one.bundle}", status, str(one.standing).replace(" ", "-"), seen, move, remedy)
