"""When something is due: the open seconds that a rule gives, and the moment by which they have passed. Pure.

The rule gives a budget, once, at the start: as many open seconds of its calendar as lie between the start and the due
moment that it names ("within one business day" of the published procedure counts whole working days, see
`callout.policy.working_time`). Due is the first moment by which that budget has passed outside of pauses; so a pause
adds only what was open of it, and never a second twice.

What arrives while nobody is there is due when the desk opens: then the budget is used up at a closing, and due is the
next opening that no pause lies over (`Budget.at_opening`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callout.desk.pauses import Span, held_at
from callout.desk.rules import Rule
from callout.policy.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class Budget:
    """Open seconds (at least one) that a rule gives; with `at_opening` due is the next opening after them."""

    seconds: int
    at_opening: bool = False

    def part(self, percent: int) -> Budget:
        """That part of it, for a warning: rounded up, so that none comes too early."""
        return Budget(-(-self.seconds * percent // 100))


@dataclass(frozen=True, slots=True)
class Due:
    """The due moment; None where a pause without an end holds it since `held_since`, with `left` open seconds to go."""

    moment: int | None
    held_since: int | None = None
    left: int = 0


def budget_of(rule: Rule, start: int, time: WorkingTime) -> Budget:
    """What the rule gives from `start` (POSIX seconds) on, in its own calendar `time`."""
    if not rule.in_business_days:
        return Budget(rule.seconds)
    named = time.business_days_after(start, rule.count)
    seconds = time.between(start, named)
    return Budget(seconds, at_opening=time.after(start, seconds) != named)


def due_after(start: int, budget: Budget, time: WorkingTime, pauses: Sequence[Span]) -> Due:
    """The first moment by which the budget has passed since `start` outside of `pauses` (disjoint, sorted, none before
    `start`). Raises BadInput where that lies beyond the calendar that is loaded."""
    left, since = budget.seconds, start
    for begin, end in pauses:
        passed = time.between(since, begin)
        if passed >= left:
            break
        left -= passed
        if end is None:
            return Due(None, begin, left)
        since = end
    used_up = time.after(since, left)
    return _at_opening(used_up, time, pauses) if budget.at_opening else Due(used_up)


def resumed(due: Due, at_opening: bool, now: int, time: WorkingTime) -> int:
    """When a clock that is held would be due if its pause ended `now`."""
    moment = time.after(now, due.left)
    return time.next_open(moment) if at_opening else moment


def breaks_at(due: int, pauses: Sequence[Span]) -> int | None:
    """When a clock with that due moment is breached: then, or when the pause over it ends; None while it does not end.
    A paused case does not breach."""
    held = held_at(pauses, due)
    return due if held is None else held[1]


def _at_opening(moment: int, time: WorkingTime, pauses: Sequence[Span]) -> Due:
    opening = time.next_open(moment)
    for begin, end in pauses:
        if begin <= opening and (end is None or opening < end):
            if end is None:
                return Due(None, begin)
            opening = time.next_open(end)
    return Due(opening)
