"""Who pays for which minutes: contracts in the policy's order, each as far as it reaches, then time and materials.

Pure. An expired contract never pays: it is not even asked for work on a day on which it is not valid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from callout.policy.buckets import BLOCKS, MONTHLY, Bucket, bucket_of
from callout.policy.rates import Rate, times
from callout.worklog.payers import candidates
from callout.worklog.pieces import Piece
from callout.worklog.rate_book import RateBook

if TYPE_CHECKING:
    from callout.inventory.contracts import PayingContract
    from callout.inventory.policy import Money


@dataclass(frozen=True, slots=True)
class Claim:
    """Minutes of one piece that somebody has to pay, and on which day they count for contracts.

    `month` is that of the bill (`YYYY-MM`). `rounding` of the `minutes` were not worked, `let_off` are not in them.
    `ordered` says that a person judged it to be charged: then no cap holds it back.
    """

    piece: Piece
    month: str
    counts_on: dt.date
    order: tuple[object, ...]
    minutes: int
    rounding: int
    let_off: int = 0
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a claim with one payer: `contract`, or None for time and materials.

    `price` is per hour, with the band's factor; None where no rate is known. `due` is what is asked for, `worth` what
    the minutes cost without the contract. `before` and `after` are what the contract had. `beyond` is the contract
    whose cap was reached: then a person has to decide. `passed` says of contracts that were asked why they did not pay.
    `let_off` are the claim's, on its last share.
    """

    claim: Claim
    minutes: int
    rounding: int
    rate: Rate
    price: Decimal | None
    contract: PayingContract | None
    due: Decimal | None
    worth: Decimal | None
    before: Decimal | None = None
    after: Decimal | None = None
    beyond: str = ""
    passed: tuple[str, ...] = ()
    let_off: int = 0


@dataclass(frozen=True, slots=True)
class CalloutPrice:
    """A call-out that a contract pays for by the piece: asked for once, with the first work that it covers."""

    contract: PayingContract
    claim: Claim
    key: str


