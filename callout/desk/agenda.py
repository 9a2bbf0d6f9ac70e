"""What to do next: every open clock of every case in one order. Pure.

Breached and without a justification at the very top, the longest first; then breached ones that are justified; then
whatever breaks next; paused ones at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from callout.desk.clock import Clock
from callout.inventory.desk import ClockName, Priority


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
    raise NotImplementedError


def in_order(rows: Iterable[AgendaRow]) -> list[AgendaRow]:
    """All rows as they are to be worked on."""
    return sorted(rows, key=lambda row: row.place)
