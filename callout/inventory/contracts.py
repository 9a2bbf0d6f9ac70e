"""`callout_customer.contracts`: what the customer has bought in advance, and what pays for which work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from access_check.validation import Strict
from callout.inventory.rates import Amount, Rates

Hours = Annotated[Amount, Field(gt=0, le=100_000)]


class ContractKind(StrEnum):
    """How a contract pays."""

    INCLUDED_HOURS = "included_hours"
    FIXED_PRICE = "fixed_price"
    PER_CALLOUT = "per_callout"
    RETAINER = "retainer"
    HOURS_BLOCK = "hours_block"
    MONEY_BLOCK = "money_block"
    TIME_AND_MATERIALS = "time_and_materials"


# What each kind must say, and what it may say besides; all else is a mistake, since nobody would read it.
NEEDED: Mapping[ContractKind, frozenset[str]] = {
    ContractKind.INCLUDED_HOURS: frozenset({"hours_per_month"}),
    ContractKind.FIXED_PRICE: frozenset({"price"}),
    ContractKind.PER_CALLOUT: frozenset({"price"}),
    ContractKind.RETAINER: frozenset({"hours_per_month"}),
    ContractKind.HOURS_BLOCK: frozenset({"hours"}),
    ContractKind.MONEY_BLOCK: frozenset({"amount"}),
    ContractKind.TIME_AND_MATERIALS: frozenset(),
}
_MONTHLY = frozenset({"price_per_month", "carry_over_months", "carry_over_hours", "overrun_cap_hours"})
_BLOCK = frozenset({"price", "billed_on", "overrun_cap_hours"})
ALLOWED: Mapping[ContractKind, frozenset[str]] = {
    ContractKind.INCLUDED_HOURS: _MONTHLY,
    ContractKind.FIXED_PRICE: frozenset({"billed_on"}),
    ContractKind.PER_CALLOUT: frozenset({"minutes_per_callout"}),
    ContractKind.RETAINER: _MONTHLY,
    ContractKind.HOURS_BLOCK: _BLOCK,
    ContractKind.MONEY_BLOCK: _BLOCK,
    ContractKind.TIME_AND_MATERIALS: frozenset(),
}
_OWN = frozenset().union(*NEEDED.values(), *ALLOWED.values())


class PayingContract(Strict):
    """One contract that pays for work done from `starts` to `ends` (both included, the customer's calendar).

    `hours_block` (`hours`) and `money_block` (`amount`) are used up until they end. `retainer` and `included_hours`
    grant `hours_per_month`; what is left of a month can be used for `carry_over_months` more, at most
    `carry_over_hours` of it; `included_hours` belong to a maintenance contract and never pay for what is charged on
    top of it. `fixed_price` pays for all work of its `tickets`, or of all; `per_callout` asks `price` for each
    call-out, for its first `minutes_per_callout` or all of it. `time_and_materials` only has rates of its own.
    `price` is billed on `billed_on` or when the contract starts, `price_per_month` in each month; without them
    nothing is billed for the contract itself. `activities`, `roles` and `tickets` narrow what it pays for; empty: all.
    After a contract is used up at most `overrun_cap_hours` of what it would have paid are billed (for hours per
    month: in each month); what is beyond waits for a person.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
    kind: ContractKind
    starts: dt.date
    ends: dt.date | None = None
    hours: Hours | None = None
    amount: Amount | None = None
    hours_per_month: Hours | None = None
    carry_over_months: Annotated[int, Field(ge=0, le=120)] = 0
    carry_over_hours: Amount | None = None
    price: Amount | None = None
    price_per_month: Amount | None = None
    billed_on: dt.date | None = None
    minutes_per_callout: Annotated[int, Field(gt=0)] | None = None
    overrun_cap_hours: Amount | None = None
    activities: tuple[Literal["support", "maintenance", "development", "travel"], ...] = ()
    roles: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    rates: Mapping[str, Rates] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> PayingContract:
        if self.ends is not None and self.ends < self.starts:
            raise ValueError("ends is before starts")
        given = {name for name in _OWN if getattr(self, name) not in (None, 0)}
        if missing := sorted(NEEDED[self.kind] - given):
            raise ValueError(f"a contract of kind {self.kind} needs {' and '.join(missing)}")
        if unread := sorted(given - NEEDED[self.kind] - ALLOWED[self.kind]):
            raise ValueError(f"nobody reads {', '.join(unread)} of a contract of kind {self.kind}")
        for name in ("hours", "hours_per_month", "carry_over_hours", "overrun_cap_hours"):
            hours: Decimal | None = getattr(self, name)
            if hours is not None and hours * 60 % 1:
                raise ValueError(f"{name} is no whole number of minutes")
        return self
