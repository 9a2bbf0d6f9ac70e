"""A person's word in a rule's place: charged or not, and minutes let off. What the rule said stays beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.chargeable import Charge
from callout.steps.past_work import find_id
from callout.worklog.amended import AMENDABLE, WORK_KINDS, amended
from callout.worklog.invoiced import INVOICE_KINDS, invoiced_work
from callout.worklog.judged import deductions_of

if TYPE_CHECKING:
    from callout.steps.context import Context


def judge_work(context: Context, named: str, charge: str, reason: str) -> Event:
    """The `work_judged` event: the work or expense `named` is charged (`yes`) or not (`no`), whatever the rule says.

    `named` is a line of a bill, an event's id or its unique beginning. Raises BadInput without a reason, for another
    word, for what is unknown or withdrawn, and for what stands on an invoice.
    """
    if charge not in (Charge.YES, Charge.NO):
        raise BadInput(f"{charge!r} is no decision.", "Use yes or no.")
    said = _reason(reason)

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        of = _standing(ledger, named, AMENDABLE)
        return [_draft(context, "work_judged", of, {"charge": str(charge), "reason": said})]

    return context.ledger.append_after(decide)[0]


def deduct_minutes(context: Context, named: str, minutes: int, reason: str) -> Event:
    """The `work_deducted` event: so many of the work's billed minutes are not asked for.

    Several deductions add up. Raises BadInput as `judge_work` does, and for more than was worked.
    """
    said = _reason(reason)
    if minutes <= 0:
        raise BadInput(f"{minutes} minutes cannot be deducted.", "Give a number above zero.")

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        of = _standing(ledger, named, ("work_logged",))
        before = ledger.events(kind="work_deducted", customer=of.customer)
        already = sum(one.minutes for one in deductions_of(before).get(of.id, ()))
        worked = -(-int(of.body["seconds"]) // 60)
        if already + minutes > worked:
            taken = f", {already} are deducted already" if already else ""
            raise BadInput(f"{of.id} has {worked} minutes{taken}.", "Deduct less, or judge that it is not charged.")
        return [_draft(context, "work_deducted", of, {"minutes": minutes, "reason": said})]

    return context.ledger.append_after(decide)[0]


def _standing(ledger: LedgerView, named: str, kinds: Sequence[str]) -> Event:
    """The event that `named` is. Raises BadInput where it is withdrawn or invoiced."""
    (event,) = ledger.events(id=find_id(ledger, named.strip().split(".")[0], kinds))
    of_customer = {"customer": event.customer}
    invoiced = invoiced_work(one for kind in INVOICE_KINDS for one in ledger.events(kind=kind, **of_customer))
    if event.id in invoiced:
        raise BadInput(
            f"{event.id} stands on invoice {invoiced[event.id]} and stays as it is.",
            "Correct the invoice: a credit note for it sets its work free.",
        )
    known = (one for kind in WORK_KINDS for one in ledger.events(kind=kind, **of_customer))
    if any(one.event.id == event.id and one.withdrawn for one in amended(known, event.kind)):
        raise BadInput(f"{event.id} is withdrawn: there is nothing to decide about it.", "callout time list --all")
    return event


def _draft(context: Context, kind: str, of: Event, body: dict[str, Any]) -> Draft:
    names = (of.customer, of.system, of.callout)
    return Draft(kind, context.now(), context.actor, *names, {"work": of.id, **body})


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput("Nothing is decided against a rule without a reason.", "Say why: --reason")
    return reason.strip()
