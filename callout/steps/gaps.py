"""Looks for what is missing in a person's work. Writes nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from callout.steps.worked import KINDS
from callout.worklog.gaps import RUN_KINDS, Gaps, gaps_of
from callout.worklog.month import Month
from callout.worklog.overlap import Sharing

if TYPE_CHECKING:
    from callout.inventory.policy import Policy
    from callout.steps.context import Context


def find_gaps(
    context: Context,
    policy: Policy,
    zone: dt.tzinfo,
    *,
    day: dt.date | None = None,
    month: Month | None = None,
    actor: str = "",
) -> Gaps:
    """The gaps of `actor` (default: who asks) on `day` or in `month` (default: today), by the calendar of `zone`."""
    today = context.now().astimezone(zone).date()
    days = [date for date in month.days() if date <= today] if month else [day or today]
    events = (event for kind in (*KINDS, *RUN_KINDS) for event in context.ledger.events(kind=kind))
    sharing = Sharing(policy.money.shared_minutes)
    return gaps_of(events, actor or context.actor, days, zone, policy.hours, sharing)
