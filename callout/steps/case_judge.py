"""Judges afterwards whether an emergency was one, and has the work for one that was not charged."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import reason_given
from callout.desk.emergency import (
    Charged,
    Deed,
    Emergency,
    WorkSeen,
    consequences,
    emergency_named,
    moved,
    reasons_against_judgement,
)
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.causes import Cause
from callout.policy.desk_words import Priority
from callout.steps.case_write import Refusal, draft_of, write_to_case
from callout.worklog.amended import WORK_KINDS, Amended, amended
from callout.worklog.amending import withdrawn_body
from callout.worklog.entry import entry_of
from callout.worklog.invoiced import INVOICE_KINDS, invoiced_work
from callout.worklog.judged import overrides_of

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was recorded: the `case_judged` event, and what followed for each piece of work."""

    event: Event
    deeds: tuple[Charged, ...]


def judge_emergency(
    context: Context, written: str, emergency: str, reason: str, new_id: Callable[[], str] = lambda: str(uuid.uuid4())
) -> Judgement:
    """Judged, with the work in the linked call-outs and under the case's number charged in the same append.

    Man-made: each piece gets the cause `man_made_emergency`, on the evidence of the judgement. None: each is judged
    to be charged. Genuine: what this case had given for a cause is withdrawn. Work that stands on an invoice, has
    another cause, or was judged by a person stays, and is told. Said once more it takes what has come since.

    Raises Refused for a case that never was an emergency, BadInput without a reason or for another word.
    """
    wanted, why = emergency_named(emergency), reason_given(reason, "A judgement")
    found: list[Charged] = []

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        before = case.judged.emergency if case.judged else ""
        reasons = reasons_against_judgement(
            case.number, was_emergency=was_emergency(case), before=before, wanted=wanted
        )
        if reasons:
            return Refusal("judge", f"{case.number} was not judged.", reasons)
        known = WorkOfCase(ledger, case)
        found[:] = known.consequences(wanted)
        identifier = new_id()
        body = {"emergency": str(wanted), "reason": why, "work": [one.as_dict() for one in found]}
        judged = draft_of(context, case, "case_judged", body, event_id=identifier)
        said = f"{case.number}: the emergency was {'man-made' if wanted is Emergency.MAN_MADE else str(wanted)}: {why}"
        return [judged, *(known.draft(context, one, identifier, said) for one in moved(found))]

    return Judgement(write_to_case(context, written, decide)[0], tuple(found))


def not_charged_yet(ledger: LedgerView, case: Case) -> list[Charged]:
    """The work that has come since the case was judged to be charged: judging it once more takes it."""
    if case.judged is None or case.judged.emergency == Emergency.GENUINE:
        return []
    return moved(WorkOfCase(ledger, case).consequences(Emergency(case.judged.emergency)))


def was_emergency(case: Case) -> bool:
    """Whether it was opened as an emergency, or was one at any time."""
    was = {case.priority, *(new for one in case.changes for _, new in [one.changes.get("priority", ("", ""))])}
    return Priority.EMERGENCY in was or bool(case.entitlement.get("emergency"))


class WorkOfCase:
    """The work that was done for a case, as it stands: in its call-outs, and elsewhere under its number."""

    def __init__(self, ledger: LedgerView, case: Case) -> None:
        of_customer = {"customer": case.customer}
        events = [event for kind in WORK_KINDS for event in ledger.events(kind=kind, **of_customer)]
        self._amendments = {event.id: event for event in events if event.kind == "work_amended"}
        self._overrides = overrides_of(ledger.events(kind="work_judged", **of_customer))
        self._invoiced = invoiced_work(event for kind in INVOICE_KINDS for event in ledger.events(kind=kind))
        self._given = self._given_by(ledger, case)
        self._work = {
            one.event.id: one
            for one in amended(events, "work_logged")
            if not one.withdrawn and _belongs(one, case)
        }  # fmt: skip

    @property
    def seconds(self) -> int:
        """How much was worked for it."""
        return sum(entry_of(one.event, one.body).seconds for one in self._work.values())

    def consequences(self, wanted: Emergency) -> list[Charged]:
        """What follows from that judgement for each piece of it, in the ledger's order."""
        return list(consequences(wanted, [self._seen(one) for one in self._work.values()], self._given))

    def draft(self, context: Context, deed: Charged, evidence: str, reason: str) -> Draft:
        """The event that does it."""
        now_is = self._work[deed.work.event_id]
        of = now_is.event
        names = (context.now(), context.actor, of.customer, of.system, of.callout)
        if deed.deed is Deed.CHARGE:
            return Draft("work_judged", *names, {"work": of.id, "charge": "yes", "reason": reason})
        if deed.deed is Deed.UNCAUSE:
            return Draft("work_amended", *names, withdrawn_body(deed.work.cause_by, reason))
        return Draft("work_amended", *names, _caused(now_is, evidence, reason))

    def _seen(self, one: Amended) -> WorkSeen:
        entry, override = entry_of(one.event, one.body), self._overrides.get(one.event.id)
        return WorkSeen(
            one.event.id,
            entry.seconds,
            entry.cause,
            str(override.charge) if override else "",
            self._invoiced.get(one.event.id, ""),
            next((name for name in reversed(one.amendments) if "cause" in _sets(self._amendments[name])), ""),
        )

    def _given_by(self, ledger: LedgerView, case: Case) -> dict[str, str]:
        """Amendment → work, where the evidence is a judgement of this case."""
        judgements = {event.id for event in ledger.events(case=case.number) if event.kind == "case_judged"}
        return {
            event.id: str(event.body.get("work"))
            for event in self._amendments.values()
            if judgements.intersection(_sets(event).get("cause_evidence", ()))
        }


def _belongs(one: Amended, case: Case) -> bool:
    if one.event.callout:
        return one.event.callout in case.callouts
    return one.body.get("ticket") == case.number


def _caused(now_is: Amended, evidence: str, reason: str) -> dict[str, Any]:
    new = {"cause": str(Cause.MAN_MADE_EMERGENCY), "cause_evidence": [evidence]}
    was = {name: now_is.body.get(name) for name in new}
    return {"work": now_is.event.id, "amendment": "changed", "reason": reason, "set": new, "was": was}


def _sets(amendment: Event) -> dict[str, Any]:
    said = amendment.body.get("set", {})
    return said if isinstance(said, dict) else {}
