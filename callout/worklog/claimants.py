"""Who claims a minute of one person, as a sweep over the beginnings and ends of all that was going on. Pure."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from callout.worklog.entry import Entry, Source

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which nobody begins or ends: event id → share of every minute; the shares are 1 at most."""

    start: dt.datetime
    end: dt.datetime
    holders: Mapping[str, Fraction]


class _Running:
    """Entries that have begun and not ended yet; the first of them is the one with the smallest key."""

    def __init__(self) -> None:
        self._keys: list[tuple[Any, ...]] = []
        self.count = 0

    def begin(self, key: tuple[Any, ...], entry: Entry) -> None:
        heapq.heappush(self._keys, (*key, entry.started_at, entry.event.id, entry.ended_at))
        self.count += 1

    def first(self, moment: dt.datetime) -> str:
        """Its event id; moments come in order. There must be one."""
        while self._keys[0][-1] <= moment:
            heapq.heappop(self._keys)
        return str(self._keys[0][-2])


class _Rank:
    """Equals, by customer, or all together where customers do not matter."""

    def __init__(self) -> None:
        self._of: dict[str, _Running] = {}
        self.count = 0

    def begin(self, name: str, entry: Entry) -> None:
        self._of.setdefault(name, _Running()).begin((), entry)
        self.count += 1

    def end(self, name: str) -> None:
        self._of[name].count -= 1
        self.count -= 1
        if not self._of[name].count:
            del self._of[name]

    def shares(self, moment: dt.datetime, left: Fraction) -> Iterator[tuple[str, Fraction]]:
        """`left` shared out equally among all that run; each customer's part is the first one's of them."""
        for running in self._of.values():
            yield running.first(moment), left * running.count / self.count


class Claimants:
    """One person's claims. `by_customer`: equals of different customers share; else the first of all has it."""

    def __init__(self, *, by_customer: bool) -> None:
        self._by_customer = by_customer
        self._fixed: dict[str, Fraction] = {}
        self._invoiced = _Running()
        self._ranks = (_Rank(), _Rank())
        # (moment, ends before beginnings, place: no two are compared further), what it is about
        self._edges: list[tuple[dt.datetime, bool, int, _Edge]] = []

    def fixed(self, entry: Entry, start: dt.datetime, end: dt.datetime, share: Fraction) -> None:
        """A share that an invoice has given to the work from `start` to `end`."""
        self._add(start, end, _Edge(entry, share=share))

    def invoiced(self, entry: Entry, place: int) -> None:
        """Work on the invoice of that place, which says nothing about shares."""
        self._add(entry.started_at, entry.ended_at, _Edge(entry, place=place))

    def free(self, entry: Entry) -> None:
        """Work that is on no invoice."""
        self._add(entry.started_at, entry.ended_at, _Edge(entry))

    def stretches(self) -> Iterator[Stretch]:
        """All stretches of time in which there is a claim, in order. To be asked once."""
        edges = sorted(self._edges, key=lambda one: one[:3])
        for index, (moment, begins, _, edge) in enumerate(edges):
            self._step(edge, begins=begins)
            following = edges[index + 1][0] if index + 1 < len(edges) else moment
            if following > moment and (holders := self._holders(moment)):
                yield Stretch(moment, following, holders)

    def _add(self, start: dt.datetime, end: dt.datetime, edge: _Edge) -> None:
        self._edges += [(start, True, len(self._edges), edge), (end, False, len(self._edges), edge)]

    def _step(self, edge: _Edge, *, begins: bool) -> None:
        entry = edge.entry
        if edge.share is not None:
            if begins:
                self._fixed[entry.event.id] = edge.share
            else:
                del self._fixed[entry.event.id]
        elif edge.place is not None:
            if begins:
                self._invoiced.begin((edge.place, entry.source is Source.PLAYBOOK), entry)
            else:
                self._invoiced.count -= 1
        else:
            rank = self._ranks[entry.source is Source.PLAYBOOK]
            name = entry.event.customer if self._by_customer else ""
            if begins:
                rank.begin(name, entry)
            else:
                rank.end(name)

    def _holders(self, moment: dt.datetime) -> dict[str, Fraction]:
        holders = dict(self._fixed)
        left = WHOLE - sum(holders.values())
        if left <= 0:
            return holders
        if self._invoiced.count:
            holders[self._invoiced.first(moment)] = left
            return holders
        rank = next((one for one in self._ranks if one.count), None)
        if rank is not None:
            holders.update(rank.shares(moment, left))
        return holders


@dataclass(frozen=True, slots=True)
class _Edge:
    """What begins or ends: a fixed share, work of an invoice (`place`), or neither."""

    entry: Entry
    share: Fraction | None = None
    place: int | None = None
