"""When each clock of a case starts and stops, and by which rule: before anything is computed. Pure.

- `first_reply`: from the opening to the first word of a person of ours (published procedure: within one business day).
- `next_update`: from each such word to the next one.
- `plan`: from the opening to a quote, instructions, or the word who does the work.
- `resolution`: from the opening to the ending.
- `critical_patch`: from when a critical bug was confirmed to its bundle (published procedure: 24 hours, wall clock).
- `acknowledgement`: from each escalation to whoever has to answer it.

An ending stops whatever is not yet fulfilled, but the critical patch: that one begins with it. A reopening takes the
stop back; the time between counts as a pause. What was stopped is judged by the rules that held then, what runs by
those that hold now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from callout.desk.case import Case
from callout.desk.case_parts import HandDeadline
from callout.desk.pauses import seconds_of
from callout.desk.rules import Rule
from callout.policy.desk_words import ClockName

_FIXES = ("bundle", "patch")


@dataclass(frozen=True, slots=True)
class Part:
    """One clock before it is worked out; `number` is the level of an acknowledgement, the number of an update, else 0.
    Seconds are POSIX. At least one of `rule` and `by_hand` is there."""

    name: ClockName
    number: int
    seq: int
    started: int
    stopped: int | None
    fulfilled: bool
    rule: Rule | None
    by_hand: HandDeadline | None


@dataclass(frozen=True, slots=True)
class _Run:
    """From when to when something was owed; `rule` stands in place of the case's own."""

    name: ClockName
    number: int
    seq: int
    started: dt.datetime
    fulfilled_at: dt.datetime | None
    rule: Rule | None = None


def parts_of(case: Case) -> tuple[Part, ...]:
    """All clocks of the case, in the order of `ClockName`, then of their start."""
    found = [_part(case, run) for run in _runs(case)]
    ruled = [part for part in found if part is not None]
    order = {name: place for place, name in enumerate(ClockName)}
    return tuple(sorted(ruled, key=lambda part: (order[part.name], part.started, part.seq)))


def rules_at(case: Case, moment: dt.datetime) -> Mapping[ClockName, Rule]:
    """The rules that held at that moment."""
    rules = case.opened_rules
    for change in case.changes:
        if change.at <= moment and change.rules is not None:
            rules = change.rules
    return rules


def _runs(case: Case) -> Iterator[_Run]:
    opening = case.messages[0].seq if case.messages else 0
    replies = [one for one in case.messages if one.reply]
    yield _Run(ClockName.FIRST_REPLY, 0, opening, case.opened_at, case.first_reply_at)
    yield from _by_hand_only(case, ClockName.NEXT_UPDATE, case.first_reply_at)
    for number, (one, following) in enumerate(pairwise([*replies, None]), start=1):
        assert one is not None
        yield _Run(ClockName.NEXT_UPDATE, number, one.seq, one.at, following.at if following else None)
    yield _Run(ClockName.PLAN, 0, opening, case.opened_at, case.planned_at)
    yield _Run(ClockName.RESOLUTION, 0, opening, case.opened_at, case.ended_since)
    yield from _critical_patch(case)
    for escalation in case.escalations:
        level, at, answered = escalation.level, escalation.at, escalation.acknowledged_at
        yield _Run(ClockName.ACKNOWLEDGEMENT, level, escalation.seq, at, answered, escalation.rule)


def _critical_patch(case: Case) -> Iterator[_Run]:
    critical = [one for one in case.endings if one.critical and one.confirmed_at is not None]
    if not critical:
        for run in _by_hand_only(case, ClockName.CRITICAL_PATCH, None):
            there = [one.at for one in case.links if one.what in _FIXES and one.at >= run.started]
            yield replace(run, fulfilled_at=min(there, default=None))
        return
    first = min(critical, key=lambda one: (one.confirmed_at or one.at, one.seq))
    confirmed = first.confirmed_at or first.at
    named = {one.bundle for one in critical if one.bundle}
    there = [one.at for one in case.links if one.what in _FIXES and (one.at >= confirmed or one.id in named)]
    known = named | {one.id for one in case.links if one.what in _FIXES}
    there += [one.at for one in case.announced if one.id in known and (one.at >= confirmed or one.id in named)]
    there += [one.at for one in critical if one.bundle]
    # A patch that was there before anybody confirmed the bug was there at once.
    yield _Run(ClockName.CRITICAL_PATCH, 0, first.seq, confirmed, max(min(there), confirmed) if there else None)


def _by_hand_only(case: Case, name: ClockName, fulfilled_at: dt.datetime | None) -> Iterator[_Run]:
    """What nothing has started yet but a person's word: it runs from that word on."""
    for one in case.by_hand:
        if one.clock is name and (fulfilled_at is None or one.at <= fulfilled_at):
            yield _Run(name, 0, one.seq, one.at, fulfilled_at)
            return


def _part(case: Case, run: _Run) -> Part | None:
    """The part, or None where nobody has promised anything for it."""
    stopped, fulfilled = _stop(case, run)
    rules = case.rules if stopped is None else rules_at(case, stopped)
    rule = run.rule or (None if run.name is ClockName.ACKNOWLEDGEMENT else rules.get(run.name))
    by_hand = _hand_of(case, run, stopped)
    if rule is None and by_hand is None:
        return None
    started = seconds_of(run.started)
    ended = None if stopped is None else max(seconds_of(stopped), started)
    return Part(run.name, run.number, run.seq, started, ended, fulfilled, rule, by_hand)


def _stop(case: Case, run: _Run) -> tuple[dt.datetime | None, bool]:
    """When the clock was stopped, and whether by what was promised."""
    done, ended = run.fulfilled_at, case.ended_since
    if run.name is ClockName.CRITICAL_PATCH:
        otherwise = ended is not None and case.outcome is not None and not case.outcome.critical
        if done is None and otherwise and ended is not None and ended >= run.started:
            return ended, False  # ended otherwise after all: it is no critical bug
        return done, done is not None
    # What is done after an ending (the letter that tells it) was owed until the ending only.
    if ended is not None and (done is None or done > ended):
        return max(ended, run.started), done is not None
    return done, done is not None


def _hand_of(case: Case, run: _Run, stopped: dt.datetime | None) -> HandDeadline | None:
    """The newest deadline that a hand set for this clock while it ran."""
    for one in reversed(case.by_hand):
        if one.clock is run.name and run.started <= one.at and (stopped is None or one.at <= stopped):
            return one
    return None
