"""Cases whose clocks jump: of an engineer who says a wrong time, of a laptop that is wrong altogether, of who asks."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from enum import StrEnum

from callout.ledger.event import Event
from tests.faults.random_desk import Scene, body_of, event_of, moment, scene

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Jump(StrEnum):
    """By how much a clock is wrong, or which year it says."""

    BACK = "-1 h"
    AHEAD = "+1 h"
    A_DAY = "+1 d"
    NEVER_SET = "1970"
    FAR_AHEAD = "2038"

    def of(self, true: dt.datetime) -> dt.datetime:
        """What such a clock says at a moment."""
        if self is Jump.NEVER_SET:
            return dt.datetime(1970, 1, 1, 0, 7, tzinfo=dt.UTC)
        if self is Jump.FAR_AHEAD:
            return true.replace(year=2038)
        return true + {Jump.BACK: -HOUR, Jump.AHEAD: HOUR, Jump.A_DAY: DAY}[self]


class Whose(StrEnum):
    """Which clock jumps."""

    TOLD = "at"  # the moment that somebody gives for what happened
    LAPTOP = "at and recorded_at"  # the machine that writes the event down
    ASKED = "now"  # the machine that asks how the case stands


@dataclass(frozen=True)
class Jumped:
    """A case before and after. `seq` is the event that has jumped, 0 for none; `now` is what the asking clock says."""

    whose: Whose
    jump: Jump
    true: Scene
    seq: int
    events: list[Event]
    now: dt.datetime


def jumped(number: int, whose: Whose, jump: Jump) -> Jumped:
    """The case of that number, with one clock wrong once."""
    one = scene(number)
    now = moment(one.now)
    if whose is Whose.ASKED:
        return Jumped(whose, jump, one, 0, one.events, jump.of(now))
    seq = random.Random(f"jump {number}").choice(one.facts).seq
    events = []
    recorded = moment(one.facts[0].minute)
    for fact in one.facts:
        at = moment(fact.minute)
        recorded = max(recorded, at)
        wrong = (jump.of(at), jump.of(recorded) if whose is Whose.LAPTOP else recorded)
        events.append(event_of(fact.kind, body_of(fact), fact.seq, *(wrong if fact.seq == seq else (at, recorded))))
    return Jumped(whose, jump, one, seq, events, now)


def contradicted(one: Jumped) -> bool:
    """Whether anything at all tells that a clock was wrong: else nobody can know."""
    recorded = [event.recorded_at for event in one.events]
    if one.whose is Whose.ASKED:
        return one.jump in (Jump.NEVER_SET, Jump.FAR_AHEAD) or one.now < max(
            moment(fact.minute) for fact in one.true.facts
        ) - dt.timedelta(minutes=5)
    if one.whose is Whose.TOLD or one.jump is Jump.NEVER_SET:
        return True
    place = one.seq - 1
    backwards = [
        dt.datetime.fromisoformat(before) - dt.datetime.fromisoformat(after)
        for before, after in ((recorded[place - 1], recorded[place]) if place else ("", ""),
                              (recorded[place], recorded[place + 1]) if place + 1 < len(recorded) else ("", ""))
        if before
    ]  # fmt: skip
    return any(back > dt.timedelta(minutes=5) for back in backwards)
