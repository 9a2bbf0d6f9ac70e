"""Ends a case with exactly one of the five outcomes, and lets it go on again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.desk.bounds import reason_given
from callout.desk.outcome import Outcome, reasons_against_end
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.case_judge import not_charged_yet, was_emergency
from callout.steps.case_link import Linked, known_name, link_draft
from callout.steps.case_look import case_now, require_going, standings_now
from callout.steps.case_write import Refusal, draft_of, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory.policy import Policy
    from callout.steps.context import Context


def end_case(context: Context, policy: Policy, written: str, outcome: Outcome) -> Event:
    """The `case_ended` event; the bundle of a critical bug is linked in the same append.

    Raises Refused, with every reason, where a deadline was not kept and nobody has said why, and where nobody has
    judged an emergency; BadInput for an outcome that says too little, and where the case has ended already: of two
    people who end it one does.
    """
    said = outcome.checked(context.now())
    standings_now(context, policy, case_now(context.ledger, written))  # loads the calendar before anybody waits for us

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        require_going(case)
        standings = standings_now(context, policy, case)
        judged = case.judged.emergency if case.judged else ""
        reasons = reasons_against_end(standings, case.number, emergency=was_emergency(case), judged=judged)
        if reasons:
            count = f"{len(reasons)} reason{'s' if len(reasons) > 1 else ''}"
            return Refusal("end", f"{case.number} does not end yet, for {count}.", reasons)
        drafts = [draft_of(context, case, "case_ended", said.body())]
        if said.bundle:
            name = known_name(ledger, case, Linked.BUNDLE, said.bundle)
            if not any((link.what, link.id) == (Linked.BUNDLE, name) for link in case.links):
                drafts.append(link_draft(context, case, Linked.BUNDLE, name, "The patch of the critical bug."))
        return drafts

    return write_to_case(context, written, decide)[0]


def left_to_do(ledger: LedgerView, written: str) -> list[str]:
    """Sentences about call-outs of the case that are open still, and about work that nobody has charged yet."""
    case = case_now(ledger, written)
    open_ones = [number for number in case.callouts if not list(ledger.events(callout=number, kind="closed"))]
    told = [f"{number} is still open: callout close {number} --outcome …" for number in open_ones]
    if not_charged_yet(ledger, case):
        told.append(f"Work has come since {case.number} was judged: judge it once more, so that it is charged.")
    return told


def reopen_case(context: Context, written: str, reason: str) -> Event:
    """The `case_reopened` event; all of before stays. Raises BadInput without a reason, and where it has not ended."""
    why = reason_given(reason, "Going on after an end")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        if case.outcome is None:
            raise BadInput(f"{case.number} has not ended.", "There is nothing to reopen.")
        return [draft_of(context, case, "case_reopened", {"reason": why})]

    return write_to_case(context, written, decide)[0]
