"""The clocks of a case: what started each, what stops it, when it is due whatever the time is now. Pure.

Everything here is in whole POSIX seconds (parts of a second are dropped), since it is asked for 100,000 cases at once;
nothing depends on `now`, so that a clock that was worked out stays true until the case's next event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callout.desk.case import Case
from callout.desk.deadline import Budget, Due, breaks_at, budget_of, due_after, resumed
from callout.desk.parts_of_clocks import Part, parts_of
from callout.desk.pauses import Span, merged, seconds_of, until
from callout.desk.rules import Rule
from callout.policy.desk_words import ClockName, Runs
from callout.policy.working_time import Calendars

WARN_AT = (50, 75, 90)
Warnings = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `part` tells clocks of one name apart: the level of an acknowledgement, the number of an update.

    `rule` is None where only a hand has set the deadline (`by_hand`, the number of that event, 0 for none). `budget` is
    what the rule gave at the start. `due` None means that a pause without an end holds it: then `held_since` says since
    when and `left` how many open seconds it had left. `breaks_at` is when it is breached if nothing stops it: the due
    moment, or the end of the pause over it; None where that has no end. `pauses` are those that it minds, up to when it
    was stopped. `stopped` is when, `fulfilled` whether by what was promised (an ending stops a plan without it).
    `warnings` are (percent, moment); one that a pause without an end holds back is not among them. `seq` is the event
    that started it.
    """

    name: ClockName
    part: int
    seq: int
    rule: Rule | None
    started: int
    budget: Budget
    due: int | None
    by_hand: int
    warnings: Warnings
    pauses: tuple[Span, ...]
    held_since: int | None
    left: int
    breaks_at: int | None
    stopped: int | None
    fulfilled: bool
    justified: bool

    @property
    def runs(self) -> Runs:
        """The calendar in which it runs; a deadline by hand is a moment of the wall clock."""
        return Runs.ALWAYS if self.rule is None or self.by_hand else Runs(self.rule.runs)

    @property
    def late(self) -> bool:
        """Stopped after it was breached."""
        return self.stopped is not None and self.broken_at(self.stopped)

    def broken_at(self, moment: int) -> bool:
        """Whether it is breached if nothing has stopped it by then: past due, and no longer in the pause over that."""
        if self.due is None or self.breaks_at is None:
            return False
        return moment > self.due and moment >= self.breaks_at


def clocks_of(case: Case, calendars: Calendars, warn_at: tuple[int, ...] = WARN_AT) -> tuple[Clock, ...]:
    """All clocks of the case, in the order of `ClockName`, then of their start.

    Of updates, those that were given in time are left out; the late ones stay, and want their justification. Raises
    BadInput where a moment lies beyond the calendars that are loaded.
    """
    pauses = merged(case.pauses, seconds_of(case.opened_at))
    clocks = (_clock(case, part, pauses, calendars, warn_at) for part in parts_of(case))
    return tuple(_without_good_updates(clocks))


def _without_good_updates(clocks: Iterable[Clock]) -> Iterator[Clock]:
    """The update that was given is over; what is left is the newest one, and whatever was missed before."""
    for clock in clocks:
        given = clock.name is ClockName.NEXT_UPDATE and clock.fulfilled
        if not given or clock.late:
            yield clock


def _clock(case: Case, part: Part, pauses: tuple[Span, ...], calendars: Calendars, warn_at: tuple[int, ...]) -> Clock:
    minded = () if part.name is ClockName.CRITICAL_PATCH else _since(pauses, part.started)
    if part.stopped is not None:
        minded = until(minded, part.stopped)
    time = calendars.always
    if part.by_hand is not None:
        due = Due(seconds_of(part.by_hand.due_at))
        budget = Budget(max(1, (due.moment or 0) - part.started))
        over: tuple[Span, ...] = ()  # a deadline by hand stays, whatever pauses; so do its warnings
    else:
        assert part.rule is not None
        time = calendars.of(part.rule.runs)
        budget = budget_of(part.rule, part.started, time)
        due, over = due_after(part.started, budget, time, minded), minded
    warned = [(percent, due_after(part.started, budget.part(percent), time, over).moment) for percent in warn_at]
    moment = due.moment
    if moment is None and part.stopped is not None:
        moment = resumed(due, budget.at_opening, part.stopped, time)
    return Clock(
        name=part.name,
        part=part.number,
        seq=part.seq,
        rule=part.rule,
        started=part.started,
        budget=budget,
        due=moment,
        by_hand=part.by_hand.seq if part.by_hand else 0,
        warnings=tuple((percent, reached) for percent, reached in warned if reached is not None),
        pauses=minded,
        held_since=due.held_since,
        left=due.left,
        breaks_at=None if moment is None else breaks_at(moment, minded),
        stopped=part.stopped,
        fulfilled=part.fulfilled,
        justified=moment is not None
        and any(one.clock is part.name and seconds_of(one.due_at) == moment for one in case.justifications),
    )


def _since(pauses: tuple[Span, ...], start: int) -> tuple[Span, ...]:
    return tuple((max(begin, start), end) for begin, end in pauses if end is None or end > start)
