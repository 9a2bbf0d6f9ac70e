"""Pure: the bodies of the events around an ssh session, and what of a session that was cut can still be said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.ledger.event import Event, format_utc, parse_utc
from callout.policy.chargeable import Activity
from callout.worklog.entry import CLOCK_TOLERANCE_S, ROLE, Source, clock_flags, work_body
from callout.worklog.idle import Idle
from callout.worklog.recording import Recorded
from callout.worklog.session import STATE_AN_END, Steady, describe

ROLES = ("engineer", "developer")
# The machine slept so long during the session: whether that was work, a person has to say.
SUSPENDED = "suspended"
# Nobody was asked whether idle time counts, or nobody answered: it is not billed before somebody has.
IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of the session before it begins.

    `command` is what runs in place of a shell, `forwards` are ssh's own words for them; `no_recording` is the reason
    why nothing is recorded, empty where there is none.
    """

    ticket: str
    callout: str = ""
    note: str = ""
    role: str = ROLE
    activity: str = Activity.MAINTENANCE
    no_recording: str = ""
    command: str = ""
    forwards: tuple[str, ...] = ()

    def checked(self) -> Asked:
        """The same. Raises BadInput without a ticket, and for a role or an activity that there is not."""
        if not self.ticket.strip():
            raise BadInput("A session needs a ticket: every matter is one.", "Give it with --ticket, or --callout.")
        if self.role not in ROLES:
            raise BadInput(f"{self.role!r} is no role.", f"Use one of: {', '.join(ROLES)}.")
        if self.activity not in set(Activity):
            raise BadInput(f"{self.activity!r} is no kind of work.", f"Use one of: {', '.join(Activity)}.")
        return self


@dataclass(frozen=True, slots=True)
class Program:
    """A running callout: its process and when that began, in ticks since the machine's boot `boot` (an id)."""

    boot: str
    pid: int
    ticks: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a session came to. Times are aware; `seconds` by the clock that nobody can set, suspends included.

    `watched` says whether keys went through us: only then is anything known of idle time.
    """

    began: dt.datetime
    ended: dt.datetime
    seconds: int
    suspended_seconds: int
    watched: bool
    idle: Idle
    end: str
    status: int


@dataclass(frozen=True, slots=True)
class Said:
    """What the person says at the end: a comment, and whether idle time counts; None where nobody was asked."""

    note: str = ""
    idle_counts: bool | None = None


def begun_body(
    asked: Asked, now: dt.datetime, steady: Steady | None, program: Program | None, recording: str
) -> dict[str, Any]:
    """The body of the `work_started` event. `recording` is the file's name, empty where there is none."""
    body: dict[str, Any] = {
        "started_at": format_utc(now),
        "ticket": asked.ticket.strip(),
        "note": asked.note.strip(),
        "role": asked.role,
        "activity": str(asked.activity),
        "source": str(Source.SESSION),
        "recording": recording,
    }
    if steady is not None:
        body["steady"] = {"boot": steady.boot, "ms": steady.ms}
    if program is not None:
        body["program"] = {"boot": program.boot, "pid": program.pid, "ticks": program.ticks}
    return body


def program_of(started: Event) -> Program | None:
    """The program that runs the session; None where the event names none."""
    told = started.body.get("program")
    if not isinstance(told, dict):
        return None
    try:
        return Program(str(told["boot"]), int(told["pid"]), int(told["ticks"]))
    except (KeyError, TypeError, ValueError):
        return None


def logged_body(
    started: Event,
    asked: Asked,
    measured: Measured,
    said: Said,
    kept: Recorded | None,
    why_not: str = "",
    *,
    beside: bool = False,
) -> dict[str, Any]:
    """The body of the `work_logged` event that ends the session `started`. Raw seconds stay, idle is told beside.

    With `beside` it is the work of another window that went on after `started` had ended.
    """
    more = {
        "beside" if beside else "session": started.id,
        "activity": str(asked.activity),
        **recorded_facts(asked, measured, kept, why_not),
    }
    if measured.idle.seconds and said.idle_counts is not None:
        more["idle_counts"] = said.idle_counts
    flags = clock_flags(measured.began, measured.ended, measured.seconds)
    if measured.suspended_seconds > CLOCK_TOLERANCE_S:
        flags.append(SUSPENDED)
    if measured.idle.seconds and said.idle_counts is None:
        flags.append(IDLE)
    if flags:
        more["clock_flags"] = flags
    return work_body(
        source=Source.SESSION,
        started_at=measured.began,
        ended_at=measured.ended,
        seconds=measured.seconds,
        role=asked.role,
        ticket=asked.ticket.strip(),
        note="; ".join(part for part in (asked.note.strip(), said.note.strip()) if part),
        more=more,
    )


