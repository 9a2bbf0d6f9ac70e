"""Tells another ticket system how a case stands: an internal note, and its own state by policy. Nothing is doubled.

Each note has a number of its own (`[callout CS-000001 #2]`). What was written over there and, after a crash, not yet
here is found by that number, recorded, and not written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callout.desk.bridges.status import note_text, note_there, remote_state, status_words
from callout.desk.bridges.taking import OUT
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.case_look import case_now
from callout.steps.case_write import draft_of

if TYPE_CHECKING:
    from callout.desk.bridges.reading import TicketSystem
    from callout.desk.case import Case
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Pushed:
    """What the other system was told. `wrote`: the note was written now; `found`: it was there already, written before
    a crash; neither: it knew all that. `state` is the one that was set over there, empty where it was left."""

    case: str
    ticket: str
    words: str
    wrote: bool
    found: bool
    state: str


def bridge_of(case: Case) -> tuple[str, str]:
    """The bridge and the ticket's id behind a case. Raises BadInput where it came by none."""
    bridge, mark, remote = case.ticket.partition(":")
    if not mark or not remote.isdigit():
        raise BadInput(
            f"{case.number} is no ticket of another system.",
            "Only what came by a bridge is told by one: see its ticket.",
        )
    return bridge, remote


def push(context: Context, written: str, system: TicketSystem, states: Mapping[str, str]) -> Pushed:
    """Tells the system how the case stands; `states` maps our states and outcomes to its own words.

    May be called again at any time. Raises BadInput for a case that no bridge brought, Unreachable where the system
    did not take it: what was written is then found the next time.
    """
    case = case_now(context.ledger, written)
    _, remote = bridge_of(case)
    head = system.head(remote)
    before = _notes(context.ledger, case.number)
    words, count = status_words(case), len(before) + 1
    wrote = found = False
    if not before or before[-1].body["what"] != words:
        there = note_there(system.articles(head, ()), case.number, count)
        if there is not None and there != words:
            # Written before a crash, and the case went on since: that note is recorded, and this is the next one.
            _record(context, case, count, there, "")
            there, count = None, count + 1
        found = there is not None
        if not found:
            system.note(remote, note_text(case.number, count, words))
            wrote = True
    wanted = remote_state(case, states)
    state = wanted if wanted and wanted != head.state else ""
    if state:
        system.set_state(remote, state)
    if wrote or found or state:
        _record(context, case, count if wrote or found else 0, words, state)
    return Pushed(case.number, case.ticket, words, wrote, found, state)


def _notes(ledger: LedgerView, number: str) -> list[Event]:
    told = ledger.events(case=number, kind="case_bridged")
    return [event for event in told if event.body["direction"] == OUT and event.body["count"]]


def _record(context: Context, case: Case, count: int, words: str, state: str) -> None:
    """One event for each note, also where two people told it at the same moment; no `count` is a state alone."""

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        known = not count or count <= len(_notes(ledger, case.number))
        if known and not state:
            return []
        bridge, _ = bridge_of(case)
        body = {
            "bridge": bridge, "remote": case.ticket, "direction": OUT, "what": words, "count": 0 if known else count,
            "state": state,
        }  # fmt: skip
        return [draft_of(context, case, "case_bridged", body)]

    context.ledger.append_after(decide)
