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

from callout.desk.case import Case, CaseState
from callout.desk.clock import WARN_AT, Clock, clocks_of
from callout.desk.deadline import Due, resumed
from callout.desk.pauses import held_at, seconds_of
from callout.desk.rules import Rule
from callout.policy.consents import CLOCK_TOLERANCE
from callout.policy.desk_words import ClockName
from callout.policy.working_time import Calendars, WorkingTime

CLOCK_TOLERANCE_S = int(CLOCK_TOLERANCE.total_seconds())
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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

    `part` tells clocks of one name apart (level of an acknowledgement, number of an update), `seq` is the event that
    started it. `due_at` of a paused clock is what it would be if the pause ended now. `warn_at` are (percent of the run
    time, when it is reached), without those that a pause without an end holds back; `warned` is the highest that an
    open clock has reached, 0 for none. `left_s`: running or paused, the open seconds of its calendar that are left; met
    or stopped, those that were left then; breached or late, the seconds by the wall clock since it was due, negative.
    `justified` is True also where there is nothing to justify. `doubt` is a sentence where `now` itself cannot be
    right, and else empty.
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
    warned: int
    left_s: int
    budget_s: int
    breached_at: dt.datetime | None
    justified: bool
    seq: int = 0
    doubt: str = ""

    @property
    def open(self) -> bool:
        """Still to be done: running, paused or breached."""
        return self.state in OPEN


OPEN = frozenset({ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED})
# An open case of which nothing was heard for so long is hardly the case's fault: it is the clock that asks.
LONGEST_SILENCE = dt.timedelta(days=366)


def standings(
    case: Case, calendars: Calendars, now: dt.datetime, warn_at: tuple[int, ...] = WARN_AT
) -> tuple[Standing, ...]:
    """How the case's clocks stand at `now` (aware), in the order of `ClockName`, then of their start.

    Raises BadInput where a moment lies outside of the calendars that are loaded, so also for a `now` of another age.
    """
    doubt = doubt_of(case, now)
    return tuple(standing_of(clock, calendars, seconds_of(now), doubt) for clock in clocks_of(case, calendars, warn_at))


def standing_of(clock: Clock, calendars: Calendars, now: int, doubt: str = "") -> Standing:
    """The same for one clock that was worked out before; `now` in POSIX seconds."""
    stopped = stop_that_counts(clock, now)
    state = state_of(clock, now)
    time = calendars.of(clock.runs)
    due = clock.due
    if due is None:
        due = resumed(Due(None, clock.held_since, clock.left), clock.budget.at_opening, _since_held(clock, now), time)
    broken = state in (ClockState.BREACHED, ClockState.LATE)
    return Standing(
        clock=clock.name,
        part=clock.part,
        rule=clock.rule,
        started_at=_moment(clock.started),
        due_at=_moment(due),
        by_hand=bool(clock.by_hand),
        state=state,
        stopped_at=None if stopped is None else _moment(stopped),
        warn_at=tuple((percent, _moment(reached)) for percent, reached in clock.warnings),
        warned=warned(clock, now) if state in OPEN else 0,
        left_s=due - (now if stopped is None else stopped) if broken else _left(clock, due, stopped, now, time),
        budget_s=clock.budget.seconds,
        breached_at=_moment(clock.breaks_at) if broken and clock.breaks_at is not None else None,
        justified=clock.justified or not broken,
        seq=clock.seq,
        doubt=doubt,
    )


def state_of(clock: Clock, now: int) -> ClockState:
    """How a clock stands at `now` (POSIX seconds), by comparisons alone: the agenda asks it for every case."""
    if stop_that_counts(clock, now) is not None:
        if clock.late:
            return ClockState.LATE
        return ClockState.MET if clock.fulfilled else ClockState.STOPPED
    if clock.broken_at(now):
        return ClockState.BREACHED
    return ClockState.RUNNING if held_at(clock.pauses, now) is None else ClockState.PAUSED


def stop_that_counts(clock: Clock, now: int) -> int | None:
    """When it was stopped; a stop that is dated ahead of `now` does not count yet."""
    if clock.stopped is None or clock.stopped > now + CLOCK_TOLERANCE_S:
        return None
    return clock.stopped


def warned(clock: Clock, now: int) -> int:
    """The highest warning that was reached (percent); 0 for none."""
    return max((percent for percent, reached in clock.warnings if reached <= now), default=0)


def doubt_of(case: Case, now: dt.datetime) -> str:
    """Why `now` cannot be right beside the case's events, as a sentence; empty where it may be."""
    if case.last_at - now > CLOCK_TOLERANCE:
        return (
            f"This machine's clock says {now.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC, but the case has an event of "
            f"{case.last_at:%Y-%m-%d %H:%M} UTC: one of the two clocks is wrong."
        )
    if case.state is not CaseState.ENDED and now - case.last_at > LONGEST_SILENCE:
        return (
            f"This machine's clock says {now.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC, {(now - case.last_at).days} days "
            f"after the case's last event: is it right?"
        )
    return ""


def _left(clock: Clock, due: int, stopped: int | None, now: int, time: WorkingTime) -> int:
    """Open seconds that were left when it was stopped, or are left now, outside of pauses; never fewer than none."""
    if stopped is not None:
        return time.between(max(clock.started, stopped), due) if stopped < due else 0
    since = max(clock.started, now)
    horizon, left = due, 0
    if clock.due is None and clock.held_since is not None:
        horizon, left = clock.held_since, clock.left
    if since >= horizon:
        return left
    held = sum(
        time.between(max(begin, since), horizon if end is None else min(end, horizon))
        for begin, end in (() if clock.by_hand else clock.pauses)
        if begin < horizon and (end is None or end > since)
    )
    return left + time.between(since, horizon) - held


def _since_held(clock: Clock, now: int) -> int:
    return max(now, clock.held_since or now)


def _moment(second: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=second)
