"""The shape of a bill: lines that can be recomputed by hand, and why each is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from callout.findings import Finding
from callout.policy.bands import STANDARD, Band
from callout.policy.chargeable import Charge, Verdict
from callout.worklog.entry import Entry
from callout.worklog.month import Month
from callout.worklog.overlap import Contested, Sharing
from callout.worklog.rounding import Rounding
from callout.worklog.shown_drift import ShownDrift


class LineState(StrEnum):
    """Where a line's amount comes from."""

    PRICED = "priced"
    NOT_CHARGED = "not charged"
    COVERED = "covered"
    RATE_UNKNOWN = "rate unknown"
    UNDECIDED = "undecided"


OPEN_STATES = (LineState.RATE_UNKNOWN, LineState.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided in a rule's place, and by which event (`work_judged`)."""

    charge: Charge
    reason: str
    event_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class BillLine:
    """One piece of work on the bill: an entry, or the part of one that has one price and one payer.

    `id` is the first 8 characters of the work's event id, with `.2`, `.3` … from the second piece on. `date` is the
    day on which it began, in the customer's zone. `started_at` and `ended_at` (UTC) are the piece's, also where only
    a part of it was paid by a contract; `seconds` are its raw ones, all pieces of an entry add up to the entry's.
    `deducted_seconds` were claimed by other work of the same person (`claimed_by`, event ids).

    `rate` is per hour, with the band's factor in it (`base_rate` is without). `billed_minutes` × `rate` ÷ 60, rounded
    half up to the currency's decimals, is the amount of a priced line, and the `original_amount` of a covered one,
    whose `amount` is zero: `paid_by` names the contract (empty: time and materials). `rounding_minutes` of the billed
    ones were not worked, `deducted_minutes` were let off by a person and are in neither. `original_amount` is what
    was asked for before override, cover, deduction and write-off; None where it is not known. `verdict` is the
    rule's, also where `override` stands in its place. `steps` explain the line, one sentence each. `drift` are the
    findings that were named as evidence for its cause.
    """

    entry: Entry
    date: dt.date
    verdict: Verdict
    state: LineState
    rate: Decimal | None
    rate_source: str
    billed_minutes: int | None
    amount: Decimal | None
    id: str
    started_at: dt.datetime
    ended_at: dt.datetime
    seconds: int
    deducted_seconds: int = 0
    claimed_by: tuple[str, ...] = ()
    band: Band = STANDARD
    base_rate: Decimal | None = None
    paid_by: str = ""
    rounding_minutes: int = 0
    deducted_minutes: int = 0
    original_amount: Decimal | None = None
    written_off: Decimal = Decimal(0)
    override: Override | None = None
    steps: tuple[str, ...] = ()
    drift: tuple[ShownDrift, ...] = ()

    @property
    def charge(self) -> Charge:
        """What counts: the override's word, else the rule's."""
        return self.override.charge if self.override else self.verdict.charge


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """Money that was spent for the customer. `amount` is None while its currency or its charge is undecided."""

    id: str
    event_id: str
    date: dt.date
    expense: str
    ticket: str
    callout: str
    note: str
    actor: str
    spent: str
    spent_currency: str
    state: LineState
    amount: Decimal | None
    original_amount: Decimal | None
    written_off: Decimal = Decimal(0)
    override: Override | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedItem:
    """What a contract costs by itself: a month of a retainer, a block, a project's price, one call-out.

    `work` are the ids of the `work_logged` events that it pays for; empty where it is owed without any.
    """

    id: str
    contract: str
    kind: str
    date: dt.date
    text: str
    amount: Decimal
    callout: str = ""
    ticket: str = ""
    work: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """How a contract that was bought in advance stands at the month's end.

    `unit` is `minutes` or a currency; all figures are in it. `bought` is what was granted until then, `expired` what
    lapsed unused; `left` = bought - used_before - used_now - expired. `warning` is empty, or the highest threshold
    (percent) that was reached, `100` where nothing is left. `ends` is the last day, None where it is open.
    """

    contract: str
    kind: str
    unit: str
    bought: Decimal
    used_before: Decimal
    used_now: Decimal
    expired: Decimal
    left: Decimal
    warning: str = ""
    starts: dt.date | None = None
    ends: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """One customer's month. Amounts are in `currency` with `decimals` decimals.

    `vendor` is who sends it, as policy says, or empty. `known` is the sum of all amounts that there are;
    `total` is the same, or None as long as a line is without its amount. `lines` are sorted by start. `roundings` are
    those kinds of work that are not rounded like the rest, `factors` the multipliers by band. `payers` is the order in
    which kinds of contracts pay (empty where the customer has none), `consumed_by` and `bucket_hours` are how they are
    used: all of it is printed. `shared_minutes` says whose a minute is in which somebody worked for several customers,
    `contested` (by work's event id) what each piece of work has of its time where others claim it, too: an invoice
    keeps it. `findings` hold what a person should see before anything is sent.
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
    known: Decimal
    total: Decimal | None
    findings: tuple[Finding, ...]
    expenses: tuple[ExpenseLine, ...] = ()
    fixed: tuple[FixedItem, ...] = ()
    balances: tuple[Balance, ...] = ()
    roundings: Mapping[str, Rounding] = field(default_factory=dict)
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    payers: tuple[str, ...] = ()
    consumed_by: str = "worked"
    bucket_hours: str = "as_worked"
    shared_minutes: str = Sharing.SPLIT
    contested: Mapping[str, Contested] = field(default_factory=dict)

    @property
    def is_shared(self) -> bool:
        """Whether other customers' work has claimed any of the time on it."""
        return any(one.elsewhere for one in self.contested.values())

    @property
    def raw_seconds(self) -> int:
        """All work of the month, charged or not."""
        return sum(line.seconds for line in self.lines)

    @property
    def billed_minutes(self) -> int:
        """All minutes that have an amount to be paid."""
        return sum(line.billed_minutes or 0 for line in self.lines if line.state is LineState.PRICED)

    @property
    def covered_minutes(self) -> int:
        """All minutes that a contract paid for."""
        return sum(line.billed_minutes or 0 for line in self.lines if line.state is LineState.COVERED)

    @property
    def waiting(self) -> int:
        """How many lines and expenses are without an amount."""
        states = [line.state for line in self.lines] + [line.state for line in self.expenses]
        return sum(state in OPEN_STATES for state in states)
