"""Takes a month's bill through its review: submit, approve, send back, write off. Each is one event, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from callout.errors import BadInput, Refused
from callout.findings import Finding
from callout.ledger.event import Draft, Event
from callout.steps.bill import make_bill
from callout.steps.context import Context
from callout.steps.settled import append_settled
from callout.views.bill_data import bill_dict
from callout.worklog.bill import Bill
from callout.worklog.bill_hash import bill_hash, fingerprint
from callout.worklog.bill_items import BillItem, items_of
from callout.worklog.review import (
    KINDS,
    BillSeen,
    judge_approval,
    judge_rejection,
    judge_submission,
    judge_write_off,
    review_of,
)
from callout.worklog.review_standing import Reviewed

if TYPE_CHECKING:
    from callout.inventory import Inventory


def look_at(context: Context, inventory: Inventory, customer: str, month: str) -> Reviewed:
    """The bill and its review, as they are now. Raises as `make_bill` does."""
    bill = make_bill(context, inventory, customer, month)
    told = bill_dict(bill)
    seen = BillSeen(bill.customer, bill.month, bill_hash(told), fingerprint(told), bill.total, items_of(bill))
    events = (event for kind in KINDS for event in context.ledger.events(kind=kind, customer=customer))
    return Reviewed(bill, seen, review_of(events, customer, bill.month))


def submit_bill(context: Context, inventory: Inventory, customer: str, month: str) -> Event:
    """The `bill_submitted` event. Raises Refused with every reason: undecided or unpriced lines, nothing on it."""

    def decide() -> Sequence[Draft]:
        found = look_at(context, inventory, customer, month)
        refuse(judge_submission(found.review, found.seen), f"The bill of {customer} for {month} cannot be submitted")
        body = {
            "bill_hash": found.seen.hash,
            "fingerprint": dict(found.seen.fingerprint),
            "total": f"{found.bill.total:f}",
            "currency": found.bill.currency,
        }
        return [_draft(context, "bill_submitted", found.bill, body)]

    return append_settled(context, customer, decide)[0]


def approve_bill(context: Context, inventory: Inventory, customer: str, month: str) -> Event:
    """The `bill_approved` event, by the context's actor.

    Raises Refused where that person worked on it, where it is not submitted, and where it has changed since,
    saying what.
    """

    def decide() -> Sequence[Draft]:
        found = look_at(context, inventory, customer, month)
        reasons = judge_approval(found.review, found.seen, context.actor)
        refuse(reasons, f"The bill of {customer} for {month} cannot be approved")
        body = {
            "bill_hash": found.seen.hash,
            "submitted": _id(found.review.submitted),
            "total": f"{found.bill.total:f}",
        }
        return [_draft(context, "bill_approved", found.bill, body)]

    return append_settled(context, customer, decide)[0]


def reject_bill(context: Context, inventory: Inventory, customer: str, month: str, reason: str) -> Event:
    """The `bill_rejected` event. Raises BadInput without a reason, Refused where there is nothing to send back."""
    _require_reason(reason)

    def decide() -> Sequence[Draft]:
        found = look_at(context, inventory, customer, month)
        refuse(judge_rejection(found.review), f"The bill of {customer} for {month} cannot be sent back")
        body = {"submitted": _id(found.review.submitted), "reason": reason.strip()}
        return [_draft(context, "bill_rejected", found.bill, body)]

    return append_settled(context, customer, decide)[0]


def write_off(
    context: Context,
    inventory: Inventory,
    customer: str,
    month: str,
    line: str,
    reason: str,
    *,
    amount: Decimal | None = None,
    minutes: int | None = None,
) -> Event:
    """The `written_off` event for a line; without `amount` and `minutes` all of it.

    Minutes are priced at the line's own rate. Raises BadInput for a line that the bill does not have, Refused where
    there is less to write off, and where the bill is frozen.
    """
    _require_reason(reason)
    if amount is not None and minutes is not None:
        raise BadInput("A write-off is an amount or minutes, not both.", "Give one of them, or --all.")

    def decide() -> Sequence[Draft]:
        found = look_at(context, inventory, customer, month)
        item = _item(found.seen.items, line)
        off = _of_minutes(found.bill, line, minutes) if minutes is not None else amount
        if off is not None and -int(off.normalize().as_tuple().exponent) > found.bill.decimals:
            raise BadInput(f"{off:f} has more decimals than {found.bill.currency} has.", "Write it like 40.00.")
        refuse(judge_write_off(found.review, item, off), f"{line} cannot be written off")
        body = {
            "line": line,
            "work": item.work[0],
            "amount": f"{off:f}" if off is not None else None,
            "minutes": minutes,
            "all": off is None,
            "posted": f"{item.amount:f}",
            "reason": reason.strip(),
        }
        return [_draft(context, "written_off", found.bill, body)]

    return append_settled(context, customer, decide)[0]


def refuse(reasons: Sequence[Finding], what: str) -> None:
    """Raises Refused with every reason; nothing where there is none."""
    if reasons:
        raise Refused(f"{what}.", reasons=[reason.as_dict() for reason in reasons])


def _item(items: Sequence[BillItem], line: str) -> BillItem:
    found = [item for item in items if item.id == line]
    if len(found) != 1:
        listed = ", ".join(item.id for item in items[:8]) or "none at all"
        raise BadInput(f"The bill has no line {line[:40]!r}.", f"It has: {listed}.")
    return found[0]


def _of_minutes(bill: Bill, line: str, minutes: int) -> Decimal:
    found = next((one for one in bill.lines if one.id == line), None)
    if found is None or found.rate is None or minutes <= 0:
        raise BadInput(f"{line} has no {minutes} minutes to write off.", "Give --amount, or --all.")
    return (minutes * found.rate / 60).quantize(Decimal(1).scaleb(-bill.decimals), ROUND_HALF_UP)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("That needs a reason.", "Say it with --reason.")


def _draft(context: Context, kind: str, bill: Bill, body: Mapping[str, Any]) -> Draft:
    return Draft(kind, context.now(), context.actor, bill.customer, "", "", {"month": bill.month.name, **body})


def _id(event: Event | None) -> str:
    return event.id if event is not None else ""
