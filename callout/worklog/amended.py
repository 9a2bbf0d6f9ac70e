"""Work and expenses as they stand after all amendments. Pure: the same events give the same, in any order.

Raw facts stay: a `work_amended` event names what it amends and says what was, what is, and why. Its body is
`{"work": id, "amendment": "changed" | "withdrawn", "reason": text, "set": {field: value}, "was": {field: value}}`.
`work` is the id of a `work_logged` or an `expense_logged` event, or that of an earlier amendment, which can only
be withdrawn: what it said counts no longer. (`discarded` ends a session that was never logged; it names no work.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callout.errors import CalloutError
from callout.ledger.event import Event
from callout.worklog.entry import Entry, entry_of

# What has to be read together: with fewer kinds an amendment would name something that nobody knows.
AMENDABLE = ("work_logged", "expense_logged")
WORK_KINDS = (*AMENDABLE, "work_amended")
# Whose work it was is the event's own column: another customer's bill would never see such an amendment.
CHANGEABLE = {
    "work_logged": frozenset(
        {
            "started_at", "ended_at", "seconds", "clock_known", "clock_flags", "idle_seconds", "ticket", "note",
            "internal_note", "role", "activity", "cause", "cause_evidence", "rate", "rate_reason",
        }
    ),
    "expense_logged": frozenset({"date", "expense", "amount", "currency", "ticket", "note", "internal_note"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amended:
    """One `work_logged` or `expense_logged` event and what its amendments (ids, oldest first) made of its body."""

    event: Event
    body: dict[str, Any]
    amendments: tuple[str, ...]
    withdrawn: bool


@dataclass(slots=True)
class _History:
    """What happened to one piece of work, oldest first; amendments that were withdrawn are taken out."""

    event: Event
    amendments: list[tuple[Event, dict[str, Any]]] = field(default_factory=list)

    def applied(self) -> Amended:
        body, withdrawn = self.event.body, False
        for _, amendment in self.amendments:
            body.update(amendment.get("set", {}))
            withdrawn = withdrawn or amendment["amendment"] == "withdrawn"
        return Amended(self.event, body, tuple(event.id for event, _ in self.amendments), withdrawn)


def entries_of(events: Iterable[Event], *, withdrawn: bool = False) -> list[Entry]:
    """All work among `events` with its amendments applied, in the ledger's order; what was withdrawn only on demand.

    `events` may hold any kinds, but all `WORK_KINDS` of whatever is asked about. Raises CalloutError naming an
    event that is not whole, and an amendment of something unknown or by rules unknown.
    """
    return [
        entry_of(one.event, one.body, one.amendments, withdrawn=one.withdrawn)
        for one in amended(events, "work_logged")
        if withdrawn or not one.withdrawn
    ]


def amended(events: Iterable[Event], kind: str) -> list[Amended]:
    """All events of `kind` (one of `AMENDABLE`) as amended, withdrawn ones too, in the ledger's order.

    Raises CalloutError naming an amendment that is malformed or names what is not among `events`.
    """
    histories: dict[str, _History] = {}
    amendments: list[Event] = []
    for event in events:
        if event.kind in AMENDABLE:
            histories[event.id] = _History(event)
        elif event.kind == "work_amended":
            amendments.append(event)
    of_amendment: dict[str, _History] = {}
    for event in sorted(amendments, key=lambda one: one.seq):
        body = event.body
        if body.get("amendment") == "discarded":
            continue
        history = _amend(event, body, histories, of_amendment)
        of_amendment[event.id] = history
    found = [history.applied() for history in histories.values() if history.event.kind == kind]
    return sorted(found, key=lambda one: one.event.seq)


def _amend(
    event: Event, body: Mapping[str, Any], histories: Mapping[str, _History], of_amendment: Mapping[str, _History]
) -> _History:
    named, word = body.get("work"), body.get("amendment")
    if not isinstance(named, str) or word not in ("changed", "withdrawn"):
        raise _malformed(event, f"it is a {word!r} of {named!r}")
    history = histories.get(named) or of_amendment.get(named)
    if history is None or history.event.seq >= event.seq:
        raise _malformed(event, f"it amends {named}, which is no earlier work or expense")
    if history.event.customer != event.customer:
        raise _malformed(event, f"it is about {event.customer!r} and amends work for {history.event.customer!r}")
    if named not in histories:
        _take_back(event, named, word, history)
        return history
    changed = body.get("set", {})
    if not isinstance(changed, dict) or (word == "changed") != bool(changed):
        raise _malformed(event, f"what it sets is {changed!r}")
    if unknown := set(changed) - CHANGEABLE[history.event.kind]:
        raise _malformed(event, f"it sets {', '.join(sorted(unknown))}")
    history.amendments.append((event, dict(body)))
    return history


def _take_back(event: Event, named: str, word: str, history: _History) -> None:
    kept = [(one, said) for one, said in history.amendments if one.id != named]
    if word != "withdrawn" or len(kept) == len(history.amendments):
        raise _malformed(event, f"it is a {word!r} of the amendment {named}, which can only be withdrawn, and once")
    history.amendments[:] = kept


def _malformed(event: Event, seen: str) -> CalloutError:
    return CalloutError(
        f"Event {event.id} (number {event.seq}) is no whole work_amended event: {seen}.",
        "callout ledger verify says whether the ledger was changed.",
    )
