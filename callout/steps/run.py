"""A playbook's run as a whole: where it begins, and how it ends also when a step failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.ledger.event import format_utc, parse_utc
from callout.policy.chargeable import RunOutcome
from callout.steps.context import Context
from callout.steps.record import close_callout, is_closed, open_callout, require_open, story_of
from callout.steps.standing import balance_told
from callout.steps.work import log_run, steady_clock
from callout.worklog.session import Steady

if TYPE_CHECKING:
    from callout.inventory.models import System

# What the worst event of a run says about how it ended, worst first.
_ENDINGS = {
    "rollback_failed": RunOutcome.ROLLBACK_FAILED,
    "rolled_back": RunOutcome.ROLLED_BACK,
    "gate_refused": RunOutcome.REFUSED,
}


def start_run(
    context: Context,
    system: System,
    callout: str,
    ticket: str,
    reason: str,
    emergency: str,
    playbook: str = "maintain",
    steady: Callable[[], Steady | None] = steady_clock,
) -> dict[str, Any]:
    """Opens a call-out, or takes up the open one that is named.

    Gives back its number, what `finish_run` wants again (the start in UTC, the steady clock's reading, the place in
    the ledger from which this run's events come), and a sentence about what is left of the customer's contracts.
    Raises BadInput without ticket or reason, and for a named call-out that is closed or of another system.
    """
    started_at, reading = format_utc(context.now()), steady()
    seen = max((event.seq for event in context.ledger.events(system=system.name)), default=0)
    if callout:
        opened = require_open(context.ledger, callout, system.name)
    else:
        opened = open_callout(context, system, ticket, reason, emergency)
    return {
        "changed": not callout,
        "callout": opened.callout,
        "started_at": started_at,
        "first_seq": seen + 1,
        "playbook": playbook,
        "steady": f"{reading.boot}/{reading.ms}" if reading else "",
        "balance": balance_told(context, system.customer.id),
    }


def finish_run(
    context: Context,
    callout: str,
    *,
    started_at: str,
    started_steady: str,
    first_seq: int,
    failure: str,
    interrupted: bool = False,
    playbook: str = "maintain",
    steady: Callable[[], Steady | None] = steady_clock,
) -> dict[str, Any]:
    """Logs the run as work and closes the call-out.

    Without a failure it closes as `satisfied`; with one as `not-possible`, the failure being the why. A
    call-out that somebody has closed meanwhile is left as it is. Raises BadInput for an unreadable start.
    """
    try:
        start = parse_utc(started_at)
    except ValueError:
        sentence = f"started_at is {started_at!r}, not a UTC time of callout_record."
        raise BadInput(sentence, "Pass on what its state opened gave back.") from None
    events = story_of(context.ledger, callout)
    end = context.now()
    work = log_run(
        context,
        customer=events[0].customer,
        system=events[0].system,
        callout=callout,
        started_at=start,
        ended_at=end,
        seconds=_elapsed_seconds(start, end, started_steady, steady()),
        note=events[0].body.get("reason", ""),
        outcome=_ending({event.kind for event in events if event.seq >= first_seq}, failure, interrupted),
        playbook=playbook,
    )
    closed = not is_closed(events)
    if closed:
        close_callout(context, callout, "not-possible" if failure else "satisfied", why=failure)
    return {"changed": True, "callout": callout, "seconds": work.body["seconds"], "closed": closed}


def _elapsed_seconds(start: dt.datetime, end: dt.datetime, started_steady: str, now: Steady | None) -> int:
    """By the clock since boot, which nobody sets; by the wall clock where the machine was started anew."""
    boot_id, _, milliseconds = started_steady.partition("/")
    if now is not None and boot_id == now.boot and milliseconds.isdecimal():
        return max(0, round((now.ms - int(milliseconds)) / 1000))
    return max(0, round((end - start).total_seconds()))


def _ending(kinds: Set[str], failure: str, interrupted: bool) -> RunOutcome:
    for kind, outcome in _ENDINGS.items():
        if kind in kinds:
            return outcome
    if interrupted:
        return RunOutcome.INTERRUPTED
    if failure:
        return RunOutcome.FAILED
    return RunOutcome.DONE if kinds & {"patched", "restored"} else RunOutcome.UNCHANGED
