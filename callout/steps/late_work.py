"""Looks for work that was recorded after its month's invoice had left, and reads no more than that takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callout.ledger.event import parse_utc
from callout.ledger.store import LedgerView
from callout.worklog.amended import amended
from callout.worklog.invoiced import Billing
from callout.worklog.month import Month, month_of, parse_month

if TYPE_CHECKING:
    from callout.inventory.models import Customer

# A day without clock times is kept as midnight UTC, which is another day in many zones.
A_DAY = dt.timedelta(days=1)


def late_months(ledger: LedgerView, customer: Customer, billing: Billing, month: Month) -> list[Month]:
    """The earlier months that have, or may have, something which belongs on the bill of `month`, oldest first.

    Those months' bills say what it is; one that is named here for nothing only costs time.
    """
    if month in billing.months:
        return billing.carried_by(month)
    passed_on = [one for one in billing.months if one.name < month.name and billing.month_of("", one) == month]
    if not passed_on:
        return []
    found = {one.name for one in passed_on if _has_open_work(ledger, customer, billing, one)}
    found.update(_months_of_expenses(ledger, customer, billing))
    found.update(_months_moved_to(ledger, customer))
    return [one for one in passed_on if one.name in found]


def _has_open_work(ledger: LedgerView, customer: Customer, billing: Billing, month: Month) -> bool:
    begins, ends = month.span(customer.time_zone)
    begun = ledger.events(customer=customer.id, begun_since=begins - A_DAY, begun_until=ends + A_DAY)
    return any(event.id not in billing.settled for event in begun)


def _months_of_expenses(ledger: LedgerView, customer: Customer, billing: Billing) -> Iterator[str]:
    expenses = list(ledger.events(kind="expense_logged", customer=customer.id))
    named, amendments = {event.id for event in expenses}, []
    for event in ledger.events(kind="work_amended", customer=customer.id) if expenses else ():
        if event.body.get("work") in named:  # an expense, or an earlier amendment of one that is taken back
            named.add(event.id)
            amendments.append(event)
    for one in amended([*expenses, *amendments], "expense_logged"):
        if one.event.id not in billing.settled:
            yield parse_month(str(one.body.get("date", ""))[:7]).name


def _months_moved_to(ledger: LedgerView, customer: Customer) -> Iterator[str]:
    """Months into which an amendment has moved the beginning of some work, by whatever zone."""
    for event in ledger.events(kind="work_amended", customer=customer.id):
        moved = event.body.get("set", {}).get("started_at") if '"started_at"' in event.body_text else None
        if moved:
            for days in (-A_DAY, A_DAY):
                yield month_of((parse_utc(moved) + days).date()).name
