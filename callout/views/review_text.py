"""Where a month's bill stands: for a terminal and for programs."""

from __future__ import annotations

from typing import Any

from callout.ledger.event import Event
from callout.programs import printable
from callout.views.numbers import plain
from callout.worklog.review_standing import Standing


def status_dict(standing: Standing) -> dict[str, Any]:
    """JSON-able. Events that led here are named by their ids; amounts are strings."""
    review, bill = standing.reviewed.review, standing.reviewed.bill
    return {
        "customer": bill.customer,
        "month": bill.month.name,
        "state": str(review.state),
        "total": plain(bill.total),
        "currency": bill.currency,
        "bill_hash": standing.reviewed.seen.hash,
        "submitted": _event(review.submitted),
        "answered": _event(review.answered),
        "invoice": review.invoice.body["number"] if review.invoice is not None else None,
        "next_step": standing.next_step,
        "kept_by": [finding.as_dict() for finding in standing.keeps],
        "late_lines": list(standing.late),
        "waiting_months": list(standing.waiting),
    }


def status_text(standing: Standing) -> str:
    """For a terminal; nothing in it moves a cursor."""
    review, bill = standing.reviewed.review, standing.reviewed.bill
    total = "not known yet" if bill.total is None else f"{plain(bill.total)} {bill.currency}"
    lines = [f"{printable(bill.name)} ({bill.customer}), {bill.month.name}: {review.state}, {total}"]
    if review.submitted is not None:
        lines.append(f"  submitted by {_by(review.submitted)}")
    if review.answered is not None:
        word = "approved" if review.answered.kind == "bill_approved" else "sent back"
        reason = printable(str(review.answered.body.get("reason", "")))
        lines.append(f"  {word} by {_by(review.answered)}{': ' if reason else ''}{reason}")
    if review.invoice is not None:
        lines.append(f"  invoice {review.invoice.body['number']} by {_by(review.invoice)}")
    elif standing.keeps:
        lines.append(f"Cannot {standing.next_step} it now:")
        lines += [f"  {printable(finding.seen)} {printable(finding.remedy)}" for finding in standing.keeps]
    else:
        verb = "invoice issue" if standing.next_step == "issue" else f"bill {standing.next_step}"
        lines.append(f"Next: callout {verb} {bill.customer} {bill.month.name}")
    if standing.late:
        lines.append(f"Done in earlier months, too late for their invoices: {', '.join(standing.late)}")
    if standing.waiting:
        lines.append(f"Earlier months with work on no invoice: {', '.join(standing.waiting)}")
    return "\n".join(lines)


def _by(event: Event) -> str:
    return f"{printable(event.actor)}, {event.at[:16].replace('T', ' ')} UTC"


def _event(event: Event | None) -> dict[str, Any] | None:
    if event is None:
        return None
    return {"id": event.id, "kind": event.kind, "actor": event.actor, "at": event.at}
