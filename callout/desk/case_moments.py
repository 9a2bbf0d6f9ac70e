"""When each event of a case happened, as far as that can be believed. Pure.

Events say when something happened (`at`) and when we were told (`recorded_at`), and the ledger says in which order.
Nobody tells what has not happened yet: an `at` more than five minutes after `recorded_at` counts as `recorded_at`.
Nothing happens to a case before it was opened: an `at` before that counts as `recorded_at`, or as the opening where
that lies before it, too. A clock that says a year before 2000 was never set. Each of these is said as a doubt, as are
moments of recording that run backwards; no doubtful moment is ever taken silently, and none makes a time negative.

What was told long after it happened is no fault: it counts when it happened, and is said so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.policy.consents import CLOCK_TOLERANCE

CLOCKS_ARE_SET_FROM = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# They are about the case, and happened when they did: a call-out may be older than the case it belongs to.
OLDER_THAN_THE_CASE = frozenset({"opened", "patch_announced"})


@dataclass(frozen=True, slots=True)
class Moment:
    """An event and when it counts (UTC)."""

    event: Event
    at: dt.datetime


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
    told = sorted({event.id: event for event in events}.values(), key=lambda event: event.seq)
    opening = next((event for event in told if event.kind == "case_opened"), None)
    if opening is None:
        raise BadInput("No event opens this case.", "Give its number as callout case list shows it, like CS-000001.")
    doubts: list[str] = []
    late: list[str] = []
    opened_at = _opened_at(opening, doubts)
    found = [Moment(event, _counts(event, opening, opened_at, doubts)) for event in told]
    for one in found:
        recorded = moment_in(one.event.recorded_at)
        if recorded - one.at > CLOCK_TOLERANCE:
            late.append(f"{_named(one.event)} was told {_span(recorded - one.at)} after it happened.")
    doubts.extend(_backwards(told))
    found.sort(key=lambda one: (one.at, one.event.seq))
    return Moments(opening, opened_at, tuple(found), tuple(doubts), tuple(late))


def moment_in(text: str) -> dt.datetime:
    """The aware UTC datetime of a column, quickly: a desk has many events. Raises ValueError for what is none."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no time zone")
    return moment.astimezone(dt.UTC)


def believed(event: Event, said: dt.datetime, what: str, doubts: list[str]) -> dt.datetime:
    """A moment that an event's body names as past: no later than it was recorded, and by a clock that was set."""
    recorded = moment_in(event.recorded_at)
    if said - recorded > CLOCK_TOLERANCE:
        doubts.append(
            f"{_named(event)} says {what} {_told(said)}, {_span(said - recorded)} after it was recorded: "
            f"it counts from when it was recorded, {_told(recorded)}."
        )
        return recorded
    if said < CLOCKS_ARE_SET_FROM <= recorded:
        doubts.append(
            f"{_named(event)} says {what} {_told(said)}, by a clock that was never set: "
            f"it counts from when it was recorded, {_told(recorded)}."
        )
        return recorded
    return said


def _opened_at(opening: Event, doubts: list[str]) -> dt.datetime:
    return believed(opening, moment_in(opening.at), "that it happened at", doubts)


def _counts(event: Event, opening: Event, opened_at: dt.datetime, doubts: list[str]) -> dt.datetime:
    said, recorded = moment_in(event.at), moment_in(event.recorded_at)
    if event.id == opening.id:
        return opened_at
    if recorded >= opened_at:
        said = believed(event, said, "that it happened at", doubts)
    if said >= opened_at or event.kind in OLDER_THAN_THE_CASE:
        return said
    if opened_at - said > CLOCK_TOLERANCE:
        instead = max(recorded, opened_at)
        doubts.append(
            f"{_named(event)} says that it happened at {_told(said)}, {_span(opened_at - said)} before the case was "
            f"opened: it counts as at {_told(instead)}."
        )
        return instead
    return opened_at


def _backwards(told: list[Event]) -> Iterable[str]:
    """The ledger's order is sure; moments of recording that go against it come from a clock that was wrong."""
    newest: Event | None = None
    for event in told:
        if newest is None:
            newest = event
            continue
        back = moment_in(newest.recorded_at) - moment_in(event.recorded_at)
        if back > CLOCK_TOLERANCE:
            yield (
                f"{_named(event)} was recorded at {_told(moment_in(event.recorded_at))}, {_span(back)} before event "
                f"{newest.seq}, which is the earlier one: one of the two clocks was wrong."
            )
        else:
            newest = event


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
