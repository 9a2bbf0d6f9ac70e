"""One customer's month out of the ledger. A preview: it writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from callout.steps.bill_events import bill_events
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month

if TYPE_CHECKING:
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context


def make_bill(context: Context, inventory: Inventory, customer_id: str, month: str) -> Bill:
    """The bill of `customer_id` for `month` (`YYYY-MM`, by the customer's calendar).

    Raises BadInput for an unknown customer, a malformed month, and a rate or a currency that cannot be used.
    """
    wanted = parse_month(month)
    customer = inventory.customer(customer_id)
    policy = inventory.policy
    return bill_for(
        bill_events(context.ledger, customer, policy.money, wanted),
        customer,
        policy.money,
        wanted,
        policy.vendor,
        hours=policy.hours,
        origins=origins_of(inventory, customer.id),
    )


def origins_of(inventory: Inventory, customer_id: str) -> Mapping[str, str]:
    """Where the keys of the customer and of the policy were written: `file:line` by dotted key."""
    return next((one.origins for one in inventory.systems.values() if one.customer.id == customer_id), {})
