"""The letter about a system's drift, from the last look that was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callout.drift.scope import drift_policy_of
from callout.steps.drift_report import last_report
from callout.views.drift_letter import DriftLetter, drift_letter
from callout.worklog.rate_book import RateBook

if TYPE_CHECKING:
    from callout.inventory.models import System
    from callout.steps.context import Context

# Published procedure: finding and repairing what follows is charged by the time spent by developers.
ROLE = "developer"


def letter_about(context: Context, system: System, ticket: str = "") -> DriftLetter:
    """The letter in the customer's language. Raises BadInput where there is nothing to write about, or no look."""
    report = last_report(context, system.name)
    customer = system.customer
    today = context.now().astimezone(ZoneInfo(customer.time_zone)).date()
    rate = RateBook(customer, system.policy.money).ahead(ROLE, ticket, today)
    days = drift_policy_of(system).waiver_days
    vendor = system.policy.vendor
    return drift_letter(report, customer, vendor, rate=rate, waiver_days=days, now=context.now(), ticket=ticket)
