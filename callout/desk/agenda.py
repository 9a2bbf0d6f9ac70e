"""What to do next: every open clock of every case in one order. Pure.

Breached and without a justification at the very top, the longest first; then breached ones that are justified; then
whatever breaks next; paused ones at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from callout.desk.clock import Clock
from callout.desk.standing import OPEN, ClockState, state_of, warned
from callout.policy.desk_words import ClockName, Priority


class Place(NamedTuple):
    """Where a clock stands in the agenda: compare these. `rank` 0 unjustified breach, 1 breach, 2 running, 3 paused."""

    rank: int
    moment: int
    urgency: int
    case: str
    clock: str
    part: int


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One open clock of one case at a moment, without words; moments are POSIX seconds.

    `due` is None for a paused one. `percent` is the highest warning that was reached, 0 for none; 100 once breached.
    """

    place: Place
    case: str
    clock: ClockName
    due: int | None
    percent: int


def agenda_rows(case: str, priority: Priority, clocks: Iterable[Clock], now: int) -> list[AgendaRow]:
    """The rows of one case, unsorted: clocks that were stopped have none. Needs no calendar, only comparisons."""
    rows = []
    for clock in clocks:
        state = state_of(clock, now)
        if state not in OPEN:
            continue
        if state is ClockState.BREACHED:
            rank, moment, percent = (1 if clock.justified else 0), clock.due or 0, 100
        elif state is ClockState.RUNNING:
            # Without a due moment it will be held by a pause that is dated ahead: until then it runs.
            rank, percent = 2, warned(clock, now)
            moment = clock.breaks_at or clock.held_since or 0
        else:
            rank, moment, percent = 3, clock.held_since or clock.breaks_at or 0, warned(clock, now)
        place = Place(rank, moment, _URGENCY[priority], case, clock.name, clock.part)
        rows.append(AgendaRow(place, case, clock.name, clock.due if rank < 3 else None, percent))
    return rows


def in_order(rows: Iterable[AgendaRow]) -> list[AgendaRow]:
    """All rows as they are to be worked on."""
    return sorted(rows, key=_place)


_URGENCY = {priority: place for place, priority in enumerate(Priority)}
_place = attrgetter("place")
