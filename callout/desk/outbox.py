"""How every letter stands, from the ledger alone: written, perhaps sent, sent, or known not to have been sent. Pure.

Right before a letter is handed over that is recorded (`letter_tried`), and afterwards what came of it. Where nothing
was recorded afterwards (a kill, a cut line behind the last byte) nobody knows: the letter is *perhaps* sent. It is not
sent again by itself, also where a later try is known to have failed; whoever sends it again on purpose sends the same
message under the same name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from access_check.escaping import shown
from callout.errors import BadInput
from callout.ledger.event import Event

KINDS = ("letter_written", "letter_tried", "letter_sent")
BEGUN, FAILED, UNKNOWN = "begun", "failed", "unknown"


class LetterState(StrEnum):
    """`failed`: not sent, and it may go another time. `refused`: not sent, and it will not go as it is.

    `replaced`: the same letter was written once more before anybody sent it.
    """

    WRITTEN = "written"
    PERHAPS = "perhaps"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    REPLACED = "replaced"


WAITING = frozenset({LetterState.WRITTEN, LetterState.FAILED})
UNSENT = WAITING | {LetterState.PERHAPS, LetterState.REFUSED}


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `id` is that of its `letter_written`, `about` the event that it tells of. Times are aware UTC.

    `path` is relative to the data folder. `tried_at` is None where nobody has begun to hand it over; `refused` says for
    each address that was not taken why; `why` is what the last try that failed came to. `unresolved`: of a try before
    the last one nobody knows what came of it.
    """

    id: str
    seq: int
    case: str
    customer: str
    kind: str
    about: str
    language: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    message_id: str
    sha256: str
    path: str
    written_at: dt.datetime
    written_by: str
    state: LetterState = LetterState.WRITTEN
    tried_at: dt.datetime | None = None
    tried_by: str = ""
    tries: int = 0
    unresolved: bool = False
    sent_at: dt.datetime | None = None
    by: str = ""
    server: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """All who get it."""
        return (*self.to, *self.copies)

    @property
    def name(self) -> str:
        """What a person types to name it: the first eight characters of its id."""
        return self.id[:8]


def letters_of(events: Iterable[Event]) -> tuple[Letter, ...]:
    """Every letter that these events tell of, in the order in which they were written; other events are left alone."""
    letters: dict[str, Letter] = {}
    for event in sorted((one for one in events if one.kind in KINDS), key=lambda one: one.seq):
        if event.kind == "letter_written":
            letter = _written(event)
            for earlier in letters.values():
                if earlier.message_id == letter.message_id and earlier.state in (*WAITING, LetterState.REFUSED):
                    letters[earlier.id] = replace(earlier, state=LetterState.REPLACED)
            letters[event.id] = letter
        elif (known := letters.get(event.body["letter"])) is not None:
            letters[known.id] = _sent(known, event) if event.kind == "letter_sent" else _tried(known, event)
    return tuple(letters.values())


def named(letters: Iterable[Letter], written: str) -> Letter:
    """The letter whose id begins so. Raises BadInput where there is none, or several."""
    found = [letter for letter in letters if len(written) >= 4 and letter.id.startswith(written)]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"Several letters begin with {shown(written, 40)}.", "Give more of its name.")
    raise BadInput(f"There is no letter {shown(written, 40)}.", "callout case send lists those that are not sent yet.")


def reason_against_sending(letter: Letter, *, again: bool) -> str:
    """Why the letter is not to be sent now, as a sentence; empty where it is. `again`: a person wants it sent again."""
    match letter.state:
        case LetterState.SENT:
            return f"It was sent at {_at(letter.sent_at)}."
        case LetterState.REPLACED:
            return "It was written once more since; that one counts."
        case LetterState.PERHAPS if not again:
            return (
                f"Perhaps it was sent: {shown(letter.tried_by, 100)} began to send it at {_at(letter.tried_at)}, and "
                f"what came of it is not known."
            )
        case LetterState.REFUSED if not again:
            return f"It was refused for good: {shown(letter.why, 300)}"
    return ""


def _written(event: Event) -> Letter:
    body = event.body
    return Letter(
        id=event.id,
        seq=event.seq,
        case=str(body.get("case", "")),
        customer=event.customer,
        kind=str(body["kind"]),
        about=str(body.get("about", "")),
        language=str(body.get("language", "")),
        to=tuple(body["to"]),
        copies=tuple(body.get("cc", ())),
        subject=str(body["subject"]),
        message_id=str(body["message_id"]),
        sha256=str(body["sha256"]),
        path=str(body["path"]),
        written_at=event.happened_at,
        written_by=event.actor,
    )


def _tried(letter: Letter, event: Event) -> Letter:
    body = event.body
    if letter.state is LetterState.SENT:
        return letter  # sent it stays, whatever else was tried meanwhile
    if body["state"] == BEGUN:
        return replace(
            letter, state=LetterState.PERHAPS, tried_at=event.happened_at, tried_by=event.actor, tries=letter.tries + 1,
            unresolved=letter.state is LetterState.PERHAPS, server=str(body.get("server", "")), why="", refused={},
        )  # fmt: skip
    why, refused = str(body.get("why", "")), dict(body.get("refused", {}))
    if body["state"] == UNKNOWN or letter.unresolved:
        return replace(letter, state=LetterState.PERHAPS, why=why, refused=refused)
    state = LetterState.REFUSED if body.get("permanent") else LetterState.FAILED
    return replace(letter, state=state, why=why, refused=refused)


def _sent(letter: Letter, event: Event) -> Letter:
    body = event.body
    return replace(
        letter, state=LetterState.SENT, sent_at=event.happened_at, by=str(body.get("by", "")),
        server=str(body.get("server", "")), refused=dict(body.get("refused", {})), why="",
    )  # fmt: skip


def _at(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "a time that is not known"
