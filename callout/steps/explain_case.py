"""How the deadlines of one case came about, worked out from the ledger; the board is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callout.desk.explaining import explained
from callout.desk.standing import Standing, standings
from callout.errors import BadInput
from callout.policy.desk_words import ClockName
from callout.policy.hours import describe
from callout.steps.calendar import calendars_for
from callout.steps.case_look import case_now
from callout.steps.zones import zone_for

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Explanation:
    """A case and its clocks, each with its steps in order. `zone` is the one in which results are told, too."""

    case: Case
    zone: ZoneInfo
    clocks: tuple[tuple[Standing, tuple[str, ...]], ...]


def explain_case(context: Context, inventory: Inventory, written: str, clock: str = "", zone: str = "") -> Explanation:
    """Every clock of the case, or that of one name only. `zone` is a name; empty: the customer's, else the vendor's.

    Raises BadInput for a case that the ledger does not have, a clock that nobody knows or that the case does not have.
    """
    case = case_now(context.ledger, written)
    policy, now = inventory.policy, context.now()
    customer = inventory.customers.get(case.customer)
    told_in = zone_for(zone or (customer.time_zone if customer else policy.hours.opens_zone), {})
    calendars = calendars_for(policy, case.opened_at.year - 1, max(now.year, case.last_at.year) + 2)
    every = standings(case, calendars, now, policy.desk.warn_at_percent)
    wanted = _clock_of(clock) if clock else None
    found = tuple(one for one in every if wanted is None or one.clock is wanted)
    if wanted is not None and not found:
        there = ", ".join(dict.fromkeys(one.clock.value for one in every)) or "none"
        raise BadInput(f"{case.number} has no clock {wanted.value}.", f"It has: {there}.")
    hours = describe(policy.hours)
    return Explanation(case, told_in, tuple((one, explained(case, one, calendars, told_in, hours)) for one in found))


def _clock_of(written: str) -> ClockName:
    try:
        return ClockName(written.strip().replace("-", "_").replace(" ", "_"))
    except ValueError:
        raise BadInput(f"There is no clock {written!r:.40}.", f"There are: {', '.join(ClockName)}.") from None
