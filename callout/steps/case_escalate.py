"""Escalates a case, and acknowledges an escalation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.desk.bounds import text_given
from callout.desk.escalation import Attempt, Wish, copies_for, escalation_body, reasons_against
from callout.desk.rules import acknowledgement_rule, snapshot
from callout.errors import BadInput
from callout.ledger.event import Draft, Event, format_utc
from callout.ledger.store import LedgerView
from callout.policy.desk_words import ClockName
from callout.steps.case_look import require_going
from callout.steps.case_write import Refusal, draft_of, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory import Inventory
    from callout.steps.context import Context


def escalate(context: Context, inventory: Inventory, written: str, wish: Wish) -> Event:
    """The `case_escalated` event: who is in copy, what the customer stated, the attempts before, the level's clock.

    Raises Refused where a level was left out without a reason, or the level is reached already; BadInput where it does
    not say what must be said, where nobody is on file for the level, and in a case that has ended.
    """
    said = wish.checked()
    desk = inventory.policy.desk

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        customer = inventory.customer(require_going(case).customer)
        attempts = attempts_of(case)
        if reasons := reasons_against(said, case.level, attempts):
            return Refusal("escalate", f"{case.number} was not escalated to level {said.level}.", reasons)
        copies = copies_for(said.level, desk.people, customer.desk)
        rule = acknowledgement_rule(desk, case.rules, said.level, case.priority)
        body = escalation_body(said, copies, attempts)
        body["rules"] = snapshot({ClockName.ACKNOWLEDGEMENT: rule})
        return [draft_of(context, case, "case_escalated", body)]

    return write_to_case(context, written, decide)[0]


def acknowledge(context: Context, written: str, text: str, level: int = 0) -> Event:
    """The `case_acknowledged` event: whoever is responsible has answered. `level` 0 is the highest that waits;
    those below it are answered with it.

    Raises BadInput where no escalation waits, or not that one, and without a word.
    """
    said = text_given(text, "An acknowledgement")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft]:
        waiting = [one.level for one in case.escalations if one.acknowledged_at is None]
        if not waiting or (level and level not in waiting):
            which = f" of level {level}" if level else ""
            raise BadInput(
                f"No escalation{which} of {case.number} waits for an acknowledgement.", "callout case show tells all."
            )
        body = {"level": level or max(waiting), "text": said}
        return [draft_of(context, case, "case_acknowledged", body)]

    return write_to_case(context, written, decide)[0]


def attempts_of(case: Case) -> list[Attempt]:
    """The escalations so far, oldest first."""
    return [Attempt(one.level, format_utc(one.at), one.statement) for one in case.escalations]
