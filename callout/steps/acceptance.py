"""Records that the customer accepted the work of a call-out; the backup before it need not wait any longer."""

from __future__ import annotations

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.consents import CHANNELS
from callout.steps.context import Context
from callout.steps.record import opening_of


def accept_work(context: Context, callout: str, *, by: str, channel: str, reference: str) -> Event:
    """The `accepted` event. It speaks of what was changed until now: a later change waits for a yes of its own.

    The call-out may be closed: a playbook closes its own at its end, and customers try things out after that.
    Raises BadInput for an unknown call-out or channel, and without a name or a reference.
    """
    if channel not in CHANNELS:
        raise BadInput(f"{channel!r} is no channel.", f"Use one of: {', '.join(CHANNELS)}.")
    if not by.strip() or not reference.strip():
        raise BadInput("An acceptance needs who gave it and where that can be read.", "Give --by and --reference.")

    def decide(view: LedgerView) -> list[Draft]:
        opened = opening_of(view, callout)
        body = {"by": by.strip(), "channel": channel, "reference": reference.strip()}
        return [Draft("accepted", context.now(), context.actor, opened.customer, opened.system, callout, body)]

    return context.ledger.append_after(decide)[0]
