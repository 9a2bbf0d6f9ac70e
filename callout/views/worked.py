"""Logged work and running sessions, for `callout time list`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callout.ledger.event import Event, format_utc
from callout.programs import printable
from callout.views.numbers import clock_time
from callout.views.story_model import second
from callout.views.table import columns
from callout.worklog.entry import Entry
from callout.worklog.session import describe

HEAD = ("Started (UTC)", "Worked", "Customer", "System", "Call-out", "Ticket", "Who", "Source", "Outcome", "Note")


def worked_dict(entries: Sequence[Entry], running: Sequence[Event]) -> dict[str, Any]:
    """JSON-able: finished work and sessions that still run. Times are UTC."""
    return {
        "work": [
            {
                "id": entry.event.id,
                "started_at": format_utc(entry.started_at),
                "ended_at": format_utc(entry.ended_at),
                "seconds": entry.seconds,
                "customer": entry.event.customer,
                "system": entry.event.system,
                "callout": entry.event.callout,
                "ticket": entry.ticket,
                "actor": entry.event.actor,
                "role": entry.role,
                "source": str(entry.source),
                "activity": entry.activity,
                "outcome": entry.outcome,
                "clock_flags": list(entry.clock_flags),
                "note": entry.note,
            }
            for entry in entries
        ],
        "running": [event.as_dict() for event in running],
        "seconds": sum(entry.seconds for entry in entries),
    }


def worked_text(entries: Sequence[Entry], running: Sequence[Event]) -> str:
    """Aligned columns for a terminal, the sum, and what still runs."""
    rows = [
        (
            second(format_utc(entry.started_at)),
            clock_time(entry.seconds),
            entry.event.customer,
            entry.event.system,
            entry.event.callout,
            entry.ticket,
            entry.event.actor,
            str(entry.source),
            ", ".join((entry.outcome, *entry.clock_flags)).strip(", "),
            entry.note,
        )
        for entry in entries
    ]
    lines = columns(HEAD, rows, (1,)) if rows else ["No work is logged."]
    if rows:
        lines.append(f"Together {clock_time(sum(entry.seconds for entry in entries))}.")
    lines += [f"Running, {printable(event.actor)}: {describe(event)}." for event in running]
    return "\n".join(lines)
