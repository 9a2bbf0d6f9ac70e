"""When each event of a case happened, as far as that can be believed. Pure.

Events say when something happened (`at`) and when we were told (`recorded_at`); the ledger says in which order we were
told, and that is sure. So:

- Moments of recording that run backwards come from a clock that was wrong: the fewest are disbelieved with which the
  others are in order. Such an event was recorded by the time of the next one that is believed.
- Nobody tells what has not happened yet: an `at` more than five minutes after its recording counts as the recording.
- Nothing happens to a case before it was opened: an `at` before that counts as the recording.
- A clock that says a year before 2000 was never set.

Each of these is said as a doubt; no doubtful moment is taken silently, and none makes a time negative. What was told
long after it happened is no fault: it counts when it happened, and is said so.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, itemgetter

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.policy.consents import CLOCK_TOLERANCE

CLOCKS_ARE_SET_FROM = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# They belong to the case by its number or by a link, and name none: one may be older than the case it belongs to.
BESIDE_THE_CASE = frozenset({"opened", "quoted", "patch_announced"})


@dataclass(frozen=True, slots=True)
class Moment:
    """An event, when it counts and when it was recorded, as far as that can be believed; both are UTC."""

    event: Event
    at: dt.datetime
    recorded: dt.datetime


@dataclass(frozen=True, slots=True)
class Moments:
    """The opening, and all events (it too) in the order in which they happened; sentences about their times."""

    opening: Event
    opened_at: dt.datetime
    in_order: tuple[Moment, ...]
    doubts: tuple[str, ...]
    told_late: tuple[str, ...]


def moments_of(events: Iterable[Event]) -> Moments:
    """The events in order, each once. Raises BadInput where none of them opens a case."""
    told = sorted({event.id: event for event in events}.values(), key=attrgetter("seq"))
    opening = next((event for event in told if event.kind == "case_opened"), None)
    if opening is None:
        raise BadInput("No event opens this case.", "Give its number as callout case list shows it, like CS-000001.")
    doubts: list[str] = []
    late: list[str] = []
    recorded = _recordings(told, doubts)
    opened_at = _believed(opening, moment_in(opening.at), recorded[opening.id], "that it happened at", doubts)
    found = []
    for event in told:
        known = recorded[event.id]
        at = opened_at if event is opening else _counts(event, known, opened_at, doubts)
        found.append(Moment(event, at, known))
        if known - at > CLOCK_TOLERANCE:
            late.append(f"{_named(event)} was told {_span(known - at)} after it happened.")
    found.sort(key=lambda one: (one.at, one.event.seq))
    return Moments(opening, opened_at, tuple(found), tuple(doubts), tuple(late))


def moment_in(text: str) -> dt.datetime:
    """The aware UTC datetime of a column, quickly: a desk has many events. Raises ValueError for what is none."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no time zone")
    return moment.astimezone(dt.UTC)


def believed(one: Moment, said: dt.datetime, what: str, doubts: list[str]) -> dt.datetime:
    """A moment that an event's body names as past: no later than it was recorded, and by a clock that was set."""
    return _believed(one.event, said, one.recorded, what, doubts)


def _believed(event: Event, said: dt.datetime, recorded: dt.datetime, what: str, doubts: list[str]) -> dt.datetime:
    if said - recorded > CLOCK_TOLERANCE:
        why = f"{_span(said - recorded)} after it was recorded"
    elif said < CLOCKS_ARE_SET_FROM <= recorded:
        why = "by a clock that was never set"
    else:
        return said
    doubts.append(f"{_named(event)} says {what} {_told(said)}, {why}: it counts as at {_told(recorded)}.")
    return recorded


def _counts(event: Event, recorded: dt.datetime, opened_at: dt.datetime, doubts: list[str]) -> dt.datetime:
    said = _believed(event, moment_in(event.at), recorded, "that it happened at", doubts)
    if said >= opened_at or event.kind in BESIDE_THE_CASE:
        return said
    if opened_at - said <= CLOCK_TOLERANCE:
        return opened_at
    instead = max(recorded, opened_at)
    doubts.append(
        f"{_named(event)} says that it happened at {_told(said)}, {_span(opened_at - said)} before the case was "
        f"opened: it counts as at {_told(instead)}."
    )
    return instead


def _recordings(told: list[Event], doubts: list[str]) -> dict[str, dt.datetime]:
    """When each event was recorded, as far as that can be believed, by its id."""
    said = [moment_in(event.recorded_at) for event in told]
    right = range(len(told)) if _in_order(said) else _longest_in_order(said)
    believed_ones = dict.fromkeys(right)
    found, following = {}, said[right[-1]]
    for place in reversed(range(len(told))):
        if place in believed_ones:
            following = said[place]
        elif abs(said[place] - following) > CLOCK_TOLERANCE:
            doubts.append(
                f"{_named(told[place])} was recorded at {_told(said[place])} by a clock that does not agree with the "
                f"events around it: it was recorded by {_told(following)}."
            )
        found[told[place].id] = following
    return found


def _in_order(moments: list[dt.datetime]) -> bool:
    return moments[0] >= CLOCKS_ARE_SET_FROM and all(one <= later for one, later in pairwise(moments))


def _longest_in_order(moments: list[dt.datetime]) -> list[int]:
    """The places of the longest run that never goes backwards, without clocks that were never set; of several the one
    that ends earliest. Where no clock was set, all places."""
    ends: list[tuple[dt.datetime, int]] = []
    before: dict[int, int | None] = {}
    for place, moment in enumerate(moments):
        if moment < CLOCKS_ARE_SET_FROM:
            continue
        length = bisect_right(ends, moment, key=itemgetter(0))
        before[place] = ends[length - 1][1] if length else None
        ends[length : length + 1] = [(moment, place)]
    if not ends:
        return list(range(len(moments)))
    run: list[int] = []
    last: int | None = ends[-1][1]
    while last is not None:
        run.append(last)
        last = before[last]
    return run[::-1]


def _named(event: Event) -> str:
    return f"Event {event.seq} ({event.kind})"


def _told(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _span(length: dt.timedelta) -> str:
    seconds = int(length.total_seconds())
    for size, unit in ((31_557_600, "years"), (86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
