"""One case as its events tell it: who asks, what was promised, whose turn it is, what was said and done. Pure.

Events are read in the order in which things happened (`at`, then the ledger's order), also those that were told late.
A time that cannot be right is never taken silently: see `callout.desk.case_events`, and `Case.doubts`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.desk.pauses import Pause, Turn
from callout.desk.rules import Rule
from callout.inventory.desk import ClockName, Priority


class CaseState(StrEnum):
    """Open, waiting for somebody who is not us, or ended in one of the five ways."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


class Way(StrEnum):
    """Which way a message went."""

    HEARD = "heard"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Message:
    """Something the customer said (`heard`, the opening is the first) or was told. `at` is UTC, `seq` its event.

    `reply`: a person of ours wrote it; `asks`: it is the customer's turn from here. `kind` is the letter's kind, or the
    channel of what was heard. `text` is as the customer or we wrote it: bounded, and hostile where it was heard.
    """

    seq: int
    at: dt.datetime
    way: Way
    kind: str
    who: str
    text: str
    reply: bool = False
    asks: bool = False
    answers: bool = False
    mail: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """Level 1 to 3, by whom, with which concern. `acknowledged_at` is None while nobody has acknowledged it."""

    seq: int
    at: dt.datetime
    level: int
    by: str
    concern: str
    statement: str
    rule: Rule | None
    acknowledged_at: dt.datetime | None
    copies: tuple[str, ...] = ()
    attempts: tuple[Mapping[str, Any], ...] = ()
    skipped_why: str = ""


@dataclass(frozen=True, slots=True)
class HandDeadline:
    """A deadline that a person set: it stays, whatever pauses. `at` is when it was set, both are UTC."""

    seq: int
    at: dt.datetime
    clock: ClockName
    due_at: dt.datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Justification:
    """Why a deadline was missed. It speaks for one clock and one due moment (UTC, whole seconds) only."""

    seq: int
    at: dt.datetime
    clock: ClockName
    due_at: dt.datetime
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Link:
    """What belongs to the case: `what` is callout, patch, finding, quote, bundle or case."""

    seq: int
    at: dt.datetime
    what: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed: `{priority|contract|mode|system|subject: (old, new)}`, with the reason.

    `rules` are those that hold from then on, for the same start and the same pauses; None where they stayed.
    """

    seq: int
    at: dt.datetime
    by: str
    changes: Mapping[str, tuple[str, str]]
    rules: Mapping[ClockName, Rule] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ending:
    """One of the five outcomes. `reopened_at` is None where it still stands."""

    seq: int
    at: dt.datetime
    by: str
    outcome: str
    why: str
    reference: str
    indication: str
    faq: str
    critical: bool
    bundle: str
    confirmed_at: dt.datetime | None
    reopened_at: dt.datetime | None = None
    reopened_why: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an emergency was: `genuine`, `man_made` or `none`, and why."""

    seq: int
    at: dt.datetime
    emergency: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case. Times are aware UTC; tuples are in the order in which things happened.

    `state`, `turn`, `level` (0: not escalated) and `rules` are as after the last event. `pauses` may overlap and nest,
    and one that never ended has no end. `outcome` is the ending that stands, None while the case is open; `endings` has
    all of them. `doubts` are sentences about times that cannot be right; `told_late` about what was told long after it
    happened, which is no fault. `seqs` are the events it was made of, sorted; `last_at` is when the last thing happened.
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
    pauses: tuple[Pause, ...]
    messages: tuple[Message, ...]
    escalations: tuple[Escalation, ...]
    by_hand: tuple[HandDeadline, ...]
    justifications: tuple[Justification, ...]
    links: tuple[Link, ...]
    changes: tuple[Change, ...]
    endings: tuple[Ending, ...]
    judged: Judged | None
    planned_at: dt.datetime | None
    patched_at: dt.datetime | None
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
