"""Which contracts may pay for work, in the policy's order. Pure: how much each of them pays is in `paying`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from callout.policy.causes import CHARGED_ON_TOP

if TYPE_CHECKING:
    from callout.inventory.contracts import PayingContract
    from callout.inventory.policy import Money
    from callout.worklog.entry import Entry


def candidates(contracts: Sequence[PayingContract], money: Money, entry: Entry, day: dt.date) -> list[PayingContract]:
    """The contracts that may pay for `entry` on `day`, in the policy's order; time and materials last.

    By kind as policy says; of one kind the one that ends first, then the one that began first, then by id.
    """
    return _in_order([one for one in contracts if is_valid(one, day) and _is_for(one, entry, money)], money)


def payers_ahead(
    contracts: Sequence[PayingContract], money: Money, role: str, activity: str, ticket: str, day: dt.date
) -> list[PayingContract]:
    """The same of work that is not done yet and has no stated cause."""
    found = [one for one in contracts if is_valid(one, day) and _fits(one, role, activity, ticket)]
    if activity not in money.maintenance_covers:
        found = [one for one in found if one.kind != "included_hours"]
    return _in_order(found, money)


def is_valid(contract: PayingContract, day: dt.date) -> bool:
    """Whether `day` lies between the contract's first and last day."""
    return contract.starts <= day and (contract.ends is None or day <= contract.ends)


def _in_order(found: Sequence[PayingContract], money: Money) -> list[PayingContract]:
    places: dict[str, int] = {kind: place for place, kind in enumerate(money.payers)}
    wanted = [one for one in found if one.kind in places or one.kind == "time_and_materials"]
    return sorted(
        wanted,
        key=lambda one: (places.get(one.kind, len(places)), one.ends or dt.date.max, one.starts, one.id),
    )


def _is_for(contract: PayingContract, entry: Entry, money: Money) -> bool:
    if contract.kind == "included_hours" and (
        entry.cause in CHARGED_ON_TOP or entry.activity not in money.maintenance_covers
    ):
        return False
    return _fits(contract, entry.role, entry.activity, entry.ticket)


def _fits(contract: PayingContract, role: str, activity: str, ticket: str) -> bool:
    return (
        (not contract.activities or activity in contract.activities)
        and (not contract.roles or role in contract.roles)
        and (not contract.tickets or ticket in contract.tickets)
    )
