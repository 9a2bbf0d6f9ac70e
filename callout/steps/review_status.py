"""Where a month's bill stands, and what else of the customer waits to be billed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callout.steps.context import Context
from callout.steps.review import look_at
from callout.worklog.amended import entries_of
from callout.worklog.invoiced import Billing
from callout.worklog.month import Month
from callout.worklog.review import ReviewState, judge_approval, judge_issue, judge_submission
from callout.worklog.review_standing import Standing

if TYPE_CHECKING:
    from callout.inventory import Inventory


def review_status(context: Context, inventory: Inventory, customer: str, month: str) -> Standing:
    """The standing of that customer's month, as it is now. Raises as `make_bill` does."""
    found = look_at(context, inventory, customer, month)
    review, seen, bill = found.review, found.seen, found.bill
    if review.state is ReviewState.INVOICED:
        step, keeps = "", []
    elif review.state is ReviewState.SUBMITTED:
        step, keeps = "approve", judge_approval(review, seen, context.actor)
    elif review.state is ReviewState.APPROVED:
        step, keeps = "issue", judge_issue(review, seen, context.now(), bill.month.span(bill.time_zone)[1], early=False)
    else:
        step, keeps = "submit", judge_submission(review, seen)
    here = (bill.month.year, bill.month.number)
    late = tuple(line.id for line in bill.lines if (line.date.year, line.date.month) != here)
    return Standing(found, step, tuple(keeps), late, _waiting(context, customer, bill.time_zone, bill.month))


def _waiting(context: Context, customer: str, zone: str, month: Month) -> tuple[str, ...]:
    events = list(context.ledger.events(customer=customer))
    billing, found = Billing(events), set()
    for entry in entries_of(events):
        if entry.event.id in billing.settled:
            continue
        began = entry.started_at.astimezone(ZoneInfo(zone))
        due = billing.month_of(entry.event.id, Month(began.year, began.month))
        if (due.year, due.number) < (month.year, month.number):
            found.add(due.name)
    return tuple(sorted(found))
