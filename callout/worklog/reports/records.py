"""A bill → records: everything that is on it, taken apart so that it can be added up by anything. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from callout.worklog.bill import OPEN_STATES, Bill, BillLine, ExpenseLine, FixedItem, LineState
from callout.worklog.lines import COVERING

# What decided where a person's word stands in the rule's place.
JUDGED = "judged"


class Dimension(StrEnum):
    """What can be grouped by.

    `engineer` is a person, whatever machine they worked on; `actor` is the name with the machine. `month` is the
    bill's, by the customer's calendar. `rule` is what decided whether it is charged, `contract` what paid for it.
    """

    CUSTOMER = "customer"
    ENGINEER = "engineer"
    ACTOR = "actor"
    SYSTEM = "system"
    MONTH = "month"
    ACTIVITY = "activity"
    TICKET = "ticket"
    CALLOUT = "callout"
    ROLE = "role"
    RULE = "rule"
    CONTRACT = "contract"


class Kind(StrEnum):
    """What a record is made from."""

    WORK = "work"
    EXPENSE = "expense"
    FIXED = "fixed"


class Fate(StrEnum):
    """What became of it: the customer pays, a contract covers it, nobody pays, or nobody knows yet."""

    CHARGED = "charged"
    COVERED = "covered"
    NOT_CHARGED = "not charged"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Record:
    """One line, expense or fixed item of a bill. `names` holds every `Dimension`, empty where it has none.

    `seconds` are raw; `overlapping_seconds` of them are billed with other work of the same person. `minutes` are
    billed or covered ones; `let_off_minutes` were deducted by a person and are not in them. `amount` is what is
    asked for in `currency` with `decimals` decimals, None where nobody knows yet. `covered_amount` is what a
    contract's cover is worth, `given_up_amount` what was asked for first and let off, judged away or written off by
    a person; both None where a rate is missing.
    """

    kind: Kind
    names: Mapping[Dimension, str]
    fate: Fate
    currency: str
    decimals: int
    amount: Decimal | None
    seconds: int = 0
    overlapping_seconds: int = 0
    minutes: int = 0
    let_off_minutes: int = 0
    covered_amount: Decimal | None = field(default=Decimal(0))
    given_up_amount: Decimal | None = field(default=Decimal(0))


def records_of(bills: Iterable[Bill]) -> Iterator[Record]:
    """All that is on the bills, in their order: lines, expenses, fixed items. Nothing is left out or counted twice."""
    for bill in bills:
        for line in bill.lines:
            yield _of_line(bill, line)
        for expense in bill.expenses:
            yield _of_expense(bill, expense)
        for item in bill.fixed:
            yield _of_fixed(bill, item)


def work_of(records: Iterable[Record]) -> list[Record]:
    """Those that are work: what contracts cost and what was spent are nobody's hours."""
    return [one for one in records if one.kind is Kind.WORK]


def engineer_of(actor: str) -> str:
    """The person behind an actor (`eva@desk`), as reviews take two actors for one person."""
    return actor.partition("@")[0].casefold()


def _of_line(bill: Bill, line: BillLine) -> Record:
    event = line.entry.event
    judged = line.override is not None
    decided = JUDGED if judged else str(line.verdict.rule)
    fate = _fate(line.state)
    if fate is Fate.NOT_CHARGED and not judged and line.verdict.rule in COVERING:
        fate = Fate.COVERED
    given_up = fate is Fate.CHARGED or (fate is Fate.NOT_CHARGED and judged)
    return Record(
        kind=Kind.WORK,
        names=_names(
            bill, event.actor, system=event.system, callout=event.callout, ticket=line.entry.ticket,
            activity=str(line.entry.activity), role=line.entry.role, rule=decided, contract=line.paid_by,
        ),
        fate=fate,
        currency=bill.currency,
        decimals=bill.decimals,
        amount=line.amount,
        seconds=line.seconds,
        overlapping_seconds=line.deducted_seconds,
        minutes=line.billed_minutes or 0,
        let_off_minutes=line.deducted_minutes,
        covered_amount=line.original_amount if fate is Fate.COVERED else Decimal(0),
        given_up_amount=_less(line.original_amount, line.amount) if given_up else Decimal(0),
    )  # fmt: skip


def _of_expense(bill: Bill, line: ExpenseLine) -> Record:
    decided = JUDGED if line.override is not None else ""
    # Of an expense in another currency nobody knows what was given up.
    given_up = Decimal(0) if line.amount is None else _less(line.original_amount, line.amount)
    return Record(
        kind=Kind.EXPENSE,
        names=_names(bill, line.actor, callout=line.callout, ticket=line.ticket, rule=decided),
        fate=_fate(line.state),
        currency=bill.currency,
        decimals=bill.decimals,
        amount=line.amount,
        given_up_amount=given_up,
    )


def _of_fixed(bill: Bill, item: FixedItem) -> Record:
    return Record(
        kind=Kind.FIXED,
        names=_names(bill, "", callout=item.callout, ticket=item.ticket, contract=item.contract),
        fate=Fate.CHARGED,
        currency=bill.currency,
        decimals=bill.decimals,
        amount=item.amount,
    )


def _fate(state: LineState) -> Fate:
    if state in OPEN_STATES:
        return Fate.WAITING
    return {LineState.PRICED: Fate.CHARGED, LineState.COVERED: Fate.COVERED}.get(state, Fate.NOT_CHARGED)


def _less(original: Decimal | None, asked: Decimal | None) -> Decimal | None:
    return None if original is None or asked is None else original - asked


def _names(bill: Bill, actor: str, **others: str) -> dict[Dimension, str]:
    known = {
        Dimension.CUSTOMER: bill.customer,
        Dimension.MONTH: bill.month.name,
        Dimension.ENGINEER: engineer_of(actor),
        Dimension.ACTOR: actor,
    }
    return {one: known.get(one, others.get(one.value, "")) for one in Dimension}
