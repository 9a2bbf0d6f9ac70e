"""A change of many systems in waves: the ledger says who is done, so that a resumed run begins where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.patches.standing import Holding, Standing
from callout.steps.context import Context
from callout.steps.patch_known import holdings_in
from callout.steps.plan import believe

if TYPE_CHECKING:
    from callout.inventory.models import System


@dataclass(frozen=True, slots=True)
class WaveStanding:
    """How a bundle stands on one system by the ledger. `done`: nothing is left to do; in `callout` it was put in."""

    bundle: str
    standing: Standing
    done: bool
    callout: str
    since: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        told = {"bundle": self.bundle, "standing": str(self.standing), "done": self.done}
        return {"changed": False, **told, "callout": self.callout, "since": self.since}


def waiting_callout(context: Context, system: System, ticket: str) -> str:
    """The system's newest open call-out of that ticket that has a plan: it waits for its change. Empty for none."""
    closed = {event.callout for event in context.ledger.events(kind="closed", system=system.name)}
    planned = {event.callout for event in context.ledger.events(kind="planned", system=system.name)}
    waiting = [
        event.callout
        for event in context.ledger.events(kind="opened", system=system.name)
        if event.body.get("ticket") == ticket.strip() and event.callout in planned - closed
    ]
    return waiting[-1] if waiting else ""


def standing_of(context: Context, system: System, bundle: str) -> WaveStanding:
    """How exactly this bundle file stands on the system; asks nothing of it.

    Done is only what the ledger says is in, from this very file, and was verified in that call-out: what was left
    half-way, taken back, restored over or read back as modified is not. Raises TrustRefused, BadInput.
    """
    from pathlib import Path

    if not bundle:
        raise BadInput("Which bundle is it about?", "Name the signed bundle: bundle: FILE")
    believed, _ = believe(context, system, Path(bundle))
    named = believed.manifest.id
    held = next((one for one in holdings_in(context.ledger, system=system.name) if one.bundle == named), None)
    if held is None:
        return WaveStanding(named, Standing.NEVER, False, "", "")
    done = held.standing is Standing.IN and _same_and_verified(context, held, believed.sha256)
    callout = next((one.callout for one in reversed(held.occasions) if one.callout), "")
    return WaveStanding(named, held.standing, done, callout, held.last.at)


def _same_and_verified(context: Context, held: Holding, sha256: str) -> bool:
    plans = context.ledger.events(kind="planned", system=held.system)
    bundles = {event.body["hash"]: event.body["plan"]["bundle"]["sha256"] for event in plans}
    verified = context.ledger.events(kind="verified", system=held.system)
    return bundles.get(held.plan_hash) == sha256 and any(event.seq > held.seq for event in verified)