def recorded_body(
    running: Event, asked: Asked, measured: Measured, kept: Recorded | None, why_not: str = ""
) -> dict[str, Any]:
    """The body of a `session_recorded` event: its time is counted by the session `running`, and by nobody else."""
    return {
        "session": running.id,
        "ticket": asked.ticket.strip(),
        "started_at": format_utc(measured.began),
        "ended_at": format_utc(measured.ended),
        "seconds": measured.seconds,
        "note": asked.note.strip(),
        **recorded_facts(asked, measured, kept, why_not),
    }


def recorded_facts(asked: Asked, measured: Measured, kept: Recorded | None, why_not: str) -> dict[str, Any]:
    """What both kinds of event tell: how it ended, what is kept of it, and in which stretches nothing was typed."""
    facts: dict[str, Any] = {"end": measured.end, "status": measured.status}
    if asked.command:
        facts["command"] = asked.command
    if asked.forwards:
        facts["forwards"] = list(asked.forwards)
    facts["recording"] = _recording(kept) if kept else {"none": why_not}
    if measured.watched:
        facts["idle_seconds"] = measured.idle.seconds
        facts["idle"] = [{"from_s": one.from_s, "seconds": one.seconds} for one in measured.idle.stretches]
        if measured.idle.more:
            facts["idle_more"] = measured.idle.more
    else:
        facts["idle_not_known"] = True
    if measured.suspended_seconds:
        facts["suspended_seconds"] = measured.suspended_seconds
    return facts


def deduction_body(work: str, idle: Idle) -> dict[str, Any]:
    """The body of the `work_deducted` event for idle time that the person says does not count, in whole minutes.

    `work` is the id of the `work_logged` event.
    """
    return {
        "work": work,
        "minutes": idle.seconds // 60,
        "reason": "Idle: nothing was typed, and whoever worked says that it does not count.",
    }


def goes_on(running: Event, ticket: str, customer: str) -> bool:
    """Whether a session that runs already is about the same, so that its time is the time of this one, too."""
    return bool(running.body.get("ticket") == ticket.strip() and running.customer == customer)


def ended_with_its_window(logged: Iterable[Event], running: Event) -> bool:
    """Whether the ssh session `running` has ended by itself, and not because somebody stopped its time."""
    # The id stands in the text of few events: only those are worth parsing.
    ends = [event.body for event in logged if running.id in event.body_text]
    return any(body.get("session") == running.id and body.get("source") == Source.SESSION for body in ends)


def another_runs(running: Event) -> BadInput:
    """The refusal: nobody works on two things at once."""
    return BadInput(f"A session runs already: {describe(running)}.", "Stop it first: callout time stop")


def left_behind(running: Event, last_sign: dt.datetime | None) -> BadInput:
    """The refusal where the program of that session is gone. `last_sign` is when its recording was last written."""
    told = f"An ssh session never ended, and its program does not run here: {describe(running)}."
    if last_sign is None or last_sign <= parse_utc(running.body["started_at"]):
        return BadInput(told, STATE_AN_END)
    at = last_sign.astimezone(dt.UTC)  # to the microsecond: a second less may be before the start
    return BadInput(
        f"{told} Its recording was last written at {at:%Y-%m-%d %H:%M:%S} UTC.",
        f"End it there, or when you say: callout time stop --at {at.isoformat()}",
    )


def _recording(kept: Recorded) -> Mapping[str, Any]:
    told: dict[str, Any] = {"file": kept.file, "sha256": kept.sha256, "bytes": kept.size_bytes}
    if kept.trouble:
        told |= {"ended_early": kept.trouble, "left_out_bytes": kept.left_out_bytes}
    return told