@dataclass(slots=True)
class Purse:
    """What has been used until now. `paid` grows in the order in which claims come."""

    contracts: Sequence[PayingContract]
    money: Money
    rates: RateBook
    decimals: int
    until: dt.date
    buckets: dict[str, Bucket] = field(default_factory=dict)
    callouts: dict[tuple[str, str], int] = field(default_factory=dict)
    overrun: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    by_callout: list[CalloutPrice] = field(default_factory=list)

    def __post_init__(self) -> None:
        for contract in self.contracts:
            if contract.kind in (*BLOCKS, *MONTHLY):
                self.buckets[contract.id] = bucket_of(contract, self.until)

    def pay(self, claim: Claim) -> list[Share]:
        """The claim's shares in the order in which contracts pay; their minutes add up to the claim's."""
        left, shares, passed = claim.minutes, list[Share](), list[str]()
        asked = candidates(self.contracts, self.money, claim.piece.entry, claim.counts_on)
        paying = [contract for contract in asked if contract.kind != "time_and_materials"]
        remaining = [contract for contract in asked if contract.kind == "time_and_materials"]
        for contract in paying:
            if not left and shares:
                break
            share = self._share(claim, left, contract, remaining, tuple(passed))
            if share is None:
                passed.append(f"{contract.id} has nothing left for it")
                continue
            shares.append(share)
            left -= share.minutes
            if left:
                passed.append(f"{contract.id} paid {share.minutes} minutes of it and has nothing left for it")
        if left or not shares:
            shares += self._rest(claim, left, paying, remaining, tuple(passed))
        return _rounding_last(claim, shares)

    def _share(
        self,
        claim: Claim,
        minutes: int,
        contract: PayingContract,
        remaining: Sequence[PayingContract],
        passed: tuple[str, ...],
    ) -> Share | None:
        rate, price = self._price(claim, (contract, *remaining[:1]))
        if contract.kind == "per_callout":
            return self._by_callout(claim, minutes, contract, rate, price, passed)
        if contract.kind == "fixed_price":
            return self._covered(claim, minutes, contract, rate, price, None, None, passed)
        bucket = self.buckets[contract.id]
        before = bucket.available(claim.counts_on)
        if contract.kind == "money_block":
            if price is None:
                return None
            here = affordable(minutes, price, before, self.decimals)
            cost = amount_of(here, price, self.decimals)
        else:
            factor = claim.piece.band.factor if self.money.bucket_hours == "multiplied" else Decimal(1)
            here = min(minutes, int(before // factor)) if factor else minutes
            cost = here * factor
        if not here and minutes:
            return None
        bucket.take(claim.counts_on, cost, claim.month)
        return self._covered(claim, here, contract, rate, price, before, before - cost, passed)

    def _by_callout(
        self,
        claim: Claim,
        minutes: int,
        contract: PayingContract,
        rate: Rate,
        price: Decimal | None,
        passed: tuple[str, ...],
    ) -> Share | None:
        entry = claim.piece.entry
        key = entry.event.callout or entry.ticket or entry.event.id
        if (contract.id, key) not in self.callouts:
            self.callouts[contract.id, key] = 0
            self.by_callout.append(CalloutPrice(contract, claim, key))
        used = self.callouts[contract.id, key]
        limit = contract.minutes_per_callout
        here = minutes if limit is None else min(minutes, limit - used)
        if not here and minutes:
            return None
        self.callouts[contract.id, key] = used + here
        before = None if limit is None else Decimal(limit - used)
        after = None if before is None else before - here
        return self._covered(claim, here, contract, rate, price, before, after, passed)

    def _covered(
        self,
        claim: Claim,
        minutes: int,
        contract: PayingContract,
        rate: Rate,
        price: Decimal | None,
        before: Decimal | None,
        after: Decimal | None,
        passed: tuple[str, ...],
    ) -> Share:
        worth = None if price is None else amount_of(minutes, price, self.decimals)
        nothing = Decimal(0).quantize(unit(self.decimals))
        return Share(claim, minutes, 0, rate, price, contract, nothing, worth, before, after, passed=passed)

    def _rest(
        self,
        claim: Claim,
        minutes: int,
        paying: Sequence[PayingContract],
        remaining: Sequence[PayingContract],
        passed: tuple[str, ...],
    ) -> list[Share]:
        """Time and materials, as far as the cap of the contract that would have paid last lets it be billed."""
        rate, price = self._price(claim, remaining[:1])
        capped = next((one for one in reversed(paying) if one.overrun_cap_hours is not None), None)
        if capped is None or capped.overrun_cap_hours is None or claim.ordered:
            return [self._billed(claim, minutes, rate, price, passed)]
        key = (capped.id, f"{claim.counts_on:%Y-%m}" if capped.kind in MONTHLY else "")
        used = self.overrun.get(key, Decimal(0))
        within = min(minutes, int(max(capped.overrun_cap_hours * 60 - used, Decimal(0))))
        self.overrun[key] = used + within
        shares = [self._billed(claim, within, rate, price, passed)] if within or not minutes else []
        if minutes > within:
            worth = None if price is None else amount_of(minutes - within, price, self.decimals)
            beyond = Share(claim, minutes - within, 0, rate, price, None, None, worth, beyond=capped.id, passed=passed)
            shares.append(beyond)
        return shares

    def _billed(self, claim: Claim, minutes: int, rate: Rate, price: Decimal | None, passed: tuple[str, ...]) -> Share:
        due = None if price is None else amount_of(minutes, price, self.decimals)
        return Share(claim, minutes, 0, rate, price, None, due, due, passed=passed)

    def _price(self, claim: Claim, contracts: Iterable[PayingContract]) -> tuple[Rate, Decimal | None]:
        rate = self.rates.rate(claim.piece.entry, claim.piece.day, contracts)
        return rate, None if rate.amount is None else times(rate.amount, claim.piece.band.factor)


def amount_of(minutes: int, price: Decimal, decimals: int) -> Decimal:
    """`minutes` × `price` per hour, rounded half up to the currency's decimals."""
    return (minutes * price / 60).quantize(unit(decimals), ROUND_HALF_UP)


def affordable(minutes: int, price: Decimal, money: Decimal, decimals: int) -> int:
    """The most of `minutes` whose amount is not more than `money`."""
    if not price:
        return minutes
    # Rounding moves an amount by half a unit at most: the estimate is off by so many minutes, no more.
    slack = unit(decimals) / 2
    most = min(minutes, int((money + slack) * 60 / price))
    while most and amount_of(most, price, decimals) > money:
        most -= 1
    return most


def unit(decimals: int) -> Decimal:
    """The smallest amount of a currency with so many decimals."""
    return Decimal(1).scaleb(-decimals)


def _rounding_last(claim: Claim, shares: list[Share]) -> list[Share]:
    """Minutes that were not worked come after those that were: the last shares hold them."""
    left, told = claim.rounding, []
    for share in reversed(shares):
        here = min(left, share.minutes)
        left -= here
        told.append(replace(share, rounding=here) if here else share)
    told[0] = replace(told[0], let_off=claim.let_off)
    return told[::-1]
