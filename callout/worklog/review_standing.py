"""A bill beside its review, and what else of the customer waits."""

from __future__ import annotations

from dataclasses import dataclass

from callout.findings import Finding
from callout.worklog.bill import Bill
from callout.worklog.review import BillSeen, Review


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A bill as it is now, as the rules see it, and where its review stands."""

    bill: Bill
    seen: BillSeen
    review: Review


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a month's bill stands. `keeps` are the reasons why the next step cannot be taken, by whoever asks.

    `next_step` is submit, approve, issue or empty. `late` are ids of lines of earlier months whose invoices had left
    already; `waiting` are the earlier months with work that is on no invoice, oldest first.
    """

    reviewed: Reviewed
    next_step: str
    keeps: tuple[Finding, ...]
    late: tuple[str, ...]
    waiting: tuple[str, ...]
