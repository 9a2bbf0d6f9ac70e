"""Logged work, expenses and running sessions, for `callout time list`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callout.ledger.event import Event, format_utc
from callout.programs import printable
from callout.views.numbers import clock_time, plain
from callout.views.story_model import second
from callout.views.table import columns
from callout.worklog.entry import Entry
from callout.worklog.expense import Expense
from callout.worklog.overlap import Overlap
from callout.worklog.session import describe
from callout.worklog.worked import Worked

# As git shows its names: enough to type.
SHORT = 8
HEAD = (
    "Id", "Started (UTC)", "Worked", "Customer", "System", "Call-out", "Ticket", "Who", "Source", "Marks", "Note",
)  # fmt: skip


def worked_dict(found: Worked) -> dict[str, Any]:
    """JSON-able: finished work, expenses and sessions that still run. Times are UTC, durations seconds."""
    return {
        "work": [_entry_dict(entry, found) for entry in found.entries],
        "expenses": [_expense_dict(one) for one in found.expenses],
        "running": [event.as_dict() for event in found.running],
        "seconds": sum(entry.seconds for entry in found.entries if not entry.withdrawn),
    }


def worked_text(found: Worked, *, amendments: bool = False) -> str:
    """Aligned columns for a terminal, the sum, expenses, and what still runs; each `amendments`' reason on demand."""
    rows = [_row(entry, found.overlaps.get(entry.event.id)) for entry in found.entries]
    lines = columns(HEAD, rows, (2,)) if rows else ["No work is logged."]
    if rows:
        lines.append(f"Together {clock_time(sum(one.seconds for one in found.entries if not one.withdrawn))}.")
    lines += [_expense_line(one) for one in found.expenses]
    if amendments:
        named: list[Entry | Expense] = [*found.entries, *found.expenses]
        lines += [_amended_line(one.event, found.amendments[name]) for one in named for name in one.amendments]
    lines += [f"Running, {printable(event.actor)}: {describe(event)}." for event in found.running]
    return "\n".join(lines)


def marks(entry: Entry, overlap: Overlap | None) -> Iterator[str]:
    """What a person should see about an entry, in a few words each."""
    if entry.withdrawn:
        yield "withdrawn"
    elif entry.amendments:
        yield "amended"
    if entry.outcome:
        yield entry.outcome
    yield from entry.clock_flags
    if not entry.clock_known:
        yield "no clock times"
    if entry.idle_seconds:
        yield f"idle {clock_time(entry.idle_seconds)}"
    if entry.cause:
        yield entry.cause
    if entry.rate is not None:
        yield f"rate {entry.rate}"
    if overlap is not None:
        yield f"overlap {clock_time(overlap.seconds)} with {overlap.claimed_by[0][:SHORT]}"


def _row(entry: Entry, overlap: Overlap | None) -> tuple[str, ...]:
    started = second(format_utc(entry.started_at))
    return (
        entry.event.id[:SHORT],
        started if entry.clock_known else started[:10],
        clock_time(entry.seconds),
        entry.event.customer,
        entry.event.system,
        entry.event.callout,
        entry.ticket,
        entry.event.actor,
        str(entry.source),
        ", ".join(marks(entry, overlap)),
        entry.note,
    )


def _entry_dict(entry: Entry, found: Worked) -> dict[str, Any]:
    overlap = found.overlaps.get(entry.event.id)
    return {
        "id": entry.event.id,
        "started_at": format_utc(entry.started_at),
        "ended_at": format_utc(entry.ended_at),
        "seconds": entry.seconds,
        "clock_known": entry.clock_known,
        "idle_seconds": entry.idle_seconds,
        "customer": entry.event.customer,
        "system": entry.event.system,
        "callout": entry.event.callout,
        "ticket": entry.ticket,
        "actor": entry.event.actor,
        "role": entry.role,
        "source": str(entry.source),
        "activity": entry.activity,
        "outcome": entry.outcome,
        "cause": entry.cause,
        "cause_evidence": list(entry.cause_evidence),
        "rate": entry.rate,
        "clock_flags": list(entry.clock_flags),
        "note": entry.note,
        "internal_note": entry.internal_note,
        "overlap": {"seconds": overlap.seconds, "claimed_by": list(overlap.claimed_by)} if overlap else None,
        "withdrawn": entry.withdrawn,
        "amendments": [_amendment_dict(found.amendments[name]) for name in entry.amendments],
    }


def _expense_dict(one: Expense) -> dict[str, Any]:
    return {
        "id": one.event.id,
        "date": one.date.isoformat(),
        "expense": str(one.expense),
        "amount": plain(one.amount),
        "currency": one.currency,
        "customer": one.event.customer,
        "system": one.event.system,
        "callout": one.event.callout,
        "ticket": one.ticket,
        "actor": one.event.actor,
        "note": one.note,
        "internal_note": one.internal_note,
        "withdrawn": one.withdrawn,
        "amendments": list(one.amendments),
    }


def _amendment_dict(event: Event) -> dict[str, Any]:
    body = event.body
    said = {name: body[name] for name in ("amendment", "reason", "set", "was") if name in body}
    return {"id": event.id, "at": event.at, "actor": event.actor} | said


def _expense_line(one: Expense) -> str:
    gone = " (withdrawn)" if one.withdrawn else ""
    what = f"{one.amount:f} {one.currency}, {one.expense}, {one.event.system or one.event.customer}, {one.ticket}"
    return printable(f"Expense {one.event.id[:SHORT]}, {one.date.isoformat()}: {what}. {one.note}").rstrip() + gone


def _amended_line(of: Event, event: Event) -> str:
    body = event.body
    changes = "; ".join(
        f"{name} {body.get('was', {}).get(name)!r} → {value!r}" for name, value in body.get("set", {}).items()
    )
    what = changes or str(body.get("amendment"))
    who = f"{second(event.at)} {event.actor}"
    return printable(f"  {of.id[:SHORT]} amended by {event.id[:SHORT]}, {who}: {what} ({body.get('reason')})")
