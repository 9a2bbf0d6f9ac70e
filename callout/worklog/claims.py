"""Pieces → claims: whole billed minutes by the policy's rounding, group by group. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from callout.policy.rates import times
from callout.worklog.entry import Entry
from callout.worklog.judged import Deduction
from callout.worklog.payers import candidates
from callout.worklog.paying import Claim
from callout.worklog.pieces import Piece
from callout.worklog.rate_book import RateBook
from callout.worklog.rounding import Rounding, Shared, billed_minutes, distributed

if TYPE_CHECKING:
    from callout.inventory.policy import Money


@dataclass(frozen=True, slots=True)
class Group:
    """What is rounded together: `pieces` of one role and one kind of work, and what each of them gets.

    `name` says what they have in common, for a sentence.
    """

    name: str
    rounding: Rounding
    pieces: tuple[Piece, ...]
    shared: tuple[Shared, ...]

    @property
    def seconds(self) -> int:
        """All that is chargeable."""
        return sum(piece.chargeable_s for piece in self.pieces)

    @property
    def minutes(self) -> int:
        """All that is billed."""
        return billed_minutes(self.seconds, self.rounding)


def rounding_of(money: Money, activity: str) -> Rounding:
    """How minutes of this kind of work are rounded."""
    own = money.work.get(activity)  # type: ignore[call-overload]
    increment = own.increment_minutes if own and own.increment_minutes is not None else money.increment_minutes
    minimum = own.minimum_minutes if own and own.minimum_minutes is not None else money.minimum_minutes
    return Rounding(increment, minimum, money.rounding)


def groups_of(pieces: Iterable[Piece], money: Money, rates: RateBook) -> list[Group]:
    """The groups of one month's chargeable pieces. A group never mixes roles, nor kinds of work."""
    members: dict[tuple[str, ...], list[Piece]] = {}
    for piece in pieces:
        members.setdefault(_key(piece.entry, money.rounding), []).append(piece)
    return [_group(key, ordered(of_group), money, rates) for key, of_group in sorted(members.items())]


def ordered(pieces: Iterable[Piece]) -> list[Piece]:
    """By start, then by the work's event id."""
    return sorted(pieces, key=lambda one: (one.started_at, one.entry.event.id, one.number))


def claims_of(
    group: Group,
    month: str,
    deductions: Mapping[str, Sequence[Deduction]],
    rates: RateBook,
    counts_on: Callable[[Piece], tuple[dt.date, tuple[object, ...]]],
    judged_yes: Callable[[Entry], bool],
) -> list[Claim]:
    """One claim for each piece. What was let off of an entry is taken from its dearest minutes first."""
    let_off = _let_off(group, deductions, rates)
    claims = []
    for index, (piece, shared) in enumerate(zip(group.pieces, group.shared, strict=True)):
        off = let_off.get(index, 0)
        minutes = shared.minutes - off
        day, order = counts_on(piece)
        yes = judged_yes(piece.entry)
        claims.append(Claim(piece, month, day, order, minutes, min(shared.rounding, minutes), off, yes))
    return claims


def listed_price(piece: Piece, money: Money, rates: RateBook) -> Decimal | None:
    """What an hour of the piece costs where no contract pays for it; None where no rate is known."""
    valid = candidates(rates.customer.contracts, money, piece.entry, piece.day)
    own = [contract for contract in valid if contract.kind == "time_and_materials"][:1]
    rate = rates.rate(piece.entry, piece.day, own)
    return None if rate.amount is None else times(rate.amount, piece.band.factor)


def _let_off(group: Group, deductions: Mapping[str, Sequence[Deduction]], rates: RateBook) -> dict[int, int]:
    found: dict[int, int] = {}
    for identifier in {piece.entry.event.id for piece in group.pieces} & deductions.keys():
        left = sum(one.minutes for one in deductions[identifier])
        own = [index for index, piece in enumerate(group.pieces) if piece.entry.event.id == identifier]
        prices = {index: listed_price(group.pieces[index], rates.money, rates) or Decimal(0) for index in own}
        for index in sorted(own, key=lambda one: (-prices[one], -one)):
            found[index] = min(left, group.shared[index].minutes)
            left -= found[index]
    return found


def _key(entry: Entry, mode: str) -> tuple[str, ...]:
    if mode == "each":
        return (entry.role, entry.activity, entry.event.id)
    if mode == "ticket":
        return (entry.role, entry.activity, entry.ticket or entry.event.id)
    return (entry.role, entry.activity, "")


def _group(key: tuple[str, ...], pieces: Sequence[Piece], money: Money, rates: RateBook) -> Group:
    role, activity, what = key
    rounding = rounding_of(money, activity)
    seconds = [piece.chargeable_s for piece in pieces]
    # With one member there is nobody else to give the rest to: its price need not be known.
    prices = [listed_price(piece, money, rates) for piece in pieces] if len(pieces) > 1 else [None]
    names = {"each": "this entry", "ticket": f"all {activity} of {role} for ticket {what}"}
    name = names.get(money.rounding, f"all {activity} of {role} in the month")
    return Group(name, rounding, tuple(pieces), tuple(distributed(seconds, prices, rounding)))
