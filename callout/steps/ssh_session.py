"""A person's ssh session on a system: timed, recorded, in the ledger from its first second to its last."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from access_check.errors import AccessCheckError
from access_check.masking import SHORTEST, Masker, secrets_in
from callout.errors import BadInput, CalloutError
from callout.ledger.event import Draft, Event, parse_utc
from callout.ledger.store import LedgerView, open_ledger
from callout.shell.conversation import Conversation, Doors, Outcome, Wanted
from callout.shell.ssh_log import End
from callout.steps.context import Context
from callout.steps.record import require_open
from callout.steps.running_program import last_sign, runs_here, this_program
from callout.steps.session_end import Ended, log_end
from callout.steps.work import steady_clock
from callout.worklog.asciicast import Header
from callout.worklog.idle import Idle, IdleWatch
from callout.worklog.recorded_work import (
    Asked,
    Measured,
    Said,
    another_runs,
    begun_body,
    goes_on,
    left_behind,
    program_of,
)
from callout.worklog.recording import Recorded, Recording, recording_name
from callout.worklog.session import discard_body, running_session

if TYPE_CHECKING:
    from callout.inventory.models import System

NOT_RECORDED_BY_POLICY = "callout_policy.sessions.record is off"


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks of a session, in seconds: `real` goes on while the machine sleeps, `awake` does not."""

    real: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    awake: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever sits at this session. `say` tells a sentence, `ask` is asked at the end, once, on a terminal only."""

    doors: Doors
    say: Callable[[str], None]
    ask: Callable[[Measured], Said]
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How it ended, and the event that tells it: `work_logged`, or `session_recorded` beside a running session."""

    outcome: Outcome
    event: Event
    measured: Measured
    kept: Recorded | None


def hold_session(
    context: Context, system: System, asked: Asked, wanted: Wanted, desk: Desk, clocks: Clocks | None = None
) -> SessionEnd:
    """Talks to the system until one side ends it, and logs the time.

    The start stands in the ledger before anything is sent, so that no kill loses it. Raises BadInput without a
    ticket, while a session about something else runs and where one was left behind; TrustRefused, Unreachable and
    the like where the system is not reached: then nothing is logged.
    """
    clocks = clocks or Clocks()
    masker = Masker.of(secrets_in(system))
    asked = _masked(_of_callout(context, system, asked).checked(), masker)
    talk = Conversation(system.target, wanted, desk.doors, desk.say)
    recording, why_not = _recording(context, system, asked, desk)
    try:
        running, began_here = _begin(context, system, asked, recording.name if recording else "")
    except BaseException:
        if recording:
            recording.drop()
        raise
    context.ledger.close()  # a session may last for hours: no database holds a line for so long
    watch = _Watch(desk, recording, clocks, system.policy.sessions.idle_minutes * 60)
    began = parse_utc(running.body["started_at"]) if began_here else context.now()
    slept_before = clocks.real() - clocks.awake()
    try:
        outcome = talk.hold(watch)
    except (CalloutError, AccessCheckError, KeyboardInterrupt) as error:
        if recording:
            recording.drop()
        _not_reached(context, running if began_here else None, getattr(error, "message", "interrupted."))
        raise
    ended, seconds = context.now(), clocks.real() - watch.began_s
    measured = Measured(
        began=began,
        ended=ended,
        seconds=int(seconds),
        suspended_seconds=max(0, round(clocks.real() - clocks.awake() - slept_before)),
        watched=talk.on_terminal,
        idle=watch.idle.ended(clocks.real()) if talk.on_terminal else Idle(),
        end=str(outcome.end),
        status=outcome.status,
    )
    kept = recording.close(seconds) if recording else None
    somebody_there = talk.on_terminal and outcome.end in (End.EXITED, End.LOST)
    said = desk.ask(measured) if began_here and somebody_there else Said()
    said = replace(said, note=masker.text(said.note))
    event = log_end(context, Ended(running, began_here, asked, measured, said, kept, why_not))
    return SessionEnd(outcome, event, measured, kept)


