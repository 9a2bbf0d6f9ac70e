"""What a contract bought in advance holds, day by day, and what was taken from it. Pure; amounts are exact.

A grant is minutes or money that can be used on certain days only. A block is one grant; hours per month are one for
each month, of which the part that is not carried over ends with the month. The grant that ends first is used first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

MONTHLY = ("included_hours", "retainer")
BLOCKS = ("hours_block", "money_block")
ONE_DAY = dt.timedelta(days=1)


class Bought(Protocol):
    """A contract as far as its grants go; see `callout.inventory.contracts`."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def starts(self) -> dt.date: ...
    @property
    def ends(self) -> dt.date | None: ...
    @property
    def hours(self) -> Decimal | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def hours_per_month(self) -> Decimal | None: ...
    @property
    def carry_over_months(self) -> int: ...
    @property
    def carry_over_hours(self) -> Decimal | None: ...


@dataclass(slots=True)
class Grant:
    """`size` minutes or money that can be used from `first` to `last` (both included; None: for ever)."""

    size: Decimal
    first: dt.date
    last: dt.date | None
    used: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What nobody has used."""
        return self.size - self.used

    def usable_on(self, day: dt.date) -> bool:
        """Whether work that counts on `day` can use it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(slots=True)
class Bucket:
    """All grants of one contract until a day, and how much was taken in each month (`YYYY-MM`)."""

    contract: str
    grants: list[Grant]
    taken: dict[str, Decimal] = field(default_factory=dict)

    def available(self, day: dt.date) -> Decimal:
        """What work that counts on `day` can still use."""
        return sum((grant.left for grant in self.grants if grant.usable_on(day)), Decimal(0))

    def take(self, day: dt.date, amount: Decimal, month: str) -> None:
        """Uses `amount` of what is available on `day`, for the bill of `month`. Raises ValueError for more."""
        left = amount
        for grant in sorted(self.grants, key=lambda one: (one.last or dt.date.max, one.first)):
            if left and grant.usable_on(day):
                here = min(left, grant.left)
                grant.used += here
                left -= here
        if left:
            raise ValueError(f"{self.contract} has not {amount} left on {day}")
        self.taken[month] = self.taken.get(month, Decimal(0)) + amount


@dataclass(frozen=True, slots=True)
class Standing:
    """A bucket's figures for one month: `bought` until its last day, of which `expired` before that day.

    What was used of a grant that begins later (work over the month's end) counts as bought as well.
    """

    bought: Decimal
    used_before: Decimal
    used_now: Decimal
    expired: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be used."""
        return self.bought - self.used_before - self.used_now - self.expired


def bucket_of(contract: Bought, until: dt.date) -> Bucket:
    """The contract's bucket with all grants that begin until `until`, which is the last day that is looked at."""
    if contract.kind in MONTHLY:
        return Bucket(contract.id, list(_monthly(contract, until)))
    size = contract.amount if contract.kind == "money_block" else (contract.hours or Decimal(0)) * 60
    return Bucket(contract.id, [Grant(size or Decimal(0), contract.starts, contract.ends)])


def standing(bucket: Bucket, month: str, last_day: dt.date) -> Standing:
    """How the bucket stands on `last_day` of `month`; what ends on that very day can still be used on it."""
    begun = [grant for grant in bucket.grants if grant.first <= last_day]
    ahead = [grant.used for grant in bucket.grants if grant.first > last_day]
    return Standing(
        bought=sum((grant.size for grant in begun), Decimal(0)) + sum(ahead, Decimal(0)),
        used_before=sum((amount for name, amount in bucket.taken.items() if name < month), Decimal(0)),
        used_now=bucket.taken.get(month, Decimal(0)),
        expired=sum((grant.left for grant in begun if grant.last and grant.last < last_day), Decimal(0)),
    )


def month_end(day: dt.date, later: int = 0) -> dt.date:
    """The last day of the month that is `later` months after that of `day`."""
    index = day.year * 12 + day.month - 1 + later + 1
    return dt.date(index // 12, index % 12 + 1, 1) - ONE_DAY


def _monthly(contract: Bought, until: dt.date) -> Iterator[Grant]:
    granted = (contract.hours_per_month or Decimal(0)) * 60
    carried = Decimal(0)
    if contract.carry_over_months:
        limit = contract.carry_over_hours
        carried = granted if limit is None else min(granted, limit * 60)
    first = contract.starts
    while first <= until and (contract.ends is None or first <= contract.ends):
        last = month_end(first)
        if granted - carried:
            yield Grant(granted - carried, first, _earlier(last, contract.ends))
        if carried:
            yield Grant(carried, first, _earlier(month_end(first, contract.carry_over_months), contract.ends))
        first = last + ONE_DAY


def _earlier(last: dt.date, ends: dt.date | None) -> dt.date:
    return last if ends is None else min(last, ends)
