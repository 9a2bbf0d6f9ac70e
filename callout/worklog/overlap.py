"""The same minute of the same person is billed once: who holds it, and what is taken off the others.

The rule: what a person, a recorded session or another program says wins over a playbook's run, which goes on
while the person does something else. Among equals of one customer the one that began first wins. Between customers a
minute is shared out among the pieces of work that went on in it (`Sharing.SPLIT`), or is the one's that began first.
What stands on an invoice keeps what the invoice says, and comes before all other work.

An entry that measured less than its span (a break in it) may lie wherever nobody claimed before it, so only
what does not fit there is taken off. Whatever comes after it gets nothing of its span.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from callout.worklog.claimants import Claimants, Stretch
from callout.worklog.entry import Entry

MICROSECOND = dt.timedelta(microseconds=1)
SECOND_US = 1_000_000
# Whoever is claimed by more than these has to be looked at anyway.
MOST_NAMED = 16


class Sharing(StrEnum):
    """Whose a minute is in which one person worked for several customers (`callout_policy.money.shared_minutes`)."""

    SPLIT = "split"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Seconds of an entry that others have claimed, and the ids of their events, first claim first.

    Of more than `MOST_NAMED` claims the first ones are named.
    """

    seconds: int
    claimed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of time (UTC) of which a piece of work holds `share` of every minute, above 0 and at most 1."""

    start: dt.datetime
    end: dt.datetime
    share: Fraction


@dataclass(frozen=True, slots=True)
class Contested:
    """An entry whose time others claim, too. `held` is what it has of its span, in order, and nothing beside that.

    `elsewhere` are those of `overlap.claimed_by` that are other customers' work. `overlap.seconds` is 0 where all that
    was measured fits into what is held.
    """

    overlap: Overlap
    held: tuple[Held, ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """Work that is invoiced, by the place of its invoice; `contested` is what that says of its time, None for nothing.

    Without it the work holds its whole span, as far as no earlier invoice does.
    """

    place: int
    contested: Contested | None = None


NOTHING_SETTLED: Mapping[str, Settled] = {}


def overlaps(
    entries: Iterable[Entry], settled: Mapping[str, Settled] = NOTHING_SETTLED, sharing: Sharing = Sharing.SPLIT
) -> dict[str, Overlap]:
    """Event id → overlap, only for entries that lose something; see `contests`."""
    found = contests(entries, settled, sharing)
    return {identifier: one.overlap for identifier, one in found.items() if one.overlap.seconds}


def contests(
    entries: Iterable[Entry], settled: Mapping[str, Settled] = NOTHING_SETTLED, sharing: Sharing = Sharing.SPLIT
) -> dict[str, Contested]:
    """Event id → what it holds, only for entries that do not hold all of their span. The order does not matter.

    What remains of one person's work, whomever it is for, fits into the time that passed. Entries whose clock times
    are not known claim nothing and lose nothing: whoever bills them asks for their times first. Takes n × log n steps.
    """
    by_actor: dict[str, list[Entry]] = {}
    found: dict[str, Contested] = {}
    for entry in entries:
        if entry.clock_known and entry.started_at < entry.ended_at:
            by_actor.setdefault(entry.event.actor, []).append(entry)
            known = settled.get(entry.event.id)
            if known is not None and known.contested is not None:
                found[entry.event.id] = known.contested
    for actor in by_actor.values():
        for members in _together(sorted(actor, key=_beginning)):
            for identifier, one in _shared_out(members, settled, sharing).items():
                found.setdefault(identifier, one)
    return found


def _together(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Groups (of entries by beginning) whose spans touch each other somehow; whoever is alone loses nothing."""
    members: list[Entry] = []
    reach = dt.datetime.min.replace(tzinfo=dt.UTC)
    for entry in entries:
        if entry.started_at >= reach:
            if len(members) > 1:
                yield members
            members = []
        members.append(entry)
        reach = max(reach, entry.ended_at)
    if len(members) > 1:
        yield members


def _shared_out(members: Sequence[Entry], settled: Mapping[str, Settled], sharing: Sharing) -> dict[str, Contested]:
    claimants = Claimants(by_customer=sharing is Sharing.SPLIT)
    for entry in members:
        known = settled.get(entry.event.id)
        if known is None:
            claimants.free(entry)
        elif known.contested is None:
            claimants.invoiced(entry, known.place)
        else:
            for one in known.contested.held:
                claimants.fixed(entry, one.start, one.end, one.share)
    stretches = list(claimants.stretches())
    held: dict[str, list[Held]] = {}
    for stretch in stretches:
        for identifier, share in stretch.holders.items():
            _lengthen(held.setdefault(identifier, []), Held(stretch.start, stretch.end, share))
    customers = {entry.event.id: entry.event.customer for entry in members}
    rivals = _Rivals(stretches)
    found = {}
    for entry in members:
        mine = tuple(held.get(entry.event.id, ()))
        if mine == (Held(entry.started_at, entry.ended_at, Fraction(1)),):
            continue
        names = rivals.of(entry)
        elsewhere = tuple(name for name in names if customers[name] != entry.event.customer)
        found[entry.event.id] = Contested(Overlap(_too_much(entry, mine), names), mine, elsewhere)
    return found


def _lengthen(held: list[Held], more: Held) -> None:
    if held and held[-1].end == more.start and held[-1].share == more.share:
        more = Held(held.pop().start, more.end, more.share)
    held.append(more)


class _Rivals:
    """Who else holds a part of an entry's time; stretches with the same holders are looked at once."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._ends: list[dt.datetime] = []
        self._starts: list[dt.datetime] = []
        self._holders: list[tuple[str, ...]] = []
        for one in stretches:
            holders = tuple(one.holders)
            if self._ends and self._ends[-1] == one.start and self._holders[-1] == holders:
                self._ends[-1] = one.end
            else:
                self._starts.append(one.start)
                self._ends.append(one.end)
                self._holders.append(holders)

    def of(self, entry: Entry) -> tuple[str, ...]:
        """The first `MOST_NAMED`."""
        names: dict[str, None] = {}
        place = bisect_right(self._ends, entry.started_at)
        while place < len(self._starts) and self._starts[place] < entry.ended_at and len(names) <= MOST_NAMED:
            names.update(dict.fromkeys(self._holders[place]))
            place += 1
        names.pop(entry.event.id, None)
        return tuple(names)[:MOST_NAMED]


def _too_much(entry: Entry, held: Iterable[Held]) -> int:
    """Whole seconds of the entry that do not fit into what it holds, rounded up."""
    measured = min(entry.seconds * SECOND_US, (entry.ended_at - entry.started_at) // MICROSECOND)
    room = sum(((one.end - one.start) // MICROSECOND * one.share for one in held), Fraction(0))
    return max(0, -((room - measured) // SECOND_US))


def _beginning(entry: Entry) -> tuple[dt.datetime, str]:
    return (entry.started_at, entry.event.id)
