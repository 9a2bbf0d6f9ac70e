"""One piece of work, as its `work_logged` event tells it, and its amendments after it (see `amended`)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.errors import BadInput, CalloutError
from callout.ledger.event import Event, format_utc
from callout.policy.chargeable import Activity

# Nobody works longer than this in one go: a session or a run that says so had a clock changed or was forgotten.
LONGEST_S = 16 * 3600
# Two clocks on one machine drift by seconds in a day; more than this means that somebody set one.
CLOCK_TOLERANCE_S = 120
ROLE = "engineer"
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
# An amount an hour, as text: digits and a point, no sign, no exponent.
RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


class Source(StrEnum):
    """Who measured it.

    A playbook's run; a person with `callout time`; the recorder of `callout ssh`; another program whose
    record was taken over by `callout time import`.
    """

    PLAYBOOK = "playbook"
    PERSON = "person"
    SESSION = "session"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of work. Times are aware UTC; `seconds` is what was measured, idle time included.

    `event` is the raw fact and is never rewritten; the other fields are what the amendments made of it.
    `note` is for the customer, `internal_note` never leaves the house. `clock_flags` name what was odd about
    the clock (`went_backwards`, `jumped`, `too_long`). With `clock_known` False only the day and the duration
    are known: `started_at` is then midnight UTC of that day. `idle_seconds` are those in which nothing was
    typed. `cause` says why there was work, on the evidence of `cause_evidence` (event ids). `rate` (decimal
    text, per hour) overrides all other rates. `amendments` are the ids of the `work_amended` events that were
    applied, oldest first.
    """

    event: Event
    source: Source
    role: str
    ticket: str
    note: str
    started_at: dt.datetime
    ended_at: dt.datetime
    seconds: int
    activity: str
    playbook: str
    outcome: str
    clock_flags: tuple[str, ...]
    internal_note: str = ""
    cause: str = ""
    cause_evidence: tuple[str, ...] = ()
    rate: str | None = None
    clock_known: bool = True
    idle_seconds: int = 0
    amendments: tuple[str, ...] = ()
    withdrawn: bool = False


def entry_of(
    event: Event,
    amended_body: Mapping[str, Any] | None = None,
    amendments: tuple[str, ...] = (),
    *,
    withdrawn: bool = False,
) -> Entry:
    """The entry that a `work_logged` event holds, or what `amendments` (event ids) made of it: `amended_body`.

    Whoever reads the ledger wants `amended.entries_of`. Raises CalloutError naming an event that is not whole.
    """
    body = event.body if amended_body is None else amended_body
    try:
        return Entry(
            event=event,
            source=Source(body["source"]),
            role=body["role"],
            ticket=body.get("ticket", ""),
            note=body.get("note", ""),
            started_at=_moment(body["started_at"]),
            ended_at=_moment(body["ended_at"]),
            seconds=_whole_seconds(body["seconds"]),
            activity=body.get("activity", Activity.MAINTENANCE),
            playbook=body.get("playbook", ""),
            outcome=body.get("outcome", ""),
            clock_flags=_words(body.get("clock_flags", ())),
            internal_note=body.get("internal_note", ""),
            cause=body.get("cause", ""),
            cause_evidence=_words(body.get("cause_evidence", ())),
            rate=_decimal_text(body.get("rate")),
            clock_known=_truth(body.get("clock_known", True)),
            idle_seconds=_whole_seconds(body.get("idle_seconds", 0)),
            amendments=amendments,
            withdrawn=withdrawn,
        )
    except (KeyError, TypeError, ValueError) as error:
        amended = f" as {amendments[-1]} amends it" if amendments else ""
        raise CalloutError(
            f"Event {event.id} (number {event.seq}){amended} is no whole work_logged event: {error}.",
            "callout ledger verify says whether the ledger was changed.",
        ) from None


def work_body(
    *,
    source: Source,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    seconds: int,
    ticket: str,
    note: str,
    role: str = ROLE,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of a `work_logged` event. Raises BadInput for negative seconds: no such work exists."""
    if seconds < 0:
        raise BadInput(f"Work of {seconds} seconds cannot be: the clock went backwards.", "Measure it again.")
    return {
        "source": str(source),
        "started_at": format_utc(started_at),
        "ended_at": format_utc(ended_at),
        "seconds": seconds,
        "role": role,
        "ticket": ticket,
        "note": note,
        **(more or {}),
    }


def clock_flags(started_at: dt.datetime, ended_at: dt.datetime, seconds: int) -> list[str]:
    """What is odd about a span (aware times) of which a steady clock measured `seconds`; empty where nothing is."""
    # In UTC first: Python subtracts two times of one zone as if nobody ever changed the clocks there.
    elapsed_s = (ended_at.astimezone(dt.UTC) - started_at.astimezone(dt.UTC)).total_seconds()
    flags = []
    if elapsed_s < 0:
        flags.append("went_backwards")
    if abs(elapsed_s - seconds) > CLOCK_TOLERANCE_S:
        flags.append("jumped")
    if max(elapsed_s, seconds) > LONGEST_S:
        flags.append("too_long")
    return flags


def _whole_seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"seconds is {value!r}")
    return value


def _moment(text: Any) -> dt.datetime:
    """As `parse_utc`, at a tenth of its cost: a bill reads two of them for each entry that there ever was."""
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        raise ValueError(f"{text!r} is no UTC time of the ledger")
    return dt.datetime.fromisoformat(text)


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{value!r} is no list of words")
    return tuple(value)


def _decimal_text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not RATE.fullmatch(value):
        raise ValueError(f"rate is {value!r}")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"clock_known is {value!r}")
    return value
