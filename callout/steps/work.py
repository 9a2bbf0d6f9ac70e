"""Starts, stops and lists work, and logs the run of a playbook. Stays light: no inventory is read here."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.chargeable import Activity, RunOutcome
from callout.worklog.details import Details
from callout.worklog.entry import Source, clock_flags, work_body
from callout.worklog.session import (
    Steady,
    describe,
    discard_body,
    running_session,
    start_body,
    stop_body,
)

if TYPE_CHECKING:
    from callout.steps.context import Context

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def steady_clock() -> Steady | None:
    """This machine's clock since boot, suspends included; None where the system has no such clock."""
    if not hasattr(time, "CLOCK_BOOTTIME") or not BOOT_ID.exists():
        return None
    boot = BOOT_ID.read_text(encoding="ascii").strip()
    return Steady(boot, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what the work is for: names that the caller has looked up. `system` and `callout` may be empty."""

    customer: str
    system: str = ""
    callout: str = ""


def start_work(
    context: Context, subject: Subject, details: Details, *, steady: Callable[[], Steady | None] = steady_clock
) -> Event:
    """The `work_started` event.

    Raises BadInput while a session of this actor runs, naming it: nobody works on two things at once.
    """
    now = context.now()
    body = start_body(details, now, steady())

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        running = running_session(ledger, context.actor, now)
        if running is not None:
            raise BadInput(
                f"A session runs already: {describe(running)}.",
                "Stop it first: callout time stop; or do both at once: callout time switch",
            )
        return [_started(context, now, subject, body)]

    return context.ledger.append_after(decide)[0]


def stop_work(
    context: Context,
    note: str = "",
    *,
    internal_note: str = "",
    stated_end: dt.datetime | None = None,
    discard: str = "",
    steady: Callable[[], Steady | None] = steady_clock,
) -> Event:
    """The `work_logged` event of the running session, or the `work_amended` one where `discard` is its reason.

    `stated_end` (aware) is when the person says that it ended. Raises BadInput where no session of this
    actor runs, and where the clock cannot be believed; see `stop_body`.
    """
    now = context.now()

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        running = _require_running(ledger, context.actor, now)
        if discard:
            body = discard_body(running, discard)
            names = (running.customer, running.system, running.callout)
            # No end before its beginning, also where a clock was set back: whoever looks back would miss it.
            at = max(now, running.happened_at)
            return [Draft("work_amended", at, context.actor, *names, body)]
        return [_logged(context, now, running, stop_body(running, note, now, steady(), stated_end, internal_note))]

    return context.ledger.append_after(decide)[0]


def switch_work(
    context: Context,
    subject: Subject,
    details: Details,
    done: str = "",
    *,
    steady: Callable[[], Steady | None] = steady_clock,
) -> tuple[Event, Event]:
    """The `work_logged` event of the session that ran and the `work_started` one of the next: both or neither.

    The one ends in the moment in which the other begins. `done` is added to the note of what ends. Raises
    BadInput where no session of this actor runs, and where the clock cannot be believed.
    """
    now, reading = context.now(), steady()
    body = start_body(details, now, reading)

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        running = _require_running(ledger, context.actor, now)
        ended = stop_body(running, done, now, reading)
        return [_logged(context, now, running, ended), _started(context, now, subject, body)]

    logged, started = context.ledger.append_after(decide)
    return logged, started


def _require_running(ledger: LedgerView, actor: str, now: dt.datetime) -> Event:
    running = running_session(ledger, actor, now, wholly=True)
    if running is None:
        raise BadInput(f"No session of {actor} runs.", "Start one: callout time start --ticket T …")
    return running


def _started(context: Context, now: dt.datetime, subject: Subject, body: Mapping[str, object]) -> Draft:
    return Draft("work_started", now, context.actor, subject.customer, subject.system, subject.callout, body)


def _logged(context: Context, now: dt.datetime, running: Event, body: Mapping[str, object]) -> Draft:
    names = (running.customer, running.system, running.callout)
    return Draft("work_logged", now, context.actor, *names, body)


def log_run(
    context: Context,
    *,
    customer: str,
    system: str,
    callout: str,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    seconds: int,
    note: str,
    outcome: str,
    playbook: str = "maintain",
) -> Event:
    """The `work_logged` event of a playbook's run on one system.

    `seconds` were measured by a steady clock, the times (aware) by the wall clock; where they contradict
    each other both are kept and `clock_flags` says so: the bill then asks a person. `outcome` is a
    `RunOutcome`; the ticket is the call-out's. Raises BadInput for another word or negative seconds.
    """
    if outcome not in set(RunOutcome):
        raise BadInput(f"{outcome!r} is no way for a run to end.", f"Use one of: {', '.join(RunOutcome)}.")
    opened = next(iter(context.ledger.events(callout=callout, kind="opened")), None)
    more: dict[str, object] = {"playbook": playbook, "outcome": str(outcome), "activity": str(Activity.MAINTENANCE)}
    if flags := clock_flags(started_at, ended_at, seconds):
        more["clock_flags"] = flags
    body = work_body(
        source=Source.PLAYBOOK,
        started_at=started_at,
        ended_at=ended_at,
        seconds=seconds,
        ticket=opened.body.get("ticket", "") if opened else "",
        note=note,
        more=more,
    )
    draft = Draft("work_logged", context.now(), context.actor, customer, system, callout, body)
    return context.ledger.append(draft)[0]
