"""Which letters are due: what happened lately that calls for one, and has none. They are written, not sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callout.desk.letter_kinds import OCCASIONS, WORDS_OF_A_PERSON, LetterKind, kind_about
from callout.desk.outbox import KINDS, letters_of
from callout.errors import BadInput
from callout.ledger.event import Event
from callout.ledger.selection import case_of as case_number_in
from callout.steps.case_letter import compose, write_letter
from callout.steps.case_unregistered import A_DAY, compose_unregistered, write_unregistered

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.steps.context import Context

# Of these only the last one of a case still holds; a letter about an earlier one would say what is over.
STATES = frozenset({LetterKind.PAUSE, LetterKind.RESUMED, LetterKind.OUTCOME, LetterKind.REOPENED})


@dataclass(frozen=True, slots=True)
class Due:
    """What came of one letter that was due: the event of it, or why there is none."""

    about: Event
    kind: LetterKind
    written: Event | None
    why: str = ""


def write_due(context: Context, inventory: Inventory, days: int) -> list[Due]:
    """Writes every letter that the last `days` days call for and nobody has written yet; a person's words are not
    among them: those are sent when the person says so. What cannot be written is told, and holds up nothing."""
    since = context.now() - dt.timedelta(days=days)
    kinds = sorted({*OCCASIONS.values()})
    written = {letter.about for letter in letters_of(context.ledger.events(kinds=KINDS, since_at=since))}
    recent = list(context.ledger.events(kinds=kinds, since_at=since))
    return [_write(context, inventory, event, kind) for event, kind in due_of(recent, written, context.now())]


def due_of(events: Iterable[Event], written: set[str], now: dt.datetime) -> Iterator[tuple[Event, LetterKind]]:
    """The events that call for a letter and have none, with its kind, in the order in which they happened."""
    ordered = sorted(events, key=lambda event: (event.at, event.seq))
    calling = [(event, kind) for event in ordered if (kind := kind_about(event)) and kind not in WORDS_OF_A_PERSON]
    last = {case_number_in(event): event.id for event, kind in calling if kind in STATES}
    for event, kind in calling:
        over = kind in STATES and last[case_number_in(event)] != event.id
        over = over or (kind is LetterKind.UNREGISTERED and event.happened_at < now - A_DAY)
        if event.id not in written and not over:
            yield event, kind


def _write(context: Context, inventory: Inventory, event: Event, kind: LetterKind) -> Due:
    try:
        if kind is LetterKind.UNREGISTERED:
            letter = write_unregistered(context, compose_unregistered(context, inventory.policy, event.id))
        else:
            composed = compose(context, inventory, case_number_in(event), kind, about=event.id)
            letter = write_letter(context, composed)
    except BadInput as error:
        return Due(event, kind, None, error.message)
    return Due(event, kind, letter)
