"""A letter about a case, for every step of it: what happened, whose turn it is, by when we say more, what it costs.

A letter says what the ledger says; no time is named that no clock has, and where something is not known it says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from callout.desk.letter_kinds import LetterKind
from callout.policy.desk_words import ClockName
from callout.views.case_letter_matter import Matter, Part
from callout.views.case_letter_parts import PARTS
from callout.views.case_letter_words import Speaker, speaker_of

LONGEST_ABOUT = 300


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """The letter without its looks, nothing escaped for any form. `facts` are pairs, `notes` stand at its foot."""

    kind: LetterKind
    language: str
    title: str
    vendor: str
    greeting: str
    closing: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = field(default=())


def case_letter(kind: LetterKind, matter: Matter, language: str = "") -> CaseLetter:
    """The letter of that kind in `language` (default: the customer's) and in the customer's time zone.

    English where we have no words of theirs. What is in `matter` fits the kind: see `occasion_of`.
    """
    speaker = speaker_of(language or matter.customer.language, matter.customer.time_zone)
    return _letter(
        kind,
        speaker,
        matter.vendor,
        title=_title(kind, matter, speaker),
        facts=_facts(kind, matter, speaker),
        parts=PARTS[kind](matter, speaker),
        notes=(speaker.say("zone", zone=speaker.zone),),
    )


def unregistered_letter(received_at: dt.datetime, vendor: str, language: str = "en") -> CaseLetter:
    """What the sender of a mail is told whose address nobody has registered. It names no customer and no case, and
    repeats nothing of the mail: whoever forged the sender shall not have us deliver their words."""
    speaker = speaker_of(language, "UTC")
    points = tuple(speaker.say(f"unregistered {name}") for name in ("again", "colleague", "not you"))
    received = speaker.at(received_at)
    return _letter(
        LetterKind.UNREGISTERED,
        speaker,
        vendor,
        title=speaker.say("unregistered title"),
        facts=[(speaker.say("message of"), received)],
        parts=(
            Part(paragraphs=(speaker.say("unregistered note", received=received),)),
            Part(speaker.say("unregistered do"), points=points),
        ),
        notes=(speaker.say("unregistered program"), speaker.say("zone", zone="UTC")),
    )


def _letter(
    kind: LetterKind, speaker: Speaker, vendor: str, *, title: str, facts: Iterable[tuple[str, str]],
    parts: Iterable[Part], notes: tuple[str, ...],
) -> CaseLetter:  # fmt: skip
    return CaseLetter(
        kind=kind,
        language=speaker.language,
        title=title,
        vendor=vendor,
        greeting=speaker.say("greeting"),
        closing=speaker.say("closing"),
        facts=tuple((name, value) for name, value in facts if value),
        parts=tuple(parts),
        notes=notes,
    )


def _title(kind: LetterKind, matter: Matter, speaker: Speaker) -> str:
    return speaker.say(f"pause title {matter.said['turn']}" if kind is LetterKind.PAUSE else f"{kind} title")


def _facts(kind: LetterKind, matter: Matter, speaker: Speaker) -> Iterable[tuple[str, str]]:
    """What is looked for first; the same in the same place in all letters of a case."""
    said = matter.said
    yield speaker.say("case"), matter.case
    yield speaker.say("about"), matter.subject[:LONGEST_ABOUT]
    yield speaker.say("system"), matter.system
    yield speaker.say("ticket"), matter.ticket
    if kind in (LetterKind.RECEIVED, LetterKind.EMERGENCY):
        yield speaker.say("opened"), speaker.at(matter.at)
        promise = None if matter.answered else matter.promise(ClockName.FIRST_REPLY)
        yield speaker.say("reply by"), speaker.at(promise.due_at) if promise else ""
    if kind in (LetterKind.ESCALATION, LetterKind.ACKNOWLEDGED):
        yield speaker.say("level"), f"{said['level']} / 3"
    if kind is LetterKind.QUOTE:
        yield speaker.say("quote"), str(said["id"])
    if kind is LetterKind.OUTCOME:
        yield speaker.say("outcome"), speaker.say(f"outcome name {said['outcome']}")
        yield speaker.say("tracker"), said.get("reference", "") if said["outcome"] == "bug" else ""
