"""What a correction says: the new values beside the old ones, and why. Pure; see `amended` for how it is applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from callout.errors import BadInput
from callout.ledger.event import format_utc
from callout.worklog.amended import Amended
from callout.worklog.details import check_field
from callout.worklog.entry import entry_of
from callout.worklog.expense import check_expense
from callout.worklog.moments import day_of, moment_of, seconds_of
from callout.worklog.past import SECOND, Told, check_told, on_day

TIMES = ("from", "to", "duration", "date")
# What a person writes behind --set → the field of the event.
WORK_FIELDS = {
    "ticket": "ticket",
    "note": "note",
    "internal-note": "internal_note",
    "role": "role",
    "activity": "activity",
    "cause": "cause",
    "evidence": "cause_evidence",
    "rate": "rate",
}
EXPENSE_FIELDS = {
    "date": "date",
    "kind": "expense",
    "amount": "amount",
    "currency": "currency",
    "ticket": "ticket",
    "note": "note",
    "internal-note": "internal_note",
}


def assignments(written: Sequence[str]) -> dict[str, str]:
    """`name=value` words as a mapping. Raises BadInput for another form and for a name that comes twice."""
    found: dict[str, str] = {}
    for word in written:
        name, separator, value = word.partition("=")
        if not separator or not name or name in found:
            raise BadInput(f"--set {word[:60]!r} is no name=value, or comes twice.", "Like: --set note='Looked at it'")
        found[name] = value
    return found


def changed_body(
    now_is: Amended, changes: Mapping[str, str], reason: str, *, zone: dt.tzinfo, now: dt.datetime
) -> dict[str, Any]:
    """The body of the `work_amended` event that makes `changes` (as a person wrote them) to work or an expense.

    Local times are read by the clocks of `zone`. New times of work replace what the clock said, so the doubts
    about it go with them; `clock=confirmed` takes the doubts away and leaves the times. Raises BadInput without a
    reason, for an unknown field, for work that cannot be, and where nothing would change.
    """
    _require(reason)
    is_work = now_is.event.kind == "work_logged"
    new = _work(now_is, changes, reason.strip(), zone, now) if is_work else _expense(now_is, changes)
    old = now_is.body
    new = {name: value for name, value in new.items() if value != old.get(name, _ABSENT.get(name, ""))}
    if not new:
        raise BadInput("That is what it says already: nothing would change.", "callout time list --all shows it.")
    was = {name: old.get(name) for name in new}
    return {
        "work": now_is.event.id,
        "amendment": "changed",
        "reason": reason.strip(),
        "set": new,
        "was": was,
    }


def withdrawn_body(identifier: str, reason: str) -> dict[str, Any]:
    """The body of the `work_amended` event after which work, an expense or an amendment counts no longer."""
    _require(reason)
    return {"work": identifier, "amendment": "withdrawn", "reason": reason.strip()}


_ABSENT: dict[str, Any] = {"clock_known": True, "clock_flags": [], "cause_evidence": [], "rate": None}


def _require(reason: str) -> None:
    if not reason.strip():
        raise BadInput("Nothing is corrected without a reason.", "Say it: --reason TEXT")


def _work(
    now_is: Amended, changes: Mapping[str, str], reason: str, zone: dt.tzinfo, now: dt.datetime
) -> dict[str, Any]:
    new: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "clock" and value == "confirmed":
            new["clock_flags"] = []
        elif name in WORK_FIELDS:
            new[WORK_FIELDS[name]] = _field(WORK_FIELDS[name], value)
        elif name not in TIMES:
            known = ", ".join((*WORK_FIELDS, *TIMES, "clock=confirmed"))
            raise BadInput(
                f"{name[:40]!r} of work cannot be set.",
                f"There are: {known}. Work for somebody else: withdraw it and add it for them.",
            )
    if "rate" in new:
        new["rate_reason"] = "" if new["rate"] is None else reason
    if set(changes) & set(TIMES):
        it = check_told(_times(now_is, changes, zone), now, zone)
        new |= {
            "started_at": format_utc(it.started_at),
            "ended_at": format_utc(it.ended_at),
            "seconds": it.seconds,
            "clock_known": it.clock_known,
            "clock_flags": [],
        }
    return new


def _times(now_is: Amended, changes: Mapping[str, str], zone: dt.tzinfo) -> Told:
    """From, to, duration and date laid over what is known; a duration alone leaves the times, where it fits in."""
    entry = entry_of(now_is.event, now_is.body)
    known = entry.clock_known
    day = entry.started_at.astimezone(zone if known else dt.UTC).date()
    day = day_of(changes["date"], "date") if "date" in changes else day
    seconds = seconds_of(changes["duration"], "duration") if "duration" in changes else None
    began = moment_of(changes["from"], zone, "from", day) if "from" in changes else None
    ended = moment_of(changes["to"], zone, "to", day) if "to" in changes else None
    if began is None and not known:
        if ended is not None:
            raise BadInput("Since when? Only its day is known.", "Set from, too: --set from=09:00")
        return on_day(day, seconds or entry.seconds)
    if began is None and "date" in changes and ended is None:
        raise BadInput("At which time of that day?", "Set from and to, too: --set from=09:00 --set to=10:30")
    start = began or entry.started_at
    if seconds is None:
        end = ended or (entry.ended_at if known else start + entry.seconds * SECOND)
        return Told(start, end, (end - start) // SECOND)
    fits = known and began is None and start + seconds * SECOND <= entry.ended_at
    end = ended or (entry.ended_at if fits else start + seconds * SECOND)
    if start + seconds * SECOND > end:
        raise BadInput("The duration is longer than from and to are apart.", "Set only two of the three.")
    return Told(start, end, seconds)


def _field(field: str, value: str) -> Any:
    written = value.strip()
    if field == "cause_evidence":
        return written.split()
    if field == "rate" and not written:
        return None
    check_field(field, written)
    return written


def _expense(now_is: Amended, changes: Mapping[str, str]) -> dict[str, Any]:
    if unknown := [name for name in changes if name not in EXPENSE_FIELDS]:
        raise BadInput(f"{unknown[0][:40]!r} of an expense cannot be set.", f"There are: {', '.join(EXPENSE_FIELDS)}.")
    new = {EXPENSE_FIELDS[name]: value.strip() for name, value in changes.items()}
    check_expense({**now_is.body, **new})
    return new
