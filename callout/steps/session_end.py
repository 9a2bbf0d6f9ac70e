"""Writes the end of a person's ssh session down: its time, and what of it does not count, in one append or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView, open_ledger
from callout.steps.context import Context
from callout.worklog.recorded_work import (
    Asked,
    Measured,
    Said,
    deduction_body,
    ended_with_its_window,
    logged_body,
    recorded_body,
)
from callout.worklog.recording import Recorded
from callout.worklog.session import running_session

# Minutes are let off whole.
SHORTEST_S = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is over. `running` is the `work_started` event that counts its time, `began_here` whether it is
    this session's own; `why_not` says why nothing is `kept`."""

    running: Event
    began_here: bool
    asked: Asked
    measured: Measured
    said: Said
    kept: Recorded | None
    why_not: str


def log_end(context: Context, ended: Ended) -> Event:
    """The `work_logged` event, with idle time that does not count deducted in the same append; else `session_recorded`.

    A session that a person has stopped meanwhile counts no further. Where the other window has ended before this one,
    this one is logged whole: the bill takes off what both have claimed, and nothing is lost.
    """
    running, now = ended.running, context.now()
    names = (running.customer, running.system, running.callout)

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        still = running_session(ledger, context.actor, now, wholly=True) if ended.began_here else None
        ours = still is not None and still.id == running.id
        if ours or (not ended.began_here and ended_with_its_window(ledger.events(kind="work_logged"), running)):
            return _logged(context, ended, beside=not ours)
        body = recorded_body(running, ended.asked, ended.measured, ended.kept, ended.why_not)
        return [Draft("session_recorded", now, context.actor, *names, body)]

    ledger = open_ledger(context.places.ledger, context.now)
    try:
        return ledger.append_after(decide)[0]
    finally:
        ledger.close()


def _logged(context: Context, ended: Ended, *, beside: bool) -> list[Draft]:
    running, idle, now = ended.running, ended.measured.idle, context.now()
    names = (running.customer, running.system, running.callout)
    body = logged_body(running, ended.asked, ended.measured, ended.said, ended.kept, ended.why_not, beside=beside)
    if ended.said.idle_counts is not False or idle.seconds < SHORTEST_S:
        return [Draft("work_logged", now, context.actor, *names, body)]
    work = str(uuid.uuid4())
    return [
        Draft("work_logged", now, context.actor, *names, body, id=work),
        Draft("work_deducted", now, context.actor, *names, deduction_body(work, idle)),
    ]
