"""What people decided in a rule's place: charged or not, and minutes let off. The newest word counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callout.errors import CalloutError
from callout.ledger.event import Event
from callout.policy.chargeable import Charge
from callout.worklog.bill import Override


@dataclass(frozen=True, slots=True)
class Deduction:
    """Minutes of one piece of work that are not asked for."""

    minutes: int
    reason: str
    event_id: str
    actor: str


def overrides_of(events: Iterable[Event]) -> dict[str, Override]:
    """Work's or expense's event id → the newest `work_judged` about it. Raises CalloutError for one not whole."""
    found = {}
    for event in sorted((one for one in events if one.kind == "work_judged"), key=lambda one: one.seq):
        body = event.body
        if body.get("charge") not in ("yes", "no") or not isinstance(body.get("work"), str):
            raise _malformed(event)
        found[body["work"]] = Override(Charge(body["charge"]), str(body.get("reason", "")), event.id, event.actor)
    return found


def deductions_of(events: Iterable[Event]) -> dict[str, list[Deduction]]:
    """Work's event id → its deductions, oldest first; they add up. Raises CalloutError for one that is not whole."""
    found: dict[str, list[Deduction]] = {}
    for event in sorted((one for one in events if one.kind == "work_deducted"), key=lambda one: one.seq):
        body = event.body
        minutes = body.get("minutes")
        if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes <= 0 or "work" not in body:
            raise _malformed(event)
        found.setdefault(str(body["work"]), []).append(
            Deduction(minutes, str(body.get("reason", "")), event.id, event.actor)
        )
    return found


def _malformed(event: Event) -> CalloutError:
    return CalloutError(
        f"Event {event.id} (number {event.seq}) is no whole {event.kind} event.",
        "callout ledger verify says whether the ledger was changed.",
    )
