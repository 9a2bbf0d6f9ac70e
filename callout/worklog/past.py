"""Work that is told afterwards: from when to when, or for how long on which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from callout.errors import BadInput
from callout.worklog.details import Details
from callout.worklog.entry import LONGEST_S, Source, work_body
from callout.worklog.moments import day_of, moment_of, seconds_of

SECOND = dt.timedelta(seconds=1)
HOW = "Give --from and --to, or --from and --duration, or --date and --duration."


@dataclass(frozen=True, slots=True)
class Told:
    """When it was. With `clock_known` False only day and duration are known: `started_at` is midnight UTC then.

    Times are aware UTC, `ended_at` is not before `started_at`; `seconds` can be fewer than lie between them.
    """

    started_at: dt.datetime
    ended_at: dt.datetime
    seconds: int
    clock_known: bool = True


def told(*, start: str, end: str, duration: str, day: str, zone: dt.tzinfo, now: dt.datetime) -> Told:
    """When it was, out of what a person wrote (texts, empty where nothing was said), by the clocks of `zone`.

    Raises BadInput for what is no time or could be two, for too little or too much, and for work that cannot be:
    see `check_told`.
    """
    date = day_of(day, "--date") if day else None
    seconds = seconds_of(duration, "--duration") if duration else None
    began = moment_of(start, zone, "--from", date) if start else None
    ended = moment_of(end, zone, "--to", date) if end else None
    if began is None:
        if ended is not None or seconds is None or date is None:
            raise BadInput("When was it?", HOW)
        return check_told(on_day(date, seconds), now, zone)
    if (ended is None) == (seconds is None):
        raise BadInput("Until when was it?" if ended is None else "Both --to and --duration are given.", HOW)
    if seconds is not None:
        return check_told(Told(began, began + seconds * SECOND, seconds), now, zone)
    assert ended is not None
    return check_told(Told(began, ended, (ended - began) // SECOND), now, zone)


def on_day(day: dt.date, seconds: int) -> Told:
    """Work of which only day and duration are known."""
    began = dt.datetime.combine(day, dt.time(), dt.UTC)
    return Told(began, began + seconds * SECOND, seconds, clock_known=False)


def check_told(it: Told, now: dt.datetime, zone: dt.tzinfo = dt.UTC) -> Told:
    """The same. Raises BadInput for work that ends before it starts, takes over 16 hours, or is in the future.

    `zone` is the one whose clocks the message shows.
    """
    if it.ended_at <= it.started_at or it.seconds <= 0:
        when = f"{_clock(it.started_at, zone)} to {_clock(it.ended_at, zone)}"
        raise BadInput(f"{when}: that ends before it starts, or takes no time.", "Give the days, too, with offsets.")
    if (it.ended_at - it.started_at) // SECOND > LONGEST_S:
        raise BadInput("Nobody works for more than 16 hours in one go.", "Add it in pieces, without the breaks.")
    if it.clock_known and it.ended_at > now:
        raise BadInput(f"{_clock(it.ended_at, zone)} is in the future.", "Check this machine's clock and zone.")
    if not it.clock_known and it.started_at.date() > now.astimezone(zone).date():
        raise BadInput(f"{it.started_at.date()} is in the future.", "Check --date.")
    return it


def told_body(it: Told, details: Details, source: Source = Source.PERSON, **more: Any) -> dict[str, Any]:
    """The body of a `work_logged` event of work that was told. Raises BadInput; see `Details.fields`."""
    fields = details.fields()
    if not it.clock_known:
        fields["clock_known"] = False
    return work_body(
        source=source,
        started_at=it.started_at,
        ended_at=it.ended_at,
        seconds=it.seconds,
        role=fields.pop("role"),
        ticket=fields.pop("ticket"),
        note=fields.pop("note"),
        more={**fields, **more},
    )


def _clock(moment: dt.datetime, zone: dt.tzinfo) -> str:
    return moment.astimezone(zone).isoformat(" ", timespec="minutes")
