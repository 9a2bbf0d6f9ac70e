"""Pure: what the agenda knows of each deadline, in rows that stay true until the case's next event.

A row holds moments and no state: what has been missed, and how urgent the rest is, follows from it and from the time
at which it is asked (`band`, `warned`). So rows can be kept, and asked again a minute or a month later.
Moments are whole POSIX seconds, as those of `callout.desk.clock`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import partial
from typing import TYPE_CHECKING

from callout.policy.desk_words import Priority

if TYPE_CHECKING:  # a board is asked without any of what it was made from
    from callout.desk.case import Case
    from callout.desk.clock import Clock

# The order among deadlines of one and the same second.
URGENCY = tuple(Priority)


class Place(StrEnum):
    """What a row is, whatever the time."""

    LIVE = "live"  # its deadline comes, or has passed
    PAUSED = "paused"  # a pause without an end holds it: it cannot breach
    LATE = "late"  # done, or ended, after it was due, and nobody has said why
    IDLE = "idle"  # an open case in which no clock runs
    UNKNOWN = "unknown"  # its events cannot be made into clocks


class Band(IntEnum):
    """Where a row stands in the agenda, the first at the top."""

    BREACHED = 0
    UNKNOWN = 1
    LATE = 2
    JUSTIFIED = 3
    RUNNING = 4
    PAUSED = 5
    IDLE = 6

    @property
    def word(self) -> str:
        """As programs read it."""
        return self.name.lower()


# What must be acted upon now, and what is to be looked at. A running clock warns from the first percentage on.
FAILING = frozenset({Band.BREACHED, Band.UNKNOWN})
WARNING = frozenset({Band.LATE, Band.JUSTIFIED})


@dataclass(frozen=True, slots=True)
class BoardCase:
    """What the agenda tells of a case. Its texts are the ledger's: hostile."""

    number: str
    customer: str
    system: str
    priority: str
    subject: str
    opened: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One deadline of a case, or that it has none.

    `clock` is empty where no clock is meant; `part` and `seq` (the event that started it) are the clock's. `moment`
    orders rows within a band: the first second in which the clock is breached; without one, since when it is paused, or
    when the case was opened. `due` is the deadline, None where there is none yet; where a pause lay over it the two are
    far apart. `warnings` are (percent, when it is reached). `turn` says for whom a paused case waits, `why` what is
    wrong with an unknown one.
    """

    case: BoardCase
    clock: str
    part: int
    seq: int
    place: Place
    moment: int
    due: int | None = None
    warnings: tuple[tuple[int, int], ...] = ()
    by_hand: bool = False
    justified: bool = False
    turn: str = ""
    why: str = ""

    @property
    def breaks(self) -> int:
        """What people call the moment of the breach: the deadline itself, or the end of the pause that lay over it."""
        return self.due if self.due is not None and self.moment == self.due + 1 else self.moment

    @property
    def urgency(self) -> int:
        """The place of its priority, the most urgent first; behind them all where it is none that we know."""
        return next((at for at, one in enumerate(URGENCY) if one == self.case.priority), len(URGENCY))


def board_case(case: Case) -> BoardCase:
    """The case as the agenda knows it."""
    opened = int(case.opened_at.timestamp())
    return BoardCase(case.number, case.customer, case.system, case.priority.value, case.subject, opened)


def board_rows(case: Case, clocks: Iterable[Clock]) -> tuple[BoardRow, ...]:
    """A row for each clock that still asks for something, in the order of `clocks`.

    Clocks that were met in time, or were stopped, ask for nothing; one that was late does until somebody has said why.
    An open case of which nothing is asked has one row that says so: it is not forgotten. One that has ended has none.
    """
    known = board_case(case)
    rows = tuple(row for clock in clocks if (row := _row(case, known, clock)) is not None)
    if rows or case.outcome is not None:
        return rows
    return (BoardRow(known, "", 0, 0, Place.IDLE, known.opened),)


def unknown_row(case: BoardCase, why: str) -> BoardRow:
    """The row of a case of whose clocks nothing can be told."""
    return BoardRow(case, "", 0, 0, Place.UNKNOWN, case.opened, why=why)


def band(row: BoardRow, now: int) -> Band:
    """Where the row stands at `now` (POSIX seconds)."""
    if row.place is not Place.LIVE:
        return Band[row.place.name]
    if row.moment > now:
        return Band.RUNNING
    return Band.JUSTIFIED if row.justified else Band.BREACHED


def warned(row: BoardRow, now: int) -> int:
    """The highest percentage that a running clock has reached at `now`; 0 for none, and where nothing runs."""
    if band(row, now) is not Band.RUNNING:
        return 0
    return max((percent for percent, at in row.warnings if at <= now), default=0)


def order(row: BoardRow, now: int) -> tuple[int, int, int, str, str, int, int]:
    """Sorts rows as the agenda shows them: breached without a word at the top, of running ones the next to breach."""
    return band(row, now), row.moment, row.urgency, row.case.number, row.clock, row.part, row.seq


def _row(case: Case, known: BoardCase, clock: Clock) -> BoardRow | None:
    due, by_hand = clock.due, bool(clock.by_hand)
    row = partial(BoardRow, known, clock.name.value, clock.part, clock.seq, due=due, by_hand=by_hand)
    if clock.stopped is not None:
        return row(Place.LATE, _breached_from(clock)) if clock.late and not clock.justified else None
    if clock.breaks_at is None:
        since = known.opened if clock.held_since is None else clock.held_since
        return row(Place.PAUSED, since if due is None else _paused_since(case, since), turn=case.turn.value)
    return row(Place.LIVE, _breached_from(clock), warnings=clock.warnings, justified=clock.justified)


def _breached_from(clock: Clock) -> int:
    """The first second in which it is breached, as `Clock.broken_at` says: after the due one, and out of a pause."""
    due, breaks = clock.due or 0, clock.breaks_at or 0
    return max(due + 1, breaks)


def _paused_since(case: Case, otherwise: int) -> int:
    """When the pause began that still goes on: a deadline by hand stays in it, so that its clock does not say."""
    going = [int(pause.begin.timestamp()) for pause in case.pauses if pause.end is None]
    return min(going, default=otherwise)
