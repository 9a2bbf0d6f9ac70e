"""Writes to a case: looked at, decided and appended in one transaction, so that two people cannot both do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput, Refused
from callout.findings import Finding
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.consents import CLOCK_TOLERANCE
from callout.steps.case_look import case_now

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked for and is not done, and every reason. It is recorded, and then raised."""

    what: str
    message: str
    reasons: Sequence[Finding]
    hint: str = ""

    def body(self, case: str) -> dict[str, Any]:
        """What `case_refused` says."""
        return {"case": case, "what": self.what, "reasons": [finding.as_dict() for finding in self.reasons]}

    def error(self) -> Refused:
        """The same for whoever asked."""
        return Refused(self.message, self.hint, [finding.as_dict() for finding in self.reasons])


Decide = Callable[["Case", LedgerView], "Sequence[Draft] | Refusal"]


def write_to_case(context: Context, written: str, decide: Decide) -> list[Event]:
    """The stored events of what `decide` makes of the case as it stands right then.

    A Refusal is recorded as `case_refused` and raised as Refused. Raises BadInput for a number that no case has, and
    whatever `decide` raises; nothing is recorded then.
    """
    refused: list[Refusal] = []

    def decided(ledger: LedgerView) -> Sequence[Draft]:
        refused.clear()
        case = case_now(ledger, written)
        answer = decide(case, ledger)
        if isinstance(answer, Refusal):
            refused.append(answer)
            return [draft_of(context, case, "case_refused", answer.body(case.number))]
        return answer

    events = context.ledger.append_after(decided)
    if refused:
        raise refused[0].error()
    return events


def draft_of(
    context: Context,
    case: Case,
    kind: str,
    body: Mapping[str, Any],
    *,
    at: dt.datetime | None = None,
    callout: str = "",
    event_id: str = "",
) -> Draft:
    """A draft about the case, with its customer and system; `at` (aware) is when it happened, default now."""
    said = {**body, "case": case.number}
    return Draft(kind, at or context.now(), context.actor, case.customer, case.system, callout, said, event_id)


def told_moment(context: Context, at: dt.datetime | None, since: dt.datetime | None = None) -> dt.datetime:
    """When something happened that is told now: `at`, default now. Raises BadInput for the future, and before
    `since`, when the case was opened."""
    now = context.now()
    if at is None:
        return now
    if at > now + CLOCK_TOLERANCE:
        raise BadInput(f"{at.isoformat()} is in the future: nobody can know what was said then.", "Look at --at.")
    if since is not None and at < since:
        raise BadInput(f"{at.isoformat()} is before the case was opened.", "Look at --at.")
    return at
