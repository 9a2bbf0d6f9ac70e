"""One case as its events tell it: who asks, what was promised, whose turn it is, what was said and done. Pure.

Events are read in the order in which things happened (`at`, then the ledger's order), also those that were told late.
A time that cannot be right is never taken silently: see `callout.desk.case_moments`, and `Case.doubts`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.desk.case_events import CASE_KINDS, Told, told_of
from callout.desk.case_moments import moments_of
from callout.desk.case_parts import (
    Change,
    Ending,
    Escalation,
    HandDeadline,
    Judged,
    Justification,
    Link,
    Message,
    Way,
)
from callout.desk.pauses import Pause, Turn
from callout.desk.rules import Rule
from callout.ledger.event import Event
from callout.policy.desk_words import ClockName, Priority


class CaseState(StrEnum):
    """Open, waiting for somebody who is not us, or ended in one of the five ways."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Case:
    """A case. Times are aware UTC; tuples are in the order in which things happened.

    `state`, `turn`, `level` (0: not escalated) and `rules` are as after the last event; `opened_rules` are those of the
    opening. `pauses` may overlap and nest, and one that never ended has no end; the time between an ending and its
    reopening is among them. `outcome` is the ending that stands, None while the case is open; `endings` has all of
    them, and `ended_since` is when the first of those was that stand together. `planned_at`: the first quote,
    instructions or mode. `announced` are bundles that were announced, by events handed over with the case's.
    `doubts` are sentences about times that cannot be right; `told_late` about what was told long after it happened,
    which is no fault. `seqs` are the events it was made of, sorted; `last_at` is when the last thing happened.
    """

    number: str
    customer: str
    system: str
    channel: str
    sender: str
    subject: str
    text: str
    ticket: str
    mail: str
    opened_at: dt.datetime
    opened_by: str
    priority: Priority
    mode: str
    contract: str
    entitlement: Mapping[str, Any]
    state: CaseState
    turn: Turn
    level: int
    rules: Mapping[ClockName, Rule]
    opened_rules: Mapping[ClockName, Rule]
    pauses: tuple[Pause, ...]
    messages: tuple[Message, ...]
    escalations: tuple[Escalation, ...]
    by_hand: tuple[HandDeadline, ...]
    justifications: tuple[Justification, ...]
    links: tuple[Link, ...]
    announced: tuple[Link, ...]
    changes: tuple[Change, ...]
    endings: tuple[Ending, ...]
    ended_since: dt.datetime | None
    judged: Judged | None
    planned_at: dt.datetime | None
    last_at: dt.datetime
    seqs: tuple[int, ...]
    doubts: tuple[str, ...]
    told_late: tuple[str, ...]

    @property
    def outcome(self) -> Ending | None:
        """The ending that stands; None while the case is open."""
        last = self.endings[-1] if self.endings else None
        return last if last is not None and last.reopened_at is None else None

    @property
    def callouts(self) -> tuple[str, ...]:
        """The call-outs that belong to it, each once."""
        return tuple(dict.fromkeys(link.id for link in self.links if link.what == "callout"))

    @property
    def first_reply_at(self) -> dt.datetime | None:
        """When a person of ours first wrote or spoke; automatic receipts do not count."""
        return next((one.at for one in self.messages if one.reply), None)

    @property
    def unanswered_since(self) -> dt.datetime | None:
        """Since when the customer waits for a person's word: their first one after our last; None where they do not."""
        waiting = None
        for message in self.messages:
            if message.reply:
                waiting = None
            elif message.way is Way.HEARD and waiting is None:
                waiting = message.at
        return waiting


def case_of(events: Iterable[Event]) -> Case:
    """The case that these events tell: those of one case, in any order, each once or more often; others are left alone.

    Raises BadInput where none of them opens a case, or they belong to several; CalloutError naming an event that is
    not whole.
    """
    moments = moments_of(event for event in events if event.kind in CASE_KINDS)
    told = told_of(moments)
    opening, event = told.opening, moments.opening
    last = moments.in_order[-1]
    return Case(
        number=opening.text("case"),
        customer=event.customer,
        system=told.system,
        channel=opening.text("channel"),
        sender=opening.text("sender"),
        subject=told.subject,
        text=opening.text("text"),
        ticket=opening.text("ticket"),
        mail=opening.text("mail"),
        opened_at=moments.opened_at,
        opened_by=event.actor,
        priority=told.priority,
        mode=told.mode,
        contract=told.contract,
        entitlement=opening.table("entitlement"),
        state=_state(told),
        turn=_turn(told),
        level=told.level,
        rules=told.rules,
        opened_rules=told.opened_rules,
        pauses=tuple(sorted(told.pauses, key=lambda pause: (pause.begin, pause.seq))),
        messages=tuple(told.messages),
        escalations=tuple(told.escalations),
        by_hand=tuple(told.by_hand),
        justifications=tuple(told.justifications),
        links=tuple(told.links),
        announced=tuple(told.announced),
        changes=tuple(told.changes),
        endings=tuple(told.endings),
        ended_since=told.ended_since,
        judged=told.judged,
        planned_at=told.planned_at,
        last_at=last.at,
        seqs=tuple(sorted(one.event.seq for one in moments.in_order)),
        doubts=tuple(told.doubts),
        told_late=moments.told_late,
    )


def _state(told: Told) -> CaseState:
    if told.ended_since is not None:
        return CaseState.ENDED
    return CaseState.PAUSED if told.waits_for else CaseState.OPEN


def _turn(told: Told) -> Turn:
    """What has ended is the customer's: nothing more is expected of us."""
    return Turn.CUSTOMER if told.ended_since is not None else told.waits_for or Turn.US
