"""Starts, stops and lists work, and logs the run of a playbook. Stays light: no inventory is read here."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import Ledger, LedgerView
from callout.policy.chargeable import Activity, RunOutcome
from callout.worklog.amended import WORK_KINDS, entries_of
from callout.worklog.entry import Entry, Source, clock_flags, work_body
from callout.worklog.month import Month
from callout.worklog.session import (
    Steady,
    describe,
    discard_body,
    running_session,
    running_sessions,
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


def start_work(
    context: Context,
    *,
    customer: str,
    system: str = "",
    callout: str = "",
    ticket: str,
    note: str = "",
    activity: str = Activity.MAINTENANCE,
    steady: Callable[[], Steady | None] = steady_clock,
) -> Event:
    """The `work_started` event. `customer` and `system` are names that the caller has looked up.

    Raises BadInput while a session of this actor runs, naming it: nobody works on two things at once.
    """
    now = context.now()
    body = start_body(ticket, note, now, steady(), activity)

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        running = running_session(ledger, context.actor)
        if running is not None:
            raise BadInput(f"A session runs already: {describe(running)}.", "Stop it first: callout time stop")
        return [Draft("work_started", now, context.actor, customer, system, callout, body)]

    return context.ledger.append_after(decide)[0]


def stop_work(
    context: Context,
    note: str = "",
    *,
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
        running = running_session(ledger, context.actor)
        if running is None:
            raise BadInput(f"No session of {context.actor} runs.", "Start one: callout time start --ticket T …")
        names = (running.customer, running.system, running.callout)
        if discard:
            return [Draft("work_amended", now, context.actor, *names, discard_body(running, discard))]
        body = stop_body(running, note, now, steady(), stated_end)
        return [Draft("work_logged", now, context.actor, *names, body)]

    return context.ledger.append_after(decide)[0]


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


def work_entries(ledger: Ledger, customer: str = "", month: Month | None = None, zone: str = "UTC") -> list[Entry]:
    """Finished work, by start. `month` is that of `zone`."""
    filters = {"customer": customer} if customer else {}
    entries = entries_of(event for kind in WORK_KINDS for event in ledger.events(kind=kind, **filters))
    if month is not None:
        start, end = month.span(zone)
        entries = [entry for entry in entries if start <= entry.started_at < end]
    return sorted(entries, key=lambda entry: (entry.started_at, entry.event.id))


def sessions_running(ledger: Ledger, customer: str = "") -> list[Event]:
    """The `work_started` events of all sessions that run, whoever's, oldest first."""
    kinds = ("work_started", "work_logged", "work_amended")
    filters = {"customer": customer} if customer else {}
    events = [event for kind in kinds for event in ledger.events(kind=kind, **filters)]
    return running_sessions(events)
