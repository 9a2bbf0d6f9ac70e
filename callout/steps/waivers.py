"""Waivers: a person's word that a change may stay for a time, given and ended as events."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from callout.drift.scope import drift_policy_of
from callout.drift.waiver import Waiver, require_allowed
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory.models import System

GIVEN, ENDED = "drift_waived", "drift_waiver_ended"


def waivers_of(view: LedgerView, system: str) -> tuple[Waiver, ...]:
    """Waivers of the system that nobody has ended, in the order of the ledger; expired ones, too: they are told."""
    ended = {str(event.body.get("waiver", "")) for event in view.events(kind=ENDED, system=system)}
    return tuple(
        replace(Waiver.from_dict(event.body), id=event.id)
        for event in view.events(kind=GIVEN, system=system)
        if event.id not in ended
    )


def waive(
    context: Context,
    system: System,
    *,
    finding: str = "",
    section: str = "",
    subject: str = "",
    ticket: str,
    reason: str,
    until: dt.datetime,
    callout: str = "",
) -> Event:
    """The `drift_waived` event: one finding, or all of a section that match a pattern, until then (aware).

    Raises BadInput for what policy does not let stand, and for a finding that the last look did not name.
    """
    if finding and finding not in last_findings(context.ledger, system.name):
        raise BadInput(
            f"The last look at {system.name} did not find {finding}.",
            f"callout drift show {system.name} names the findings.",
        )
    waiver = Waiver(
        ticket=ticket.strip(),
        reason=reason.strip(),
        by=context.actor,
        given_at=context.now(),
        expires_at=until,
        finding=finding,
        section=section,
        subject=subject,
    )
    require_allowed(waiver, drift_policy_of(system))
    return context.record(GIVEN, system, callout, waiver.as_dict())


def end_waiver(context: Context, identifier: str, reason: str) -> Event:
    """The `drift_waiver_ended` event: what was waived speaks again at once. Raises BadInput for one that is unknown."""
    if not reason.strip():
        raise BadInput("Ending a waiver needs a reason.", "Give it with --reason.")

    def decide(view: LedgerView) -> list[Draft]:
        given = next((event for event in view.events(kind=GIVEN) if event.id == identifier), None)
        if given is None:
            raise BadInput(f"There is no waiver {identifier!r}.", "callout drift waivers lists them.")
        if identifier not in {one.id for one in waivers_of(view, given.system)}:
            raise BadInput(f"The waiver {identifier} was ended already.", "callout drift waivers lists them.")
        body = {"waiver": identifier, "reason": reason.strip()}
        names = (given.customer, given.system, given.callout)
        return [Draft(ENDED, context.now(), context.actor, *names, body)]

    return context.ledger.append_after(decide)[0]


def last_findings(view: LedgerView, system: str) -> set[str]:
    """The ids that the last recorded look named; empty where there was none."""
    looks = list(view.events(kind="drift_looked", system=system))
    return {str(one["id"]) for one in looks[-1].body.get("findings", ())} if looks else set()
