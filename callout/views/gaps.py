"""What is missing between a person's work, for `callout time gaps`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from callout.ledger.event import format_utc
from callout.programs import printable
from callout.views.numbers import clock_time
from callout.views.worked import SHORT
from callout.worklog.gaps import Day, Gaps
from callout.worklog.session import describe


def gaps_dict(found: Gaps) -> dict[str, Any]:
    """JSON-able; times are UTC, durations seconds."""
    return {
        "actor": found.actor,
        "zone": str(found.zone),
        "days": [_day_dict(day) for day in found.days],
        "running": [event.as_dict() for event in found.running],
    }


def gaps_text(found: Gaps) -> str:
    """A line per thing that is missing, by day, in the clocks of the zone; days on which nothing is are left out."""
    lines = []
    for day in found.days:
        said = list(_day_lines(day, found.zone))
        if said or (len(found.days) == 1 and day.work):
            lines.append(f"{day.date:%A} {day.date.isoformat()}, worked {_worked(day)}:")
            lines += said or ["  nothing is missing"]
    lines += [f"Running: {describe(event)}." for event in found.running]
    return "\n".join(lines) if lines else f"Nothing is missing in the work of {printable(found.actor)} ({found.zone})."


def _day_dict(day: Day) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "seconds": sum(entry.seconds for entry in day.work),
        "free": [
            {"from": format_utc(start), "to": format_utc(end), "seconds": (end - start) // dt.timedelta(seconds=1)}
            for start, end in day.free
        ],
        "unlogged": [
            {
                "callout": one.callout,
                "system": one.system,
                "from": format_utc(one.first),
                "to": format_utc(one.last),
                "events": one.events,
            }
            for one in day.unlogged
        ],
        "overlapping": [
            {"id": entry.event.id, "seconds": overlap.seconds, "claimed_by": list(overlap.claimed_by)}
            for entry, overlap in day.overlapping
        ],
        "without_clock_times": [entry.event.id for entry in day.without_clock],
    }


def _day_lines(day: Day, zone: dt.tzinfo) -> Iterator[str]:
    for start, end in day.free:
        length = clock_time((end - start) // dt.timedelta(seconds=1))
        yield f"  free      {_clock(start, zone)}–{_clock(end, zone)} ({length})"
    for one in day.unlogged:
        what = f"{one.callout or 'no call-out'}, {one.system}: {one.events} event{'' if one.events == 1 else 's'}"
        span = f"{_clock(one.first, zone)}–{_clock(one.last, zone)}"
        yield f"  unlogged  {span} {printable(what)} without work"
    for entry, overlap in day.overlapping:
        rivals = ", ".join(name[:SHORT] for name in overlap.claimed_by)
        yield f"  overlap   {entry.event.id[:SHORT]}: {clock_time(overlap.seconds)} are claimed by {rivals}"
    for entry in day.without_clock:
        what = printable(f"{entry.ticket}, {clock_time(entry.seconds)}")
        yield f"  no times  {entry.event.id[:SHORT]}: {what}; say them: callout time amend"


def _worked(day: Day) -> str:
    return clock_time(sum(entry.seconds for entry in day.work))


def _clock(moment: dt.datetime, zone: dt.tzinfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")
