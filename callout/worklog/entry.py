"""One piece of work, as its `work_logged` event tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.errors import BadInput, CalloutError
from callout.ledger.event import Event, format_utc, parse_utc
from callout.policy.chargeable import Activity

# Nobody works longer than this in one go: a session or a run that says so had a clock changed or was forgotten.
LONGEST_S = 16 * 3600
# Two clocks on one machine drift by seconds in a day; more than this means that somebody set one.
CLOCK_TOLERANCE_S = 120
ROLE = "engineer"


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
    """One piece of work. Times are aware UTC; `seconds` is what was measured and is never rewritten.

    `clock_flags` name what was odd about the clock (`went_backwards`, `jumped`, `too_long`).
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


def entry_of(event: Event) -> Entry:
    """The entry that a `work_logged` event holds. Raises CalloutError naming an event that is not whole."""
    body = event.body
    try:
        return Entry(
            event=event,
            source=Source(body["source"]),
            role=body["role"],
            ticket=body.get("ticket", ""),
            note=body.get("note", ""),
            started_at=parse_utc(body["started_at"]),
            ended_at=parse_utc(body["ended_at"]),
            seconds=_whole_seconds(body["seconds"]),
            activity=body.get("activity", Activity.MAINTENANCE),
            playbook=body.get("playbook", ""),
            outcome=body.get("outcome", ""),
            clock_flags=tuple(body.get("clock_flags", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalloutError(
            f"Event {event.id} (number {event.seq}) is no whole work_logged event: {error}.",
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
