"""The letters of a case: one for every step, each with the event that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from callout.ledger.event import Event


class LetterKind(StrEnum):
    """What a letter says."""

    RECEIVED = "received"
    EMERGENCY = "emergency"
    UNREGISTERED = "unregistered"
    UPDATE = "update"
    REPLY = "reply"
    PAUSE = "pause"
    RESUMED = "resumed"
    QUOTE = "quote"
    ESCALATION = "escalation"
    ACKNOWLEDGED = "acknowledged"
    JUDGED = "judged"
    OUTCOME = "outcome"
    REOPENED = "reopened"


# The kind of event that each is about.
OCCASIONS: Mapping[LetterKind, str] = {
    LetterKind.RECEIVED: "case_opened",
    LetterKind.EMERGENCY: "case_opened",
    LetterKind.UNREGISTERED: "mail_received",
    LetterKind.UPDATE: "case_told",
    LetterKind.REPLY: "case_told",
    LetterKind.PAUSE: "case_paused",
    LetterKind.RESUMED: "case_resumed",
    LetterKind.QUOTE: "case_linked",
    LetterKind.ESCALATION: "case_escalated",
    LetterKind.ACKNOWLEDGED: "case_acknowledged",
    LetterKind.JUDGED: "case_judged",
    LetterKind.OUTCOME: "case_ended",
    LetterKind.REOPENED: "case_reopened",
}
# RFC 3834: answers that a program gives by itself to a mail; every other letter is a program's too, or a person's.
ANSWERS_BY_ITSELF = frozenset({LetterKind.RECEIVED, LetterKind.EMERGENCY, LetterKind.UNREGISTERED})
WORDS_OF_A_PERSON = frozenset({LetterKind.UPDATE, LetterKind.REPLY, LetterKind.ACKNOWLEDGED})

# What `case_told` calls a word of ours that may go by letter; anything else was told by another way.
TOLD_BY_LETTER = frozenset({"", "reply", "instructions", "update"})


def kind_about(event: Event) -> LetterKind | None:
    """Which letter an event calls for; None where it calls for none.

    A person's word to the customer is told as a reply where it answers, else as an update.
    """
    body = event.body
    match event.kind:
        case "case_opened":
            return LetterKind.EMERGENCY if body.get("priority") == "emergency" else LetterKind.RECEIVED
        case "mail_received":
            return LetterKind.UNREGISTERED if body.get("verdict") == "unregistered" else None
        case "case_told":
            if body.get("letter", "") not in TOLD_BY_LETTER:
                return None
            return LetterKind.REPLY if body.get("reply") else LetterKind.UPDATE
        case "case_linked":
            return LetterKind.QUOTE if body.get("what") == "quote" else None
        case "case_paused" if body.get("turn") == "us":
            return LetterKind.RESUMED  # a pause whose turn is ours is none
        case kind:
            return next((letter for letter, about in OCCASIONS.items() if about == kind), None)


def occasion_of(events: Sequence[Event], kind: LetterKind) -> Event | None:
    """The last of a case's events that calls for a letter of this kind; None where nothing of the sort has happened."""
    found = [event for event in events if kind_about(event) is kind]
    return max(found, key=lambda event: (event.at, event.seq), default=None)
