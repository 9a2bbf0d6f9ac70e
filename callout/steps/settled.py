"""Decides on what the ledger says, and appends only if it still says so.

For decisions that take longer than others should wait: a bill and its validation are seconds, an append is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callout.errors import Locked
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.context import Context

MOST_TRIES = 200
# Numbers are given across all customers.
NUMBERED = ("invoice_issued", "credit_note_issued")
Mark = tuple[int, int]


class _MovedOn(Exception):
    """Somebody else has written about the same customer, or has taken a number, in between."""


def append_settled(context: Context, customer: str, decide: Callable[[], Sequence[Draft]]) -> list[Event]:
    """The stored events of the drafts that `decide` makes, in one transaction or none.

    `decide` reads the ledger by itself and is asked again where anything about `customer`, or any invoice, was
    written meanwhile: what is stored was decided on what stands right before it. It may raise; then nothing is
    written. Raises Locked where others are faster two hundred times.
    """
    for _ in range(MOST_TRIES):
        seen = _mark(context.ledger, customer)
        drafts = decide()

        def unmoved(view: LedgerView, seen: Mark = seen, drafts: Sequence[Draft] = drafts) -> Sequence[Draft]:
            if _mark(view, customer) != seen:
                raise _MovedOn
            return drafts

        try:
            return context.ledger.append_after(unmoved)
        except _MovedOn:
            continue
    raise Locked(f"Others write about {customer} all the time; nothing was recorded.", "Run the same command again.")


def _mark(view: LedgerView, customer: str) -> Mark:
    """The newest event of the customer, and the newest number given."""
    own = max((event.seq for event in view.events(customer=customer)), default=0)
    numbered = max((event.seq for kind in NUMBERED for event in view.events(kind=kind)), default=0)
    return own, numbered
