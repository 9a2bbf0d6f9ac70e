"""A playbook's run as a whole: where it begins, and how it ends also when a step failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.ledger.event import format_utc, parse_utc
from callout.steps.context import Context
from callout.steps.record import close_callout, is_closed, open_callout, require_open, story_of
from callout.steps.work import log_run

if TYPE_CHECKING:
    from callout.inventory.models import System


def start_run(
    context: Context, system: System, callout: str, ticket: str, reason: str, emergency: str
) -> dict[str, Any]:
    """Opens a call-out, or takes up the open one that is named; gives back its number and the start (UTC).

    Raises BadInput without ticket or reason, and for a named call-out that is closed or of another system.
    """
    started_at = format_utc(context.now())
    if callout:
        opened = require_open(context.ledger, callout, system.name)
    else:
        opened = open_callout(context, system, ticket, reason, emergency)
    return {"changed": not callout, "callout": opened.callout, "started_at": started_at}


def finish_run(
    context: Context, system: System, callout: str, started_at: str, failure: str, note: str
) -> dict[str, Any]:
    """Logs the run as work and closes the call-out.

    Without a failure it closes as `satisfied`; with one as `not-possible`, the failure being the why. A
    call-out that somebody has closed meanwhile is left as it is. Raises BadInput for an unreadable start.
    """
    try:
        start = parse_utc(started_at)
    except ValueError:
        raise BadInput(f"started_at is {started_at!r}, not a UTC time of callout_record.", "Pass on its result.") from None
    events = story_of(context.ledger, callout)
    end = context.now()
    seconds = max(0, round((end - start).total_seconds()))
    outcome = "not-possible" if failure else "satisfied"
    work = log_run(context, system, callout, start, end, seconds, note or failure, outcome)
    closed = None
    if not is_closed(events):
        closed = close_callout(context, callout, outcome, why=failure)
    return {"changed": True, "callout": callout, "seconds": work.body["seconds"], "closed": closed is not None}
