"""What is missing between a person's work, day by day. Pure: whoever asks hands in the events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callout.ledger.event import Event, parse_utc
from callout.policy.hours import WEEKDAYS, WorkingHours, day_span
from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry
from callout.worklog.overlap import Overlap, Sharing, overlaps
from callout.worklog.session import running_sessions

# Events of somebody's hands on a system; each should lie within a piece of work.
RUN_KINDS = (
    "access_checked", "planned", "gate_passed", "gate_confirmed", "gate_refused", "backed_up", "backup_failed",
    "drilled", "restore_begun", "restored", "restore_failed", "restore_undone", "health_checked", "patched",
    "patch_failed", "rolled_back", "rollback_failed", "verified",
)  # fmt: skip
# A check right before a session is started belongs to it; shorter gaps are nobody's question.
SLACK = dt.timedelta(minutes=2)
SHORTEST = dt.timedelta(minutes=1)

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Unlogged:
    """Events of one call-out (or, without one, system) on one day that no work of the person covers. Times are UTC."""

    callout: str
    system: str
    first: dt.datetime
    last: dt.datetime
    events: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the person, by the calendar of a zone. `free` are stretches (UTC) between work in working hours."""

    date: dt.date
    work: tuple[Entry, ...]
    free: tuple[Span, ...]
    unlogged: tuple[Unlogged, ...]
    overlapping: tuple[tuple[Entry, Overlap], ...]
    without_clock: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was found about `actor`; `running` are `work_started` events, whenever they began."""

    actor: str
    zone: dt.tzinfo
    days: tuple[Day, ...]
    running: tuple[Event, ...]


def gaps_of(
    events: Iterable[Event],
    actor: str,
    days: Sequence[dt.date],
    zone: dt.tzinfo,
    hours: WorkingHours,
    sharing: Sharing = Sharing.SPLIT,
) -> Gaps:
    """What is missing in the work of `actor` on `days` of the calendar of `zone`.

    `events` are all events of work and, at least of those days, all of `RUN_KINDS`; others do no harm. Only work
    that has clock times fills a gap. Raises CalloutError naming an event that is not whole.
    """
    listed = sorted(events, key=lambda event: event.seq)
    entries = sorted(
        (entry for entry in entries_of(listed) if entry.event.actor == actor),
        key=lambda entry: (entry.started_at, entry.event.id),
    )
    running = [event for event in running_sessions(listed) if event.actor == actor]
    hands = [event for event in listed if event.kind in RUN_KINDS and event.actor == actor]
    lost = overlaps(entries, sharing=sharing)
    found = [_day(date, entries, lost, hands, running, zone, hours) for date in days]
    return Gaps(actor, zone, tuple(found), tuple(running))


def _day(
    date: dt.date,
    entries: Sequence[Entry],
    lost: dict[str, Overlap],
    hands: Sequence[Event],
    running: Sequence[Event],
    zone: dt.tzinfo,
    hours: WorkingHours,
) -> Day:
    begins, ends = (_midnight(day, zone) for day in (date, date + dt.timedelta(days=1)))
    timed = [one for one in entries if one.clock_known and one.started_at < ends and one.ended_at > begins]
    untimed = [one for one in entries if not one.clock_known and one.started_at.date() == date]
    spans = [(one.started_at, one.ended_at) for one in timed]
    since = [(parse_utc(one.body["started_at"]), dt.datetime.max.replace(tzinfo=dt.UTC)) for one in running]
    uncovered = [event for event in hands if begins <= event.happened_at < ends and not _covered(event, spans + since)]
    opens, closes = day_span(date, hours)
    working = WEEKDAYS[date.weekday()] in hours.days
    return Day(
        date=date,
        work=tuple(one for one in (*timed, *untimed) if one.started_at >= begins or not one.clock_known),
        free=tuple(_between(spans, opens, closes)) if working else (),
        unlogged=tuple(_unlogged(uncovered)),
        overlapping=tuple((one, lost[one.event.id]) for one in timed if one.event.id in lost),
        without_clock=tuple(untimed),
    )


def _between(spans: Sequence[Span], opens: dt.datetime, closes: dt.datetime) -> Iterable[Span]:
    """What lies free between the first and the last of the spans (sorted by start), within the hours."""
    reached: dt.datetime | None = None
    for start, end in spans:
        if end <= opens or start >= closes:
            continue
        if reached is not None and start - reached >= SHORTEST:
            yield (reached, start)
        reached = max(reached or opens, end)


def _covered(event: Event, spans: Sequence[Span]) -> bool:
    return any(start - SLACK <= event.happened_at <= end + SLACK for start, end in _near(spans))


def _near(spans: Sequence[Span]) -> Iterable[Span]:
    latest = dt.datetime.max.replace(tzinfo=dt.UTC) - SLACK
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC) + SLACK
    return ((max(start, earliest), min(end, latest)) for start, end in spans)


def _unlogged(events: Sequence[Event]) -> Iterable[Unlogged]:
    by_place: dict[tuple[str, str], list[dt.datetime]] = {}
    for event in events:
        by_place.setdefault((event.callout, event.system), []).append(event.happened_at)
    for (callout, system), moments in sorted(by_place.items(), key=lambda one: min(one[1])):
        yield Unlogged(callout, system, min(moments), max(moments), len(moments))


def _midnight(date: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), zone).astimezone(dt.UTC)
