"""The review of a month's bill: submitted, approved by somebody who did not do the work, frozen. Pure, with reasons.

open ──submit──► submitted ──approve──► approved ──issue──► invoiced
  ▲                  │  ▲                  │                    │
  │                reject └────submit──────┘ (it has changed)   │
  └──submit── rejected                                          │
  └────────────────────────── credited whole ───────────────────┘
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from callout.findings import Finding, Move, Status
from callout.ledger.event import Event
from callout.worklog.bill_hash import differences
from callout.worklog.bill_items import BillItem
from callout.worklog.invoiced import INVOICE_KINDS, invoices_seen
from callout.worklog.month import Month

KINDS = ("bill_submitted", "bill_approved", "bill_rejected", "written_off", *INVOICE_KINDS)
MOST_DIFFERENCES = 20


class ReviewState(StrEnum):
    """Where a month's bill stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    INVOICED = "invoiced"


@dataclass(frozen=True, slots=True)
class Review:
    """Where it stands, and by which events: the newest submission and its answer, or the invoice."""

    state: ReviewState
    submitted: Event | None = None
    answered: Event | None = None
    invoice: Event | None = None


@dataclass(frozen=True, slots=True)
class BillSeen:
    """A bill as the rules of the review see it. `waiting` are the sentences of why it is not finished."""

    customer: str
    month: Month
    hash: str
    fingerprint: Mapping[str, Any]
    total: Decimal | None
    items: Sequence[BillItem]


def review_of(events: Iterable[Event], customer: str, month: Month) -> Review:
    """The review of that customer's month. `events` may hold any kinds, but all `KINDS` of that customer."""
    listed = sorted((one for one in events if one.kind in KINDS and one.customer == customer), key=lambda one: one.seq)
    invoices = [one for one in invoices_seen(listed).values() if one.month == month]
    fresh = max((one.credit_notes[-1].seq for one in invoices if not one.is_live), default=0)
    live = next((one for one in invoices if one.is_live), None)
    review = Review(ReviewState.OPEN)
    for event in listed:
        if event.seq <= fresh or event.kind not in KINDS[:3] or event.body.get("month") != month.name:
            continue
        if event.kind == "bill_submitted":
            review = Review(ReviewState.SUBMITTED, submitted=event)
        else:
            state = ReviewState.APPROVED if event.kind == "bill_approved" else ReviewState.REJECTED
            review = replace(review, state=state, answered=event)
    return replace(review, state=ReviewState.INVOICED, invoice=live.event) if live is not None else review


def judge_submission(review: Review, bill: BillSeen) -> list[Finding]:
    """Every reason why it cannot be put before a reviewer; empty where it can."""
    if review.state is ReviewState.INVOICED:
        return [_invoiced(review)]
    found = []
    if not bill.items:
        found.append(_refusal("empty", "There is nothing on the bill.", "Look at another month."))
    waiting = [item.id for item in bill.items if item.waiting]
    if waiting or bill.total is None:
        seen = f"Without an amount: {', '.join(waiting) or 'the total'}."
        found.append(_refusal("unfinished", seen, "Decide: callout bill judge, or write the missing rate down."))
    stands = review.state in (ReviewState.SUBMITTED, ReviewState.APPROVED) and review.submitted is not None
    if stands and review.submitted is not None and review.submitted.body["bill_hash"] == bill.hash:
        seen = f"This very bill is {review.state} already."
        found.append(_refusal("submitted", seen, "Wait for the reviewer, or issue the invoice."))
    return found


def judge_approval(review: Review, bill: BillSeen, approver: str) -> list[Finding]:
    """Every reason why `approver` cannot approve it; empty where they can."""
    found = _must_be_submitted(review)
    if found:
        return found
    worked = sorted({actor for item in bill.items for actor in item.actors if same_person(actor, approver)})
    if worked:
        count = sum(any(same_person(actor, approver) for actor in item.actors) for item in bill.items)
        seen = f"{approver} worked on it, as {', '.join(worked)}: {count} of {len(bill.items)} lines."
        found.append(_refusal("own-work", seen, "Somebody who did not do the work approves it."))
    return [*found, *_changed(review, bill, "submitted")]


