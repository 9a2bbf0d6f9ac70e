"""The clocks of a case: what started each, what stops it, when it is due whatever the time is now. Pure.

Everything here is in whole POSIX seconds (parts of a second are dropped), since it is asked for 100,000 cases at once;
nothing depends on `now`, so that a clock that was worked out stays true until the case's next event.
"""

from __future__ import annotations

from dataclasses import dataclass

from callout.desk.case import Case
from callout.desk.pauses import Span
from callout.desk.rules import Rule
from callout.inventory.desk import ClockName
from callout.policy.working_time import Calendars

WARN_AT = (50, 75, 90)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `part` tells clocks of one name apart: the level of an acknowledgement, the number of an update.

    `rule` is None where only a hand has set the deadline (`by_hand`). `budget` is how many open seconds of the rule's
    calendar lie between start and due, before any pause; `due` None means that a pause without an end holds it: then
    `held_since` says since when, and `left` how many open seconds it had left. `breaks_at` is when it is breached if
    nothing stops it: the due moment, or the end of the pause that lies over it; None while a pause without an end does.
    `stopped` is when it was stopped, `fulfilled` whether by what was promised (an ending stops a plan without it).
    """

    name: ClockName
    part: int
    rule: Rule | None
    started: int
    budget: int
    at_opening: bool
    due: int | None
    by_hand: bool
    warnings: tuple[tuple[int, int], ...]
    held: tuple[Span, ...]
    held_since: int | None
    left: int
    breaks_at: int | None
    stopped: int | None
    fulfilled: bool
    justified: tuple[int, ...]
    seq: int


def clocks_of(case: Case, calendars: Calendars, warn_at: tuple[int, ...] = WARN_AT) -> tuple[Clock, ...]:
    """All clocks of the case, in the order of `ClockName`, then by part. Raises BadInput beyond the loaded calendars."""
    raise NotImplementedError
