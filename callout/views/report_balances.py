"""What is left of contracts that were bought in advance: a table, and the parts of a bar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from callout.views.report_table import Table, name_shown
from callout.worklog.bill import Balance
from callout.worklog.reports.collected import CustomerBalances
from callout.worklog.reports.standing import amount_left

BALANCES_NOTE = (
    "Left = bought - used - expired, at the month's end or now, whichever is earlier. Hours that are granted by the "
    "month count until then."
)
_HEAD = (
    "Customer",
    "Contract",
    "Kind",
    "Bought",
    "Used before",
    "This month",
    "Expired",
    "Left",
    "Until",
    "",
)
_NUMBERS = (3, 4, 5, 6, 7)


def balances_table(balances: Sequence[CustomerBalances]) -> Table:
    """One row per contract, by customer."""
    rows = tuple(_row(own.customer, one) for own in balances for one in own.balances)
    return Table(_HEAD, rows, (), _NUMBERS)


def _row(customer: str, one: Balance) -> tuple[str, ...]:
    exact = (one.bought, one.used_before, one.used_now, one.expired, one.left)
    # As many decimals as the most exact of them has, so that they stand under each other.
    exponents = [amount.as_tuple().exponent for amount in exact]
    unit = Decimal(1).scaleb(min(one for one in exponents if isinstance(one, int)))
    amounts = [amount.quantize(unit) for amount in exact]
    return (
        name_shown(customer),
        name_shown(one.contract),
        one.kind.replace("_", " "),
        *(amount_left(amount, one.unit) for amount in amounts),
        one.ends.isoformat() if one.ends else "open",
        _warning(one),
    )


def _warning(one: Balance) -> str:
    if one.warning == "100":
        return "used up"
    return f"over {one.warning} % used" if one.warning else ""
