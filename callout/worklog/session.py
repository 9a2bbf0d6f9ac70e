"""A person's session: started, running, stopped. One at a time per actor, elapsed time by UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.ledger.event import Event, format_utc, parse_utc
from callout.ledger.store import LedgerView
from callout.policy.chargeable import Activity
from callout.programs import printable
from callout.worklog.details import Details
from callout.worklog.entry import CLOCK_TOLERANCE_S, LONGEST_S, ROLE, Source, work_body

# A holiday. Whoever comes back later than that may start anew; `stop` and `list` still find the old session.
LOOK_BACK = dt.timedelta(days=14)
# What was said at the start and holds for the work.
CARRIED = ("cause", "cause_evidence", "rate", "rate_reason")
STATE_AN_END = "Say when it ended: callout time stop --at 2026-03-01T17:30+01:00"


@dataclass(frozen=True, slots=True)
class Steady:
    """A reading of the clock that nobody can set: milliseconds since this machine's boot `boot` (an id)."""

    boot: str
    ms: int


def running_session(ledger: LedgerView, actor: str, now: dt.datetime, *, wholly: bool = False) -> Event | None:
    """The `work_started` event of the actor's session that was neither stopped nor discarded; None if none runs.

    Looks back `LOOK_BACK` from `now`, and through the whole ledger only where that finds none and it is asked to
    (`wholly`): a session that was forgotten for so long, or begun by a clock that was months behind, is in no
    start's way, and is found by whoever stops it. Of several the newest.
    """
    found = _running_since(ledger, actor, now - LOOK_BACK)
    return found or (_running_since(ledger, actor, None) if wholly else None)


def _running_since(ledger: LedgerView, actor: str, since: dt.datetime | None) -> Event | None:
    when = {} if since is None else {"since_at": since}
    started = {event.id: event for event in ledger.events(kind="work_started", **when) if event.actor == actor}
    if not started:
        return None
    for event in ledger.events(kinds=("work_logged", "work_amended"), **when):
        # Only what ends a session names one: the others are not worth parsing.
        if event.actor == actor and '"session"' in event.body_text:
            started.pop(str(event.body.get("session")), None)
    return max(started.values(), key=lambda event: event.seq, default=None)


def running_sessions(events: Iterable[Event]) -> list[Event]:
    """All `work_started` events among `events` that were neither stopped nor discarded, oldest first."""
    listed = list(events)
    ended = {event.body.get("session") for event in listed if event.kind in ("work_logged", "work_amended")}
    return [event for event in listed if event.kind == "work_started" and event.id not in ended]


def start_body(details: Details, now: dt.datetime, steady: Steady | None) -> dict[str, Any]:
    """The body of a `work_started` event. Raises BadInput where the details cannot be; see `Details.fields`."""
    body: dict[str, Any] = {"started_at": format_utc(now), **details.fields()}
    if steady is not None:
        body["steady"] = {"boot": steady.boot, "ms": steady.ms}
    return body


def stop_body(
    started: Event,
    note: str,
    now: dt.datetime,
    steady: Steady | None,
    stated_end: dt.datetime | None = None,
    internal_note: str = "",
) -> dict[str, Any]:
    """The body of the `work_logged` event that ends the session `started`; the notes are added to those of the start.

    The duration is that of the clock since boot, which nobody sets; the difference in UTC where the machine was
    started anew, or where `stated_end` (aware) is when the person says that it ended; `measured_by` says which.
    Raises BadInput where the clock went backwards or was moved during the session, and for more than 16 hours,
    naming the way out: nothing is guessed and nothing is changed.
    """
    body = started.body
    began = parse_utc(body["started_at"])
    ended = stated_end or now
    measured_ms = None
    if stated_end is not None:
        _check_stated(began, stated_end, now)
    else:
        measured_ms = _steady_ms(body.get("steady"), steady)
        _check_clock(began, now, measured_ms)
    if (ended - began).total_seconds() > LONGEST_S:
        raise BadInput(
            f"The session runs since {_minute(began)}, {_length(ended - began)} ago: nobody works for so long.",
            f"{STATE_AN_END}, or throw it away: callout time stop --discard REASON",
        )
    more: dict[str, Any] = {"session": started.id, "activity": body.get("activity", Activity.MAINTENANCE)}
    more |= {name: body[name] for name in CARRIED if name in body}
    if internal := _joined(body.get("internal_note", ""), internal_note):
        more["internal_note"] = internal
    if stated_end is not None:
        more["stated_end"] = True
    else:
        more["measured_by"] = "wall clock" if measured_ms is None else "steady clock"
    return work_body(
        source=Source.PERSON,
        started_at=began,
        ended_at=ended,
        seconds=(ended - began) // dt.timedelta(seconds=1) if measured_ms is None else measured_ms // 1000,
        role=body.get("role", ROLE),
        ticket=body["ticket"],
        note=_joined(body.get("note", ""), note),
        more=more,
    )


def discard_body(started: Event, reason: str) -> dict[str, Any]:
    """The body of the `work_amended` event that throws a running session away. Raises BadInput without a reason."""
    if not reason.strip():
        raise BadInput("A session is not thrown away without a reason.", "Say it: callout time stop --discard REASON")
    return {"session": started.id, "amendment": "discarded", "reason": reason.strip()}


def describe(started: Event) -> str:
    """The session in half a sentence, printable, for messages."""
    body = started.body
    where = started.system or started.customer
    return printable(f"{body['ticket']} for {where} since {_minute(parse_utc(body['started_at']))}")


def _check_stated(began: dt.datetime, ended: dt.datetime, now: dt.datetime) -> None:
    if ended.tzinfo is None:
        raise BadInput(f"--at {ended.isoformat()} has no offset.", "Give one, like 2026-03-01T17:30+01:00.")
    if ended <= began:
        raise BadInput(
            f"--at {_minute(ended)} is not after the start, {_minute(began)}.",
            "If the clock was wrong then, throw the session away: callout time stop --discard REASON",
        )
    if ended > now:
        raise BadInput(f"--at {_minute(ended)} is in the future.", "Check this machine's clock and --at.")


def _steady_ms(then: dict[str, Any] | None, steady: Steady | None) -> int | None:
    """What the clock since boot measured; None where the machine was started anew, or has no such clock."""
    if then is None or steady is None or then["boot"] != steady.boot:
        return None
    return max(0, steady.ms - int(then["ms"]))


def _check_clock(began: dt.datetime, now: dt.datetime, measured_ms: int | None) -> None:
    elapsed = now - began
    if elapsed < dt.timedelta(0):
        raise BadInput(
            f"The clock went backwards: it is {_minute(now)}, and the session began at {_minute(began)}.",
            "Set the clock right and stop again; if it was wrong at the start: callout time stop --discard REASON",
        )
    jump_s = 0.0 if measured_ms is None else elapsed.total_seconds() - measured_ms / 1000
    if abs(jump_s) > CLOCK_TOLERANCE_S:
        raise BadInput(
            f"The clock was moved by {_length(dt.timedelta(seconds=jump_s))} during the session.", f"{STATE_AN_END}."
        )


def _joined(*notes: str) -> str:
    return "; ".join(note.strip() for note in notes if note.strip())


def _minute(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _length(span: dt.timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60} h {abs(minutes) % 60} min"
