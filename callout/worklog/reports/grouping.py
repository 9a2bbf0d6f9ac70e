"""Records → groups, one row each, sorted as a person wants to see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from callout.errors import BadInput
from callout.worklog.reports.records import Dimension, Record
from callout.worklog.reports.tally import Tally, tally


class Order(StrEnum):
    """By the names, or the most first; amounts are compared within their currency only."""

    NAME = "name"
    HOURS = "hours"
    BILLED = "billed"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Group:
    """One row: the names that its records share, in the order that was asked for, and what they come to."""

    names: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows by `dimensions`, and what all records together come to."""

    dimensions: tuple[Dimension, ...]
    rows: tuple[Group, ...]
    total: Tally


def group(records: Iterable[Record], dimensions: Sequence[Dimension], order: Order = Order.NAME) -> Grouped:
    """One row for each combination of names. Every record is in exactly one row; where rows tie, names decide."""
    listed = list(records)
    members: dict[tuple[str, ...], list[Record]] = {}
    for one in listed:
        members.setdefault(tuple(one.names[name] for name in dimensions), []).append(one)
    rows = [Group(names, tally(of_group)) for names, of_group in sorted(members.items())]
    if order is Order.HOURS:
        rows.sort(key=lambda row: -row.tally.hours.raw_seconds)
    elif order is Order.BILLED:
        rows.sort(key=lambda row: -row.tally.hours.billed_minutes)
    elif order is Order.AMOUNT:
        rows.sort(key=lambda row: [(one.currency, -one.known) for one in row.tally.sums])
    return Grouped(tuple(dimensions), tuple(rows), tally(listed))


def parse_dimensions(text: str) -> tuple[Dimension, ...]:
    """`customer,month` → its dimensions. Raises BadInput for an unknown one, for one named twice, and for none."""
    names = [name.strip().lower() for name in text.split(",")]
    known = ", ".join(Dimension)
    for name in names:
        if name not in set(Dimension):
            raise BadInput(f"--by {name[:40]!r}: nothing can be grouped by that.", f"There are: {known}.")
    if len(set(names)) < len(names):
        raise BadInput(f"--by {text[:80]!r} names something twice.", f"Each at most once, of: {known}.")
    return tuple(Dimension(name) for name in names)


def parse_order(text: str) -> Order:
    """The order of that name. Raises BadInput for an unknown one."""
    if text not in set(Order):
        raise BadInput(f"--sort {text[:40]!r} is no order.", f"There are: {', '.join(Order)}.")
    return Order(text)
