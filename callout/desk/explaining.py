"""How a deadline came about, one sentence for each step, for whoever has to answer for it. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from callout.desk.case import Case
from callout.desk.standing import Standing
from callout.policy.working_time import Calendars


def explained(case: Case, standing: Standing, calendars: Calendars, zone: ZoneInfo) -> tuple[str, ...]:
    """The steps, in order: start, rule and the key it comes from, its calendar, each pause with the open seconds that it
    held back, changes of priority or contract, a deadline by hand, the result in UTC and in `zone` (the customer's),
    breach and justification, doubts.

    Sentences hold reasons as people wrote them: whoever prints them escapes for where they go.
    """
    raise NotImplementedError
