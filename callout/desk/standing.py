"""How each clock of a case stands at a moment: what is due when, what is late, what is breached. Pure.

Rules: a deadline is due when as many open seconds have passed outside of pauses as its rule gave at the start. The
critical patch is never paused. A changed priority or contract brings its rule to the same start and the same pauses.
What a hand has set stays, whatever pauses. A paused case does not breach: past due when resumed, it is breached from
the resumption on. A breach wants a justification, which speaks for that clock and that due moment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from callout.desk.case import Case
from callout.desk.clock import WARN_AT, Clock
from callout.desk.rules import Rule
from callout.inventory.desk import ClockName
from callout.policy.working_time import Calendars


class ClockState(StrEnum):
    """`met`: done in time. `late`: done, or ended, after it was due. `stopped`: the case ended before it was due.

    `paused` has not been breached before; `breached` is still to be done and stays breached, also in a later pause.
    """

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    BREACHED = "breached"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Standing:
    """One clock at a moment. Times are UTC in whole seconds.

    `part` tells clocks of one name apart (level of an acknowledgement, number of an update). `due_at` of a paused clock
    is what it would be if the pause ended now. `warn_at` are (percent of the run time, when it is reached). `left_s`:
    running or paused, the open seconds of its calendar that are left; met or stopped, those that were left then;
    breached or late, the seconds by the wall clock since it was due, negative. `justified` is True also where there is
    nothing to justify. `doubt` is a sentence where `now` itself cannot be right, and else empty.
    """

    clock: ClockName
    part: int
    rule: Rule | None
    started_at: dt.datetime
    due_at: dt.datetime
    by_hand: bool
    state: ClockState
    stopped_at: dt.datetime | None
    warn_at: tuple[tuple[int, dt.datetime], ...]
    left_s: int
    budget_s: int
    breached_at: dt.datetime | None
    justified: bool
    doubt: str = ""

    @property
    def warned(self) -> int:
        """The highest warning that has been reached (percent), 0 for none. Filled for running and breached clocks."""
        raise NotImplementedError

    @property
    def open(self) -> bool:
        """Still to be done: running, paused or breached."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)


def standings(
    case: Case, calendars: Calendars, now: dt.datetime, warn_at: tuple[int, ...] = WARN_AT
) -> tuple[Standing, ...]:
    """How the case's clocks stand at `now` (aware), in the order of `ClockName`, then by part.

    Raises BadInput where a moment lies outside of the calendars that are loaded, so also for a `now` of another age.
    """
    raise NotImplementedError


def standing_of(clock: Clock, calendars: Calendars, now: int, doubt: str = "") -> Standing:
    """The same for one clock that was worked out before; `now` in POSIX seconds."""
    raise NotImplementedError


def doubt_of(case: Case, now: dt.datetime) -> str:
    """Why `now` cannot be right beside the case's events, as a sentence; empty where it may be."""
    raise NotImplementedError