def judge_rejection(review: Review) -> list[Finding]:
    """Every reason why it cannot be sent back; empty where it can. An approved one can, until it is frozen."""
    if review.state is ReviewState.APPROVED:
        return []
    return _must_be_submitted(review)


def judge_write_off(review: Review, item: BillItem, amount: Decimal | None) -> list[Finding]:
    """Every reason why `amount` (None: all) of a line cannot be written off; empty where it can."""
    if review.state is ReviewState.INVOICED:
        return [_invoiced(review)]
    if not item.reducible:
        return [_refusal("contract", f"{item.id} is what a contract costs.", "Change the contract in the inventory.")]
    if item.amount is None:
        return [_refusal("unfinished", f"{item.id} has no amount yet.", "Decide first: callout bill judge.")]
    if item.amount <= 0:
        return [_refusal("nothing", f"Nothing is asked for {item.id}.", "There is nothing to write off.")]
    if amount is not None and not 0 < amount <= item.amount:
        seen = f"{amount:f} is not between nothing and what is asked for {item.id}, {item.amount:f}."
        return [_refusal("too-much", seen, "Write off less, or --all.")]
    return []


def judge_issue(
    review: Review, bill: BillSeen, now: dt.datetime, month_ends: dt.datetime, *, early: bool
) -> list[Finding]:
    """Every reason why no invoice can be issued for it; empty where one can.

    `month_ends` is the first moment after the month (aware); `early` says that a person wants it nevertheless.
    """
    if review.state is ReviewState.INVOICED:
        return [_invoiced(review)]
    found = []
    if review.state is not ReviewState.APPROVED:
        seen = f"The bill of {bill.month.name} is {review.state}, not approved."
        found.append(_refusal("not-approved", seen, "callout bill submit, then callout bill approve by somebody else."))
    if now < month_ends and not early:
        seen = f"{bill.month.name} is not over yet in the customer's time zone: work may still come."
        found.append(_refusal("not-over", seen, "Wait, or say --early."))
    if review.state is ReviewState.APPROVED:
        found += _changed(review, bill, "approved")
    return found


def same_person(one: str, other: str) -> bool:
    """Whether two actors are one person: `eva@desk` and `eva@laptop` are, whatever machine or house they are of."""
    return one.partition("@")[0].casefold() == other.partition("@")[0].casefold()


def _must_be_submitted(review: Review) -> list[Finding]:
    if review.state is ReviewState.INVOICED:
        return [_invoiced(review)]
    if review.state is not ReviewState.SUBMITTED:
        return [_refusal("not-submitted", f"The bill is {review.state}, not submitted.", "callout bill submit first.")]
    return []


def _changed(review: Review, bill: BillSeen, since: str) -> list[Finding]:
    """One refusal that says all that is different from what was submitted."""
    if review.submitted is None or review.submitted.body["bill_hash"] == bill.hash:
        return []
    told = differences(review.submitted.body["fingerprint"], bill.fingerprint) or ["Nobody can tell what."]
    more = len(told) - MOST_DIFFERENCES
    shown = [*told[:MOST_DIFFERENCES], *([f"And {more} more."] if more > 0 else [])]
    return [_refusal("changed", f"It has changed since it was {since}: {' '.join(shown)}", "Submit it again.")]


def _invoiced(review: Review) -> Finding:
    number = review.invoice.body["number"] if review.invoice is not None else ""
    return _refusal("invoiced", f"Invoice {number} has left the house.", "Correct it: callout invoice credit.")


def _refusal(code: str, seen: str, remedy: str) -> Finding:
    return Finding("bill.review", Status.FAIL, code, seen, Move.US, remedy)
