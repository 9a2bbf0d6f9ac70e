"""How the customer's contracts stand after a month, and what to say when one runs out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from callout.findings import Finding, Move, Status
from callout.policy.buckets import BLOCKS, MONTHLY, Standing, standing
from callout.worklog.bill import Balance
from callout.worklog.month import Month
from callout.worklog.paying import Purse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callout.inventory.contracts import PayingContract

EXHAUSTED = "100"


def balances_of(purse: Purse, month: Month, currency: str) -> tuple[Balance, ...]:
    """The balances of all contracts that hold something and are valid in `month`, in the inventory's order."""
    return tuple(
        _balance(contract, purse, month, currency)
        for contract in purse.contracts
        if contract.kind in (*BLOCKS, *MONTHLY)
        and contract.starts <= month.last_day
        and (contract.ends is None or contract.ends >= month.first_day)
    )


def balance_findings(balances: Sequence[Balance]) -> Iterator[Finding]:
    """One warning for each contract that is nearly or wholly used up."""
    for balance in balances:
        if not balance.warning:
            continue
        spent = balance.warning == EXHAUSTED
        seen = (
            f"Contract {balance.contract} is used up."
            if spent
            else f"Contract {balance.contract} is used to {balance.warning} % or more."
        )
        remedy = "Offer the customer the next one before more is billed." if spent else "Tell the customer."
        code = "used-up" if spent else f"used-{balance.warning}"
        yield Finding(f"bill.balance@{balance.contract}", Status.WARN, code, seen, Move.US, remedy)


def _balance(contract: PayingContract, purse: Purse, month: Month, currency: str) -> Balance:
    now = standing(purse.buckets[contract.id], month.name, month.last_day)
    return Balance(
        contract=contract.id,
        kind=str(contract.kind),
        unit=currency if contract.kind == "money_block" else "minutes",
        bought=now.bought,
        used_before=now.used_before,
        used_now=now.used_now,
        expired=now.expired,
        left=now.left,
        warning=_warning(contract, now, purse.money.warn_at_percent),
        starts=contract.starts,
        ends=contract.ends,
    )


def _warning(contract: PayingContract, now: Standing, thresholds: tuple[int, ...]) -> str:
    """Of a block all that was used counts, of hours per month what could be used in this one."""
    used = now.used_now if contract.kind in MONTHLY else now.used_before + now.used_now
    whole = now.left + used
    if not used or not whole:
        return ""
    percent = used * Decimal(100) / whole
    if not now.left:
        return EXHAUSTED
    return next((str(limit) for limit in sorted(thresholds, reverse=True) if percent >= limit), "")
