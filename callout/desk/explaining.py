"""How a deadline came about, one sentence for each step, for whoever has to answer for it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from callout.desk.case import Case
from callout.desk.clock import Clock, clocks_of
from callout.desk.pauses import Turn, seconds_of
from callout.desk.standing import ClockState, Standing
from callout.errors import BadInput
from callout.policy.desk_words import ClockName, Runs
from callout.policy.working_time import Calendars, WorkingTime

MOST_DAYS = 10
_STARTED_BY = {
    ClockName.FIRST_REPLY: "when the case was opened",
    ClockName.NEXT_UPDATE: "when the customer was last told something",
    ClockName.PLAN: "when the case was opened",
    ClockName.RESOLUTION: "when the case was opened",
    ClockName.CRITICAL_PATCH: "when the critical bug was confirmed",
    ClockName.ACKNOWLEDGEMENT: "when the case was escalated",
}
_CALENDAR = {
    Runs.HOURS: "the vendor's hours",
    Runs.BUSINESS_DAYS: "the vendor's working days, around the clock",
    Runs.ALWAYS: "the wall clock: nights, weekends and closures count",
}
_WHOSE = {
    Turn.CUSTOMER: "the customer's turn",
    Turn.PROVIDER: "the network provider's turn",
    Turn.THIRD_PARTY: "a third party's turn",
    Turn.US: "our turn",
}


def explained(case: Case, standing: Standing, calendars: Calendars, zone: ZoneInfo, hours: str = "") -> tuple[str, ...]:
    """The steps, in order: start, rule and the key it comes from, its calendar, each pause with the open seconds that
    it held back, changes of priority or contract, a deadline by hand, the result in UTC and in `zone` (the customer's),
    breach and justification, doubts. `hours` are the vendor's hours in words (`callout.policy.hours.describe`).

    Sentences hold reasons as people wrote them: whoever prints them escapes for where they go. Raises BadInput for a
    standing of another case.
    """
    clock = next((one for one in clocks_of(case, calendars) if _same(one, standing)), None)
    if clock is None:
        raise BadInput(f"{case.number} has no such clock.", "callout case due shows those that it has.")
    teller = _Teller(case, clock, standing, calendars.of(clock.runs), zone, hours)
    return (
        *teller.start(),
        *teller.rule(),
        *teller.changes(),
        *teller.pauses(),
        *teller.by_hand(),
        teller.result(),
        *teller.end(),
        *teller.doubts(),
    )


def length(seconds: int) -> str:
    """Hours, minutes and seconds of a time: `13:00:00`."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True)
class _Teller:
    case: Case
    clock: Clock
    standing: Standing
    time: WorkingTime
    zone: ZoneInfo
    hours: str

    def start(self) -> Iterator[str]:
        name = self.clock.name.replace("_", " ")
        part = f" {self.clock.part}" if self.clock.part else ""
        hand_only = self.clock.rule is None and self.clock.name in (ClockName.NEXT_UPDATE, ClockName.CRITICAL_PATCH)
        why = "when a person set its deadline" if hand_only else _STARTED_BY[self.clock.name]
        begin = self._told(self.standing.started_at)
        yield f"Start of the clock {name}{part}: {begin}, {why} (event {self.clock.seq})."

    def rule(self) -> Iterator[str]:
        rule = self.clock.rule
        if rule is None:
            yield "Rule: none; nobody has promised anything for this clock but the person who set the deadline."
            return
        source = f" ({rule.source})" if rule.source else " (the event does not say which key it came from)"
        yield f"Rule: within {rule.within}{source}."
        if self.clock.by_hand:
            return
        calendar = _CALENDAR[Runs(rule.runs)]
        if rule.runs == Runs.HOURS and self.hours:
            calendar = f"{calendar}, {self.hours}"
        yield f"Calendar: {calendar}."
        if not self.time.is_open(self.clock.started):
            opening = self.time.next_open(self.clock.started)
            yield f"Nobody was there at the start: the time counts from {self._second(opening)}."
        yield from self._unpaused()

    def _unpaused(self) -> Iterator[str]:
        seconds = self.clock.budget.seconds
        named = self.time.after(self.clock.started, seconds)
        if self.clock.budget.at_opening:
            named = self.time.next_open(named)
        yield f"These are {length(seconds)} open hours: due {self._second(named)} if nothing pauses it."
        if closed := self._closed_dates(named):
            shown = ", ".join(day.isoformat() for day in closed[:MOST_DAYS])
            more = f" and {len(closed) - MOST_DAYS} more" if len(closed) > MOST_DAYS else ""
            yield f"No working days between, which do not count: {shown}{more}."

    def _closed_dates(self, until: int) -> list[dt.date]:
        """Dates between the start and that moment on which the desk does not open; none where time passes always."""
        if self.time.runs == Runs.ALWAYS:
            return []
        first = self.standing.started_at.date()
        days = (dt.datetime.fromtimestamp(until, dt.UTC).date() - first).days
        working = set(self.time.dates)
        dates = (first + dt.timedelta(days=offset) for offset in range(days + 1))
        return list(islice((day for day in dates if day not in working), 400))

    def changes(self) -> Iterator[str]:
        for change in self.case.changes:
            if change.rules is None or (self.standing.stopped_at and change.at > self.standing.stopped_at):
                continue
            both = ((name, old or "none", new or "none") for name, (old, new) in change.changes.items())
            what = ", ".join(f"{name} from {old} to {new}" for name, old, new in both)
            yield (
                f"Changed on {self._told(change.at)} by {change.by}: {what}; {change.reason} (event {change.seq}). "
                "The rule of now counts from the same start, and what was paused stays paused."
            )

    def pauses(self) -> Iterator[str]:
        if self.clock.name is ClockName.CRITICAL_PATCH:
            if self.case.pauses:
                yield "A critical patch is never paused: the case's pauses do not count for it."
            return
        covered, horizon = self.clock.started, self._horizon()
        for pause in self.case.pauses:
            begin = max(seconds_of(pause.begin), self.clock.started)
            end = horizon if pause.end is None else min(seconds_of(pause.end), horizon)
            on = pause.end is None or (self.clock.stopped is not None and seconds_of(pause.end) > self.clock.stopped)
            if begin > horizon or (end <= begin and not on):
                continue
            held = self.time.between(max(begin, covered), end) if end > covered else 0
            yield self._pause(pause.turn, pause.reason, begin, None if on else end, held, begin < covered, pause.seq)
            covered = max(covered, end)

    def _pause(self, turn: Turn, reason: str, begin: int, end: int | None, held: int, overlaps: bool, seq: int) -> str:
        until = "and did not end" if end is None else f"to {self._second(end)}"
        why = f"{_WHOSE[turn]}{f': {reason}' if reason else ''}"
        if self.clock.by_hand:
            effect = "it moves no deadline that was set by hand"
        elif self.clock.due is not None and begin >= self.clock.due:
            effect = "it was due by then: nothing is held back, but a paused case is not breached"
        elif end is None:
            effect = f"it holds {length(self.clock.left)} open hours back that were left"
        elif held:
            effect = f"held back {length(held)} open hours{' more' if overlaps else ''}"
        else:
            effect = "held back nothing" + (": it was paused already" if overlaps else ": nobody was there")
        return f"Paused from {self._second(begin)} {until} ({why}; event {seq}): {effect}."

    def _horizon(self) -> int:
        """Pauses that begin later have nothing to do with this deadline."""
        ends = [one for one in (self.clock.stopped, self.clock.breaks_at) if one is not None]
        return min(ends) if ends else seconds_of(self.standing.due_at)

    def by_hand(self) -> Iterator[str]:
        for one in self.case.by_hand:
            if one.seq == self.clock.by_hand:
                yield (
                    f"Set by hand on {self._told(one.at)} by {one.by}: due {self._told(one.due_at)}; {one.reason} "
                    f"(event {one.seq}). It stays, whatever pauses."
                )

    def result(self) -> str:
        due = self.standing.due_at
        there = f"{due.astimezone(self.zone):%a %Y-%m-%d %H:%M:%S} in {self.zone.key}"
        condition = "" if self.clock.due is not None else ", if the pause ended now"
        return f"Due: {self._told(due)}, that is {there}{condition}."

    def end(self) -> Iterator[str]:
        standing = self.standing
        stopped = self._told(standing.stopped_at) if standing.stopped_at else ""
        left = length(abs(standing.left_s))
        yield {
            ClockState.RUNNING: f"It runs; {left} open hours are left.",
            ClockState.PAUSED: f"It is paused and cannot be breached meanwhile; {left} open hours are left.",
            ClockState.MET: f"Met on {stopped}, with {left} open hours left.",
            ClockState.STOPPED: f"Stopped on {stopped} by the end of the case, with {left} open hours left.",
            ClockState.LATE: f"Missed: it was stopped on {stopped}, {left} hours by the wall clock after it was due.",
            ClockState.BREACHED: f"Missed, and still to be done: {left} hours by the wall clock over.",
        }[standing.state]
        if standing.breached_at is not None:
            yield from self._breach(standing.breached_at)

    def _breach(self, at: dt.datetime) -> Iterator[str]:
        if at > self.standing.due_at:
            yield f"It was paused when it was due: breached from the resumption on, {self._told(at)}."
        said = [
            one
            for one in self.case.justifications
            if one.clock is self.clock.name and seconds_of(one.due_at) == seconds_of(self.standing.due_at)
        ]
        for one in said:
            yield f"Justified on {self._told(one.at)} by {one.by}: {one.text} (event {one.seq})."
        if not said:
            yield "Nobody has said why yet: callout case justify."

    def doubts(self) -> Iterator[str]:
        for doubt in (*self.case.doubts, self.standing.doubt):
            if doubt:
                yield f"Doubt: {doubt}"

    def _told(self, moment: dt.datetime) -> str:
        return f"{moment:%a %Y-%m-%d %H:%M:%S} UTC"

    def _second(self, second: int) -> str:
        return self._told(dt.datetime.fromtimestamp(second, dt.UTC))


def _same(clock: Clock, standing: Standing) -> bool:
    return clock.name is standing.clock and clock.seq == standing.seq and clock.part == standing.part
