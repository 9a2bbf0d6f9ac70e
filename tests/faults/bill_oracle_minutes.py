"""Whose each minute of a person is, by brute force: see `bill_oracle`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from fractions import Fraction

from tests.faults.bill_oracle_shapes import Work

MINUTE = dt.timedelta(minutes=1)
# Work on an invoice: which was issued first, and, where it says so, what the work holds and when.
Settled = dict[str, tuple[int, list[tuple[dt.datetime, dt.datetime, Fraction]] | None]]


class Minutes:
    """Gives each minute away; `first`: to the piece that began first, else shared between customers."""

    def __init__(self, settled: Settled, first: bool) -> None:
        self.settled, self.first = settled, first

    def give(self, charged: list[Work]) -> None:
        """Says of each minute of each work how much of it that work has: never more than one minute together."""
        going: dict[tuple[str, dt.datetime], list[Work]] = defaultdict(list)
        for work in charged:
            for number in range(work.minutes):
                going[work.actor, work.start + number * MINUTE].append(work)
        for (_, minute), works in sorted(going.items(), key=lambda one: one[0]):
            shares = self.shares(minute, works)
            for work in works:
                work.free.append(shares.get(work.id, Fraction(0)))

    def shares(self, minute: dt.datetime, works: list[Work]) -> dict[str, Fraction]:
        """What an invoice says; then the oldest invoice that says nothing; then equals, a person's own before runs."""
        found: dict[str, Fraction] = {}
        silent, free = [], []
        for work in works:
            if work.id not in self.settled:
                free.append(work)
            elif self.settled[work.id][1] is None:
                silent.append(work)
            else:
                for start, end, share in self.settled[work.id][1] or ():
                    if start <= minute < end:
                        found[work.id] = share
        left = 1 - sum(found.values())
        if left > 0 and silent:
            first = min(silent, key=lambda one: (self.settled[one.id][0], _run(one), one.start, one.id))
            found[first.id] = Fraction(left)
        elif left > 0 and free:
            equals = [one for one in free if _run(one) == min(map(_run, free))]
            for customer in {"" if self.first else one.customer for one in equals}:
                mine = [one for one in equals if self.first or one.customer == customer]
                first = min(mine, key=lambda one: (one.start, one.id))
                found[first.id] = Fraction(left) * len(mine) / len(equals)
        return found


def _run(work: Work) -> bool:
    return bool(work.body["source"] == "playbook")
