"""Which rate an hour of work has, and where that rate was written. There is no built-in rate.

The precedence: what was agreed for one piece of work (`entry`), for its ticket, in the contract that pays, with the
customer; then the vendor's rate of the role, and the standard one of all roles. A rate counts on the days for which it
is valid, so that a new one never touches the past.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from callout.errors import BadInput

CUSTOMER_RATES = "callout_customer.rates"
TICKET_RATES = "callout_customer.ticket_rates"
STANDARD_RATES = "callout_policy.money.rates"
STANDARD_RATE = "callout_policy.money.standard_rate"
PRECEDENCE = ("entry", "ticket", "contract", "customer", "role", "standard")


class Dated(Protocol):
    """An amount per hour, and the days (both included) on which it is valid; None: since ever, for ever."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...


# As an inventory holds it, or an amount by itself, which is always valid.
Written = str | Decimal | Sequence[Dated]


@dataclass(frozen=True, slots=True)
class Level:
    """One place where a rate may stand: its name in the precedence, its inventory key, and what is written there.

    `written` is None where there is nothing; `origin` is `file:line` where that is known.
    """

    name: str
    key: str
    written: Written | None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """An hour's price. `amount` is None where nobody wrote one down: unknown, never zero.

    `source` is the inventory key that the rate was read from, empty where it is unknown. `looked_at` says what each
    place had that was looked at, in the order of the precedence.
    """

    role: str
    amount: Decimal | None
    source: str
    looked_at: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Where the rate comes from, or where it would have to be written, as a sentence."""
        if self.amount is not None:
            return f"Rate of {self.role} from {self.source}."
        return f"No rate of {self.role} in {CUSTOMER_RATES} nor in {STANDARD_RATES}."


def rate_for(
    role: str,
    customer_rates: Mapping[str, Written],
    standard_rates: Mapping[str, Written],
    day: dt.date = dt.date.max,
) -> Rate:
    """The rate per hour of `role` on `day`: the customer's own before the vendor's.

    Raises BadInput for a rate that is no amount (text, negative, infinite), naming its key.
    """
    levels = (
        Level("customer", f"{CUSTOMER_RATES}.{role}", customer_rates.get(role)),
        Level("role", f"{STANDARD_RATES}.{role}", standard_rates.get(role)),
    )
    return rate_by(role, day, levels)


def rate_by(role: str, day: dt.date, levels: Sequence[Level]) -> Rate:
    """The rate of the first of `levels` (in the order of the precedence) that has one for `day`.

    `day` is that of the work, in the customer's calendar. Raises BadInput for a rate that is no amount.
    """
    looked_at = []
    for level in levels:
        amount, seen = _on(day, level)
        looked_at.append(f"{level.name}: {seen}")
        if amount is not None:
            return Rate(role, amount, level.key.removesuffix(f".{role}"), tuple(looked_at))
    return Rate(role, None, "", tuple(looked_at))


def times(amount: Decimal, factor: Decimal) -> Decimal:
    """`amount` × `factor`, exactly, without the zeros that multiplying adds behind those that the amount had."""
    product = amount * factor
    places = -int(amount.as_tuple().exponent)
    while -int(product.as_tuple().exponent) > places and product == product.quantize(shorter := _shorter(product)):
        product = product.quantize(shorter)
    return product


def _shorter(amount: Decimal) -> Decimal:
    return Decimal(1).scaleb(int(amount.as_tuple().exponent) + 1)


def _on(day: dt.date, level: Level) -> tuple[Decimal | None, str]:
    if level.written is None:
        return None, f"nothing in {level.key}"
    place = f"{level.key} ({level.origin})" if level.origin else level.key
    if isinstance(level.written, str | Decimal):
        amount = _amount(level.written, level.key)
        return amount, f"{amount} in {place}"
    for rate in level.written:
        if (rate.valid_from or dt.date.min) <= day <= (rate.valid_to or dt.date.max):
            return rate.amount, f"{rate.amount} in {place}{_valid(rate)}"
    return None, f"nothing for {day.isoformat()} in {place}"


def _valid(rate: Dated) -> str:
    since = f" from {rate.valid_from.isoformat()}" if rate.valid_from else ""
    until = f" to {rate.valid_to.isoformat()}" if rate.valid_to else ""
    return f", valid{since}{until}" if since or until else ""


def _amount(written: str | Decimal, key: str) -> Decimal:
    try:
        amount = Decimal(written)
    except (InvalidOperation, TypeError, ValueError):
        raise BadInput(f"{key} is {str(written)[:40]!r}, which is no amount.", "Write it like '120.00'.") from None
    if not amount.is_finite() or amount < 0:
        raise BadInput(f"{key} is {amount}, which is no rate per hour.", "Write it like '120.00'.")
    return amount
