"""The shape of a bill: lines that can be recomputed by hand, and why each is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from callout.findings import Finding
from callout.policy.chargeable import Verdict
from callout.worklog.entry import Entry
from callout.worklog.month import Month
from callout.worklog.rounding import Rounding


class LineState(StrEnum):
    """Where a line's amount comes from."""

    PRICED = "priced"
    NOT_CHARGED = "not charged"
    IN_SUM = "in the sum"
    RATE_UNKNOWN = "rate unknown"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One piece of work on the bill.

    `date` is the day on which it began, in the customer's zone. `deducted_seconds` were claimed by other
    work of the same person (`claimed_by`, event ids). `billed_minutes` and `amount` are None where the sum
    is rounded (`in the sum`), where the rate is unknown or a person has to decide; else billed minutes × rate ÷ 60,
    rounded half up to the currency's decimals, is the amount.
    """

    entry: Entry
    date: dt.date
    verdict: Verdict
    state: LineState
    rate: Decimal | None
    rate_source: str
    billed_minutes: int | None
    amount: Decimal | None
    deducted_seconds: int = 0
    claimed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SumLine:
    """Where policy rounds the sum: all chargeable seconds of one role, priced together."""

    role: str
    seconds: int
    state: LineState
    rate: Decimal | None
    rate_source: str
    billed_minutes: int
    amount: Decimal | None
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """One customer's month. Amounts are in `currency` with `decimals` decimals.

    `vendor` is who sends it, as policy says, or empty. `known` is the sum of all amounts that there are;
    `total` is the same, or None as long as a line is without its amount. `findings` hold what a person
    should see before anything is sent.
    """

    vendor: str
    customer: str
    name: str
    contract: str
    language: str
    time_zone: str
    month: Month
    currency: str
    decimals: int
    rounding: Rounding
    lines: tuple[BillLine, ...]
    sums: tuple[SumLine, ...]
    known: Decimal
    total: Decimal | None
    findings: tuple[Finding, ...]

    @property
    def raw_seconds(self) -> int:
        """All work of the month, charged or not."""
        return sum(line.entry.seconds for line in self.lines)

    @property
    def billed_minutes(self) -> int:
        """All minutes that have an amount."""
        priced: list[BillLine | SumLine] = [*self.lines, *self.sums]
        return sum(line.billed_minutes or 0 for line in priced if line.state is LineState.PRICED)
