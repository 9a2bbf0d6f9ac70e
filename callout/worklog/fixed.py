"""What contracts cost by themselves in one month: retainers, blocks, projects, call-outs. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from callout.policy.buckets import MONTHLY
from callout.worklog.bill import FixedItem
from callout.worklog.month import Month
from callout.worklog.payers import is_valid
from callout.worklog.paying import CalloutPrice, Purse, Share, unit

if TYPE_CHECKING:
    from callout.inventory.contracts import PayingContract


def fixed_items(purse: Purse, shares: Iterable[Share], month: Month) -> tuple[FixedItem, ...]:
    """The month's items: by contract in the inventory's order, then one for each call-out that began to be paid so."""
    contracts, decimals, sources = purse.contracts, purse.decimals, purse.rates.sources
    paid = [share for share in shares if share.contract is not None and share.claim.month == month.name]
    found = []
    for index, contract in enumerate(contracts):
        key = f"callout_customer.contracts.{index}"
        if contract.kind in MONTHLY and contract.price_per_month is not None:
            day = max(contract.starts, month.first_day)
            if is_valid(contract, day) and day <= month.last_day:
                why = f"Price of a month: {sources.said(f'{key}.price_per_month')}."
                found.append(_item(contract, day, contract.price_per_month, f"month {month.name}", why, decimals))
        elif contract.kind not in ("per_callout", *MONTHLY) and contract.price is not None:
            day = contract.billed_on or contract.starts
            if month.first_day <= day <= month.last_day:
                why = f"Price of the contract, billed on {day.isoformat()}: {sources.said(f'{key}.price')}."
                found.append(_item(contract, day, contract.price, "price", why, decimals))
    for one in purse.by_callout:
        if one.claim.month == month.name and one.contract.price is not None:
            key = f"callout_customer.contracts.{list(contracts).index(one.contract)}.price"
            entry = one.claim.piece.entry
            why = f"Price of a call-out, asked for with its first work ({entry.event.id[:8]}): {sources.said(key)}."
            item = _item(one.contract, one.claim.piece.day, one.contract.price, one.key, why, decimals)
            found.append(_of_callout(item, one, paid))
    return tuple(found)


def _item(contract: PayingContract, day: dt.date, price: Decimal, text: str, why: str, decimals: int) -> FixedItem:
    amount = price.quantize(unit(decimals), ROUND_HALF_UP)
    identifier = f"{contract.id}:{day.isoformat()}"
    return FixedItem(identifier, contract.id, str(contract.kind), day, text, amount, steps=(why,))


def _of_callout(item: FixedItem, one: CalloutPrice, paid: Sequence[Share]) -> FixedItem:
    entry = one.claim.piece.entry
    work = tuple(
        dict.fromkeys(
            share.claim.piece.entry.event.id
            for share in paid
            if share.contract is one.contract and one.key == callout_key(share)
        )
    )
    identifier = f"{one.contract.id}:{one.key}"
    return replace(item, id=identifier, callout=entry.event.callout, ticket=entry.ticket, work=work)


def callout_key(share: Share) -> str:
    """What a contract per call-out counts: the call-out, or the ticket where there was none."""
    entry = share.claim.piece.entry
    return entry.event.callout or entry.ticket or entry.event.id
