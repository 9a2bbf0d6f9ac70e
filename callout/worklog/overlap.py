"""The same minute of the same person is billed once: who claims it, and what is taken off the others.

The rule: what a person, a recorded session or another program says wins over a playbook's run, which goes on
while the person does something else; among equals the one that began first wins.

An entry that measured less than its span (a break in it) may lie wherever nobody claimed before it, so only
what does not fit there is taken off. Whatever comes after it gets nothing of its span.
"""

from __future__ import annotations

import datetime as dt
import heapq
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from callout.worklog.entry import Entry, Source

SECOND = dt.timedelta(seconds=1)
# Whoever is claimed by more than these has to be looked at anyway.
MOST_NAMED = 16


@dataclass(frozen=True, slots=True)
class Overlap:
    """Seconds of an entry that others have claimed, and the ids of their events, first claim first.

    Of more than `MOST_NAMED` claims the first ones are named.
    """

    seconds: int
    claimed_by: tuple[str, ...]


def overlaps(entries: Iterable[Entry], settled: Container[str] = ()) -> dict[str, Overlap]:
    """Event id → overlap, only for entries that lose something. The order of `entries` does not matter.

    `settled` are event ids of work that is invoiced: it has claimed before all other work, whoever measured that.
    What remains of one person's work fits into the time that passed. Entries whose clock times are not known claim
    nothing and lose nothing: whoever bills them asks for their times first. Takes n × log n steps.
    """
    by_actor: dict[str, tuple[list[Entry], ...]] = {}
    for entry in entries:
        if entry.clock_known and entry.started_at < entry.ended_at:
            ranks = by_actor.setdefault(entry.event.actor, ([], [], [], []))
            ranks[_rank(entry, settled)].append(entry)
    found: dict[str, Overlap] = {}
    for ranks in by_actor.values():
        claimed: list[Entry] = []
        for members in filter(None, ranks):
            members.sort(key=_beginning)
            found.update(_lost(members, _Claimed(claimed)))
            claimed = sorted([*claimed, *members], key=_beginning)
    return found


class _Claimed:
    """The union of the spans of entries that are sorted by their beginning, as disjoint stretches."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._started = [entry.started_at for entry in entries]
        self._starts: list[dt.datetime] = []
        self._ends: list[dt.datetime] = []
        for entry in entries:
            if self._ends and entry.started_at <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], entry.ended_at)
            else:
                self._starts.append(entry.started_at)
                self._ends.append(entry.ended_at)
        lengths = (end - start for start, end in zip(self._starts, self._ends, strict=True))
        self._until = list(accumulate(lengths, initial=dt.timedelta(0)))

    def within(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """How much of the time from `start` to `end` is claimed."""
        return self._before(end) - self._before(start) if start < end else dt.timedelta(0)

    def beginning_within(self, start: dt.datetime, end: dt.datetime) -> Iterable[Entry]:
        """The entries that begin at `start` or later, and before `end`; the first `MOST_NAMED`."""
        low, high = bisect_left(self._started, start), bisect_left(self._started, end)
        return self.entries[low : min(high, low + MOST_NAMED)]

    def _before(self, moment: dt.datetime) -> dt.timedelta:
        place = bisect_left(self._starts, moment)
        if place == 0:
            return dt.timedelta(0)
        return self._until[place] - max(self._ends[place - 1] - moment, dt.timedelta(0))


class _Running:
    """Entries that have begun and not ended yet, in the order in which they came."""

    def __init__(self) -> None:
        self._ends: list[tuple[dt.datetime, str]] = []
        self._ids: dict[str, None] = {}

    def add(self, entry: Entry) -> None:
        heapq.heappush(self._ends, (entry.ended_at, entry.event.id))
        self._ids[entry.event.id] = None

    def at(self, moment: dt.datetime) -> list[str]:
        """The first `MOST_NAMED` that still run after `moment`; moments come in order."""
        while self._ends and self._ends[0][0] <= moment:
            del self._ids[heapq.heappop(self._ends)[1]]
        return list(islice(self._ids, MOST_NAMED))


def _lost(entries: Sequence[Entry], claimed: _Claimed) -> dict[str, Overlap]:
    """What entries of one rank (by beginning) lose to what is `claimed` already, and to the earlier ones of them."""
    found: dict[str, Overlap] = {}
    others, equals = _Running(), _Running()
    waiting = iter(claimed.entries)
    coming = next(waiting, None)
    reach = dt.datetime.min.replace(tzinfo=dt.UTC)
    for entry in entries:
        start, end = entry.started_at, entry.ended_at
        while coming is not None and coming.started_at < start:
            others.add(coming)
            coming = next(waiting, None)
        # All earlier equals began before this one: of its span they have all until the last of them ended.
        by_equals = max(min(reach, end) - start, dt.timedelta(0))
        taken = by_equals + claimed.within(start + by_equals, end)
        seconds = _too_much(entry, taken)
        if seconds:
            later = (one.event.id for one in claimed.beginning_within(start, end))
            rivals = (*others.at(start), *later, *equals.at(start))
            found[entry.event.id] = Overlap(seconds, rivals[:MOST_NAMED])
        equals.add(entry)
        reach = max(reach, end)
    return found


def _too_much(entry: Entry, taken: dt.timedelta) -> int:
    """Whole seconds of the entry that do not fit into what is left of its span, rounded up."""
    span = entry.ended_at - entry.started_at
    measured = min(entry.seconds * SECOND, span)
    return max(0, -((span - taken - measured) // SECOND))


def _rank(entry: Entry, settled: Container[str]) -> int:
    return (0 if entry.event.id in settled else 2) + (entry.source is Source.PLAYBOOK)


def _beginning(entry: Entry) -> tuple[dt.datetime, str]:
    return (entry.started_at, entry.event.id)
