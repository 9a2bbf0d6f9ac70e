"""Opens a call-out for a case: both say so in the same append."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callout.desk.mode import Mode, reasons_against_callout
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import NEW, LedgerView
from callout.steps.case_look import require_going
from callout.steps.case_write import Refusal, draft_of, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory.models import System
    from callout.steps.context import Context


def opened_for_case(
    context: Context, system: System, written: str, body_for: Callable[[str], Mapping[str, Any]]
) -> Event:
    """The `opened` event, with `case_linked` beside it; `body_for` makes its body of the case's number.

    A case of which nobody has said who does the work becomes one in which we do, as an event of its own. Raises
    Refused where the customer does the work; BadInput for another customer's system, and in a case that has ended.
    """

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        if require_going(case).customer != system.customer.id:
            raise BadInput(
                f"{case.number} is of {case.customer}, and {system.name} is a system of {system.customer.id}.",
                "Name one of theirs.",
            )
        if reasons := reasons_against_callout(case.mode, case.number):
            return Refusal("callout", f"No call-out was opened for {case.number}.", reasons)
        names = (context.now(), context.actor, case.customer, system.name, NEW)
        drafts = [
            Draft("opened", *names, body_for(case.number)),
            # The number stands in the column: nobody has it before it is stored.
            Draft(
                "case_linked", *names, {"case": case.number, "what": "callout", "id": "", "reason": "Opened for it."}
            ),
        ]
        if case.mode == Mode.OPEN:
            change = {"changes": {"mode": [str(Mode.OPEN), str(Mode.WE_DO)]}, "reason": "A call-out was opened."}
            drafts.append(draft_of(context, case, "case_changed", change))
        return drafts

    return write_to_case(context, written, decide)[0]
