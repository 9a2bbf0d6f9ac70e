"""Which rate an hour of work has, and where that rate was written. There is no built-in rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from callout.errors import BadInput

CUSTOMER_RATES = "callout_customer.rates"
STANDARD_RATES = "callout_policy.money.rates"


@dataclass(frozen=True, slots=True)
class Rate:
    """An hour's price. `amount` is None where nobody wrote one down: unknown, never zero.

    `source` is the inventory key that the rate was read from, empty where it is unknown.
    """

    role: str
    amount: Decimal | None
    source: str

    @property
    def why(self) -> str:
        """Where the rate comes from, or where it would have to be written, as a sentence."""
        if self.amount is not None:
            return f"Rate of {self.role} from {self.source}."
        return f"No rate of {self.role} in {CUSTOMER_RATES} nor in {STANDARD_RATES}."


def rate_for(role: str, customer_rates: Mapping[str, str], standard_rates: Mapping[str, Decimal]) -> Rate:
    """The rate per hour of `role`: the customer's own before the standard one.

    Raises BadInput for a rate that is no amount (text, negative, infinite), naming its key.
    """
    if role in customer_rates:
        return Rate(role, _amount(customer_rates[role], f"{CUSTOMER_RATES}.{role}"), CUSTOMER_RATES)
    if role in standard_rates:
        return Rate(role, _amount(standard_rates[role], f"{STANDARD_RATES}.{role}"), STANDARD_RATES)
    return Rate(role, None, "")


def _amount(written: str | Decimal, key: str) -> Decimal:
    try:
        amount = Decimal(written)
    except (InvalidOperation, TypeError, ValueError):
        raise BadInput(f"{key} is {str(written)[:40]!r}, which is no amount.", "Write it like '120.00'.") from None
    if not amount.is_finite() or amount < 0:
        raise BadInput(f"{key} is {amount}, which is no rate per hour.", "Write it like '120.00'.")
    return amount