def words_at_the_start(system: System, recorded: bool) -> list[str]:
    """What the person should know before the first key: whose contract it is, what cannot be kept out of a recording.

    What is left of included or bought hours belongs here once a step can say it without reading a whole ledger.
    """
    customer = system.customer
    words = [f"{system.name} of {customer.name}: {customer.contract} contract."]
    short = sum(len(secret) < SHORTEST for secret in set(secrets_in(system)))
    if recorded and short:
        words.append(f"{short} of our secrets for it are under {SHORTEST} characters: no recording can leave them out.")
    return words


class _Watch:
    """Sees the session pass: writes it down, and notices when nobody types."""

    def __init__(self, desk: Desk, recording: Recording | None, clocks: Clocks, idle_limit_s: float) -> None:
        self._desk, self._recording, self._clocks = desk, recording, clocks
        self.began_s = clocks.real()
        self.idle = IdleWatch(idle_limit_s, self.began_s)
        self._told = False

    def output(self, data: bytes) -> None:
        if self._recording:
            self._recording.output(data, self._clocks.real() - self.began_s)
            if self._recording.trouble and not self._told:
                self._told = True
                self._desk.say(f"The recording has ended: {self._recording.trouble}. The session goes on.")

    def typed(self) -> None:
        self.idle.typed(self._clocks.real())

    def resized(self, columns: int, rows: int) -> None:
        if self._recording:
            self._recording.resized(columns, rows, self._clocks.real() - self.began_s)


def _of_callout(context: Context, system: System, asked: Asked) -> Asked:
    if not asked.callout:
        return asked
    ticket = require_open(context.ledger, asked.callout, system.name).body.get("ticket", "")
    if asked.ticket and asked.ticket.strip() != ticket:
        raise BadInput(f"{asked.callout} has ticket {ticket}, not {asked.ticket}.", "Leave --ticket out.")
    return replace(asked, ticket=ticket)


def _masked(asked: Asked, masker: Masker) -> Asked:
    """What the ledger may keep of it: people type a password into a command, or into a note."""
    told = {name: masker.text(getattr(asked, name)) for name in ("note", "no_recording", "command")}
    forwards = tuple(masker.text(word) for word in asked.forwards)
    return replace(asked, forwards=forwards, **told)


def _recording(context: Context, system: System, asked: Asked, desk: Desk) -> tuple[Recording | None, str]:
    """The recording, begun; or None and why there is none."""
    if asked.no_recording.strip():
        return None, asked.no_recording.strip()
    if not system.policy.sessions.record:
        return None, NOT_RECORDED_BY_POLICY
    now = context.now().astimezone(dt.UTC)
    width, height = desk.doors.size
    header = Header(
        width=width,
        height=height,
        timestamp=int(now.timestamp()),
        title=f"callout ssh {system.name}, {asked.ticket.strip()}",
        command=asked.command,
        env={name: desk.environment[name] for name in ("TERM", "SHELL") if name in desk.environment},
    )
    name = recording_name(f"{now:%Y%m%dT%H%M%SZ}", system.name, secrets.token_hex(4))
    limit = system.policy.sessions.maximum_mb * 1_000_000
    return Recording(context.places.recordings / name, header, secrets_in(system), limit), ""


def _begin(context: Context, system: System, asked: Asked, recording: str) -> tuple[Event, bool]:
    """The `work_started` event that counts the time, and whether it is ours; see `goes_on`."""
    now, steady, program = context.now(), steady_clock(), this_program()
    names = (system.customer.id, system.name, asked.callout)
    found: list[Event] = []

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        running = running_session(ledger, context.actor, now)
        if running is None:
            body = begun_body(asked, now, steady, program, recording)
            return [Draft("work_started", now, context.actor, *names, body)]
        if (told := program_of(running)) is not None and not runs_here(told):
            raise left_behind(running, last_sign(context.places.recordings, running))
        if not goes_on(running, asked.ticket, system.customer.id):
            raise another_runs(running)
        found.append(running)
        return []

    appended = context.ledger.append_after(decide)
    return (appended[0], True) if appended else (found[0], False)


def _not_reached(context: Context, started: Event | None, why: str) -> None:
    """Nothing was done there, so nothing is logged; the ledger keeps why."""
    if started is None:
        return
    body = discard_body(started, f"The system was not reached: {why}")
    names = (started.customer, started.system, started.callout)
    ledger = open_ledger(context.places.ledger, context.now)
    try:
        ledger.append(Draft("work_amended", context.now(), context.actor, *names, body))
    finally:
        ledger.close()
