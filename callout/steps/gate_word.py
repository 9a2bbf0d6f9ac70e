"""The gate's newest word in a call-out: does it allow the change, now? Asks the ledger alone.

It stands apart from the looks of the gate: whoever changes a system asks for the word, and loads nothing that looks.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from callout.errors import Refused
from callout.findings import Finding, Move, Status
from callout.policy.consents import CLOCK_TOLERANCE
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory.models import System

# What the gate says, and what takes its word back: a new plan, or a change that was taken back.
_GATE_WORDS = frozenset({"gate_passed", "gate_confirmed", "gate_refused", "planned", "patch_failed", "rolled_back"})


def require_confirmed(context: Context, system: System, callout: str) -> None:
    """Refuses a change that the gate's second look has not just allowed, whoever asks for it, and however.

    It must be the newest word of the gate in this call-out, newer than its plan, about this plan, and not older than
    an access check may be. Raises Refused.
    """
    told = [event for event in context.ledger.events(callout=callout) if event.kind in _GATE_WORDS]
    newest = told[-1] if told else None
    seen = ""
    if newest is None or newest.kind != "gate_confirmed":
        seen = "The gate has not allowed the change"
    elif newest.system != system.name:
        seen = f"The gate has allowed a change of {newest.system}"
    elif context.now() - newest.happened_at > dt.timedelta(minutes=system.policy.gate.access_max_age_minutes):
        seen = "The gate has allowed the change too long ago"
    elif newest.happened_at > context.now() + CLOCK_TOLERANCE:
        seen = "The gate's word is dated ahead"
    if seen:
        remedy = "Back up, then have the gate look right before the change; playbooks/maintain.yml does both."
        reason = Finding("gate.confirmed", Status.FAIL, "not-confirmed", f"{seen}.", Move.US, remedy)
        raise Refused(f"{system.name}: {seen[0].lower()}{seen[1:]}; nothing was changed.", remedy, [reason.as_dict()])
