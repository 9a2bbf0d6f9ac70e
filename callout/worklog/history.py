"""How far back a month's bill has to look: to the oldest contract whose use still matters. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.policy.buckets import BLOCKS, MONTHLY
from callout.worklog.month import Month, month_of

if TYPE_CHECKING:
    from callout.inventory.contracts import PayingContract
    from callout.inventory.policy import Money


def history_month(contracts: Sequence[PayingContract], month: Month) -> Month:
    """The first month whose work has to be known for the bill of `month`.

    What a contract holds depends on its whole past, and that on the contracts that paid beside it then: so the reach
    grows until no contract that was valid within it began earlier. Hours that are never carried over, fixed prices
    and time and materials have no past.
    """
    first, last_day = month.first_day, month.last_day
    while True:
        reached = min(
            (one.starts for one in contracts if _remembers(one) and _meets(one, first, last_day)), default=first
        )
        if reached >= first:
            return month_of(first)
        first = reached.replace(day=1)


def first_month(contracts: Sequence[PayingContract], money: Money, month: Month) -> Month | None:
    """The first month that matters; None where all of the past does, since contracts are used as work was entered:
    what was entered while one was valid may have been worked long before."""
    first = history_month(contracts, month)
    return first if money.consumed_by == "worked" or first == month else None


def _remembers(contract: PayingContract) -> bool:
    if contract.kind in MONTHLY:
        return bool(contract.carry_over_months)
    return contract.kind in (*BLOCKS, "per_callout")


def _meets(contract: PayingContract, first: dt.date, last: dt.date) -> bool:
    return contract.starts <= last and (contract.ends is None or contract.ends >= first)
