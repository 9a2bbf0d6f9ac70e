"""Billed minutes as the quantity of a line, without losing any: quantity × price is the amount to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from callout.worklog.invoice.document import Unit

# 0.05 hours: whoever reads hours reads two decimals.
MINUTES_OF_TWO_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """What goes into a line: `quantity` of `unit`, at a price for each `price_quantity` of them."""

    quantity: Decimal
    unit: Unit
    price_quantity: Decimal


def quantity_of(minutes: int) -> Quantity:
    """Hours with at most two decimals where that is exact, else minutes at a price for sixty of them.

    Either way the line's `price` is the rate per hour. A third of an hour is not 0.33 of one.
    """
    if minutes % MINUTES_OF_TWO_DECIMALS:
        return Quantity(Decimal(minutes), Unit.MINUTE, Decimal(60))
    return Quantity(Decimal(minutes) / 60, Unit.HOUR, Decimal(1))
