"""Judged work and the shares that its minutes were paid in → the lines of a bill. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from callout.policy.chargeable import Charge, Rule
from callout.policy.rates import Rate
from callout.worklog.bill import BillLine, LineState
from callout.worklog.claims import Group, groups_of, listed_price
from callout.worklog.explaining import Explainer
from callout.worklog.material import Judged
from callout.worklog.payers import candidates
from callout.worklog.paying import Share, amount_of, unit
from callout.worklog.pieces import Piece
from callout.worklog.rate_book import RateBook
from callout.worklog.rounding import proportional

# What is not charged since a contract covers it: shown at zero, with what it would have cost.
COVERING = frozenset({Rule.MAINTENANCE_CONTRACT, Rule.SUPPORT_GIVEN, Rule.DOCUMENTED_SUPPORT, Rule.INCLUDED})


@dataclass(frozen=True, slots=True)
class LineMaker:
    """Makes the lines of one month; `groups` are by piece, `shares` by work's event id, in the order of its pieces."""

    rates: RateBook
    decimals: int
    explainer: Explainer
    groups: Mapping[Piece, Group]
    shares: Mapping[str, Sequence[Share]]

    def lines_of(self, judged: Judged, short: str) -> list[BillLine]:
        """The lines of one entry; `short` is the beginning of its id by which the lines are called."""
        if judged.charge is not Charge.YES:
            return [self._unasked(judged, short)]
        shares = self.shares[judged.entry.event.id]
        parts = list(_parts(shares))
        return [
            self._priced(judged, share, part, short if number == 1 else f"{short}.{number}")
            for number, (share, part) in enumerate(zip(shares, parts, strict=True), start=1)
        ]

    def _unasked(self, judged: Judged, identifier: str) -> BillLine:
        entry, charge = judged.entry, judged.charge
        rate = self.rate(judged)
        nothing = Decimal(0).quantize(unit(self.decimals))
        no = charge is Charge.NO
        worth = self._worth(judged) if no else None
        return BillLine(
            entry=entry,
            date=judged.day,
            verdict=judged.verdict,
            state=LineState.NOT_CHARGED if no else LineState.UNDECIDED,
            rate=rate.amount,
            rate_source=rate.source,
            billed_minutes=0 if no else None,
            amount=nothing if no else None,
            id=identifier,
            started_at=entry.started_at,
            ended_at=entry.ended_at,
            seconds=entry.seconds,
            base_rate=rate.amount,
            original_amount=worth,
            override=judged.override,
            drift=judged.drift,
            steps=self.explainer.unasked(judged, rate, worth),
        )

    def _priced(self, judged: Judged, share: Share, part: tuple[int, int], identifier: str) -> BillLine:
        piece, entry = share.claim.piece, judged.entry
        seconds, deducted = part
        return BillLine(
            entry=entry,
            date=piece.day,
            verdict=judged.verdict,
            state=_state(share),
            rate=share.price,
            rate_source=share.rate.source,
            billed_minutes=None if share.beyond else share.minutes,
            amount=None if share.beyond else share.due,
            deducted_seconds=deducted,
            claimed_by=judged.overlap.claimed_by if deducted else (),
            id=identifier,
            started_at=piece.started_at,
            ended_at=piece.ended_at,
            seconds=seconds,
            band=piece.band,
            base_rate=share.rate.amount,
            paid_by=share.contract.id if share.contract else "",
            rounding_minutes=share.rounding,
            deducted_minutes=share.let_off,
            original_amount=self._original(share),
            override=judged.override,
            drift=judged.drift,
            steps=self.explainer.priced(judged, share, self.groups[piece]),
        )

    def rate(self, judged: Judged) -> Rate:
        """The rate of work that no contract pays for."""
        valid = candidates(self.rates.customer.contracts, self.rates.money, judged.entry, judged.day)
        own = [contract for contract in valid if contract.kind == "time_and_materials"][:1]
        return self.rates.rate(judged.entry, judged.day, own)

    def _original(self, share: Share) -> Decimal | None:
        if share.price is None:
            return None
        return amount_of(share.minutes + share.let_off, share.price, self.decimals)

    def _worth(self, judged: Judged) -> Decimal | None:
        """What uncharged work would have cost by itself: zero where the rule asks for nothing; None without a rate."""
        by_rule = judged.verdict.charge is Charge.NO and judged.verdict.rule not in COVERING
        if by_rule:
            return Decimal(0).quantize(unit(self.decimals))
        if judged.pieces is None:
            return None
        total = Decimal(0).quantize(unit(self.decimals))
        for group in groups_of(judged.pieces, self.rates.money, self.rates):
            for piece, shared in zip(group.pieces, group.shared, strict=True):
                price = listed_price(piece, self.rates.money, self.rates)
                if price is None:
                    return None
                total += amount_of(shared.minutes, price, self.decimals)
        return total


def _state(share: Share) -> LineState:
    if share.beyond:
        return LineState.UNDECIDED
    if share.contract is not None:
        return LineState.COVERED
    return LineState.PRICED if share.price is not None else LineState.RATE_UNKNOWN


def _parts(shares: Sequence[Share]) -> list[tuple[int, int]]:
    """Raw and deducted seconds of each share: those of its piece, by the minutes that each payer pays."""
    parts: list[tuple[int, int]] = []
    index = 0
    while index < len(shares):
        piece = shares[index].claim.piece
        own = [share for share in shares[index:] if share.claim.piece == piece]
        weights = [share.minutes for share in own]
        parts += zip(proportional(piece.seconds, weights), proportional(piece.deducted, weights), strict=True)
        index += len(own)
    return parts
