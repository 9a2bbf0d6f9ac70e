"""What a case is made of: words that went to and fro, promises, changes, endings. Pure values; times are aware UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.desk.rules import Rule
from callout.policy.desk_words import ClockName


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
