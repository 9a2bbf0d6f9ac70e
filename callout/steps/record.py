"""Opens, finds and closes call-outs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import NEW, LedgerView
from callout.policy.outcomes import check_outcome
from callout.steps.balances import balances_body
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory.models import System


def open_callout(
    context: Context, system: System, ticket: str, reason: str, emergency: str = "", case: str = ""
) -> Event:
    """The `opened` event; its `callout` is the new number. Raises BadInput without a ticket or a reason.

    `emergency` is the stated reason why the customer's window does not count, empty where there is none. What the
    customer's contracts still hold is recorded with it, and so stands in the call-out's story and letters. With `case`
    it is linked to that case in the same append, and the case is its ticket where no other is given; see
    `case_callout.opened_for_case` for when that is refused.
    """
    if case:
        from callout.steps.case_callout import opened_for_case

        return opened_for_case(
            context, system, case, lambda number: _opening_body(context, system, ticket or number, reason, emergency)
        )
    return context.record("opened", system, NEW, _opening_body(context, system, ticket, reason, emergency))


def _opening_body(context: Context, system: System, ticket: str, reason: str, emergency: str) -> dict[str, Any]:
    if not ticket.strip():
        raise BadInput(
            "A call-out needs a ticket: every matter is one.",
            "Give it with --ticket, or to a playbook with -e ticket=…",
        )
    if not reason.strip():
        raise BadInput(
            "A call-out needs a reason.",
            "Say what is to be done and why: --reason, or to a playbook -e \"reason='…'\".",
        )
    return {
        "ticket": ticket.strip(),
        "reason": reason.strip(),
        "product": system.product,
        "contract": system.customer.contract,
        "emergency": emergency.strip(),
        **balances_body(context, system.customer, system.policy),
    }


def story_of(ledger: LedgerView, callout: str) -> list[Event]:
    """All events of one call-out, in order. Raises BadInput for a number that is not in the ledger."""
    events = list(ledger.events(callout=callout))
    if not events:
        raise BadInput(f"There is no call-out {callout!r} in the ledger.", "callout list shows those that there are.")
    return events


def opening_of(ledger: LedgerView, callout: str, system: str = "") -> Event:
    """The `opened` event. Raises BadInput where there is none, or it is of another system than `system`."""
    opened = next(event for event in story_of(ledger, callout) if event.kind == "opened")
    if system and opened.system != system:
        raise BadInput(f"{callout} is about {opened.system}, not {system}.", "Open a call-out for this system.")
    return opened


def is_closed(events: Sequence[Event]) -> bool:
    """True once a `closed` event is there."""
    return any(event.kind == "closed" for event in events)


def require_open(ledger: LedgerView, callout: str, system: str = "") -> Event:
    """The `opened` event of a call-out that still runs. Raises BadInput where it is unknown or closed."""
    opened = opening_of(ledger, callout, system)
    if is_closed(list(ledger.events(callout=callout, kind="closed"))):
        raise BadInput(f"{callout} is closed.", "Open a new call-out; corrections are new events.")
    return opened


def close_callout(context: Context, callout: str, outcome: str, why: str = "", reference: str = "") -> Event:
    """The `closed` event. `outcome` is one of the five; see `check_outcome` for what each must say.

    Raises BadInput for an unknown or closed call-out: two people cannot both close it.
    """
    check_outcome(outcome, why, reference)

    def decide(ledger: LedgerView) -> list[Draft]:
        opened = require_open(ledger, callout)
        body = {"outcome": outcome, "why": why.strip(), "reference": reference.strip()}
        names = (opened.customer, opened.system, callout)
        return [Draft("closed", context.now(), context.actor, *names, body)]

    return context.ledger.append_after(decide)[0]
