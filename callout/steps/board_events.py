"""Which events the board has not read yet, and which cases they touch; and all events of one case, for thousands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from callout.desk.numbers import is_case_number
from callout.ledger.event import Event
from callout.ledger.selection import CASE_KINDS, case_of
from callout.ledger.store import LedgerView
from callout.steps.case_look import ANNOUNCED, bundles_of

# These belong to a case by their ticket, an announcement by the bundle that the case waits for.
BY_TICKET = ("opened", "quoted")
KINDS = (*CASE_KINDS, *BY_TICKET, ANNOUNCED)
# What is said of a case without moving any of its clocks.
_NO_CLOCK = frozenset(
    {"case_refused", "case_bridged", "letter_written", "letter_tried", "letter_sent", "mail_filed", "mail_received"}
)
MOST_PASSED = 1000


@dataclass(slots=True)
class Newer:
    """What was written since: which cases it touches, what belongs to them by a ticket (event's id → case), whether a
    bundle was announced, how many events there were, and the newest of them."""

    seq: int
    hash: str
    touched: set[str] = field(default_factory=set)
    beside: dict[str, str] = field(default_factory=dict)
    announced: bool = False
    passed: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing that the board has to know, and not so much of it that reading it again and again would be slow."""
        return not (self.touched or self.announced) and self.passed < MOST_PASSED


def newer_than(ledger: LedgerView, seq: int, hashed: str) -> Newer | None:
    """What came after the event with that place and hash; 0 is before all of them.

    None where the ledger has no such event: it is another one, was cut off, or was restored.
    """
    newer = Newer(seq, hashed)
    events = ledger.events(kinds=KINDS, after=max(seq - 1, 0))
    if seq:
        first = next(events, None)
        if first is None or (first.seq, first.hash) != (seq, hashed):
            return None
    for event in events:
        newer.seq, newer.hash = event.seq, event.hash
        newer.passed += 1
        if event.kind == ANNOUNCED:
            newer.announced = True
        elif event.kind in BY_TICKET:
            ticket = event.body.get("ticket")
            if isinstance(ticket, str) and is_case_number(ticket):
                newer.beside[event.id] = ticket
                newer.touched.add(ticket)
        elif event.kind not in _NO_CLOCK and (number := case_of(event)):
            newer.touched.add(number)
    return newer


class CaseEvents:
    """All that belongs to a case, for many of them: what is not found by their number is read once."""

    def __init__(self, ledger: LedgerView) -> None:
        self._ledger = ledger
        self._announced: list[Event] | None = None

    def of(self, number: str, beside: Iterator[str] | list[str]) -> list[Event]:
        """One case's events, in no order; `beside` are the ids of those that belong to it by a ticket."""
        own = list(self._ledger.events(case=number))
        customer = next((event.customer for event in own if event.kind == "case_opened"), "")
        named = (event for one in beside for event in self._ledger.events(id=one))
        own += [event for event in named if event.customer == customer]
        if bundles := bundles_of(own):
            own += [event for event in self._announcements() if event.body.get("bundle") in bundles]
        return own

    def _announcements(self) -> list[Event]:
        if self._announced is None:
            self._announced = list(self._ledger.events(kind=ANNOUNCED))
        return self._announced
