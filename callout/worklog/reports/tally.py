"""What records come to: hours by what became of them, money by currency. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from callout.worklog.reports.records import Dimension, Fate, Kind, Record


@dataclass(frozen=True, slots=True)
class Hours:
    """Work by what became of it. `raw_seconds` is the sum of the five others that are in seconds.

    `charged_seconds` have a price, `covered_seconds` were paid for by a contract or are part of it,
    `not_charged_seconds` nobody pays for, `waiting_seconds` wait for a person or a rate, `overlapping_seconds` are
    billed with other work of the same person.
    `billed_minutes`, `covered_minutes` are rounded by the customer's policy, `let_off_minutes` a person deducted.
    `not_charged_by` is the rule (or `judged`) → seconds, sorted by rule.
    """

    raw_seconds: int = 0
    charged_seconds: int = 0
    covered_seconds: int = 0
    not_charged_seconds: int = 0
    waiting_seconds: int = 0
    overlapping_seconds: int = 0
    billed_minutes: int = 0
    covered_minutes: int = 0
    let_off_minutes: int = 0
    not_charged_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sum:
    """Money of one currency. `known` = `work` + `expenses` + `fixed` is what is asked for, as far as anybody knows.

    `waiting_work` lines and `waiting_expenses` have no amount yet, and are in no sum. `covered` is the worth of what
    contracts covered, `given_up` of what was let off, judged away or written off; None where a rate that it needs is
    missing.
    """

    currency: str
    work: Decimal
    expenses: Decimal
    fixed: Decimal
    waiting_work: int
    waiting_expenses: int
    covered: Decimal | None
    given_up: Decimal | None

    @property
    def known(self) -> Decimal:
        """All amounts that there are."""
        return self.work + self.expenses + self.fixed

    @property
    def waiting(self) -> int:
        """How many have no amount yet."""
        return self.waiting_work + self.waiting_expenses

    @property
    def total(self) -> Decimal | None:
        """What is asked for; None while anything waits: a part is never shown as the whole."""
        return None if self.waiting else self.known


@dataclass(frozen=True, slots=True)
class Tally:
    """Hours and money of some records; `sums` by currency, in its order, never added over currencies."""

    hours: Hours
    sums: tuple[Sum, ...]


def tally(records: Iterable[Record]) -> Tally:
    """What the records come to, in any order."""
    listed = list(records)
    currencies = sorted({one.currency for one in listed})
    return Tally(
        _hours([one for one in listed if one.kind is Kind.WORK]),
        tuple(_sum(currency, [one for one in listed if one.currency == currency]) for currency in currencies),
    )


def _hours(work: list[Record]) -> Hours:
    seconds: Counter[Fate] = Counter()
    by_rule: Counter[str] = Counter()
    for one in work:
        own = one.seconds - one.overlapping_seconds
        seconds[one.fate] += own
        if one.fate is Fate.NOT_CHARGED:
            by_rule[one.names[Dimension.RULE]] += own
    return Hours(
        raw_seconds=sum(one.seconds for one in work),
        charged_seconds=seconds[Fate.CHARGED],
        covered_seconds=seconds[Fate.COVERED],
        not_charged_seconds=seconds[Fate.NOT_CHARGED],
        waiting_seconds=seconds[Fate.WAITING],
        overlapping_seconds=sum(one.overlapping_seconds for one in work),
        billed_minutes=sum(one.minutes for one in work if one.fate is Fate.CHARGED),
        covered_minutes=sum(one.minutes for one in work if one.fate is Fate.COVERED),
        let_off_minutes=sum(one.let_off_minutes for one in work),
        not_charged_by=dict(sorted(by_rule.items())),
    )


def _sum(currency: str, records: list[Record]) -> Sum:
    nothing = Decimal(0).scaleb(-max(one.decimals for one in records))
    asked = dict.fromkeys(Kind, nothing)
    for one in records:
        asked[one.kind] += one.amount or 0
    return Sum(
        currency=currency,
        work=asked[Kind.WORK],
        expenses=asked[Kind.EXPENSE],
        fixed=asked[Kind.FIXED],
        waiting_work=sum(one.amount is None for one in records if one.kind is Kind.WORK),
        waiting_expenses=sum(one.amount is None for one in records if one.kind is Kind.EXPENSE),
        covered=_all_known(nothing, (one.covered_amount for one in records)),
        given_up=_all_known(nothing, (one.given_up_amount for one in records)),
    )


def _all_known(nothing: Decimal, amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = nothing
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
