"""One customer's month out of the ledger. A preview: it writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.invoiced import Billing
from callout.worklog.late import late_months, with_late_work
from callout.worklog.month import Month, parse_month
from callout.worklog.write_offs import with_write_offs

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
    events = list(context.ledger.events(customer=customer.id))
    origins = origins_of(inventory, customer.id)

    def of_month(one: Month) -> Bill:
        return bill_for(events, customer, policy.money, one, policy.vendor, hours=policy.hours, origins=origins)

    bill, billing = of_month(wanted), Billing(events)
    if billing.settled:
        late = late_months(events, billing, customer.time_zone, wanted)
        bill = with_late_work(bill, [of_month(one) for one in late], billing)
    return with_write_offs(bill, events)


def origins_of(inventory: Inventory, customer_id: str) -> Mapping[str, str]:
    """Where the keys of the customer and of the policy were written: `file:line` by dotted key."""
    return next((one.origins for one in inventory.systems.values() if one.customer.id == customer_id), {})
