"""All that a report over customers and months is made from, as a value. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from callout.findings import Finding
from callout.worklog.bill import Balance
from callout.worklog.month import Month, months_between
from callout.worklog.reports.accuracy import QuoteOutcome
from callout.worklog.reports.records import Record


@dataclass(frozen=True, slots=True)
class CustomerBalances:
    """What one customer's contracts hold at the end of `month`, or until now where it still runs."""

    customer: str
    name: str
    month: Month
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class Collected:
    """The months `first` to `last` (both included) of all customers that were asked for, as of `made_at` (aware).

    `names` maps customers' ids to what they are called. `records` are everything on their bills. `balances` are those
    at the end of the last month, `outcomes` all quotes, whenever they were made, both by customer. `findings` say
    what is not in it, and why.
    """

    vendor: str
    first: Month
    last: Month
    made_at: dt.datetime
    names: Mapping[str, str]
    records: tuple[Record, ...]
    balances: tuple[CustomerBalances, ...]
    outcomes: tuple[QuoteOutcome, ...]
    findings: tuple[Finding, ...]

    @property
    def months(self) -> list[Month]:
        """All months, also those without work."""
        return months_between(self.first, self.last)

    @property
    def period(self) -> str:
        """The months in words: `2026-03`, or `2026-01 to 2026-03`."""
        return self.first.name if self.first == self.last else f"{self.first.name} to {self.last.name}"
