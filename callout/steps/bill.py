"""One customer's month out of the ledger. A preview: it writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.invoiced import Billing
from callout.worklog.late import late_months, with_late_work
from callout.worklog.material import material_of
from callout.worklog.month import Month, parse_month
from callout.worklog.write_offs import with_write_offs

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.reading import Inventory
    from callout.ledger.event import Event
    from callout.steps.context import Context


def make_bill(context: Context, inventory: Inventory, customer_id: str, month: str) -> Bill:
    """The bill of `customer_id` for `month` (`YYYY-MM`, by the customer's calendar).

    Raises BadInput for an unknown customer, a malformed month, and a rate or a currency that cannot be used.
    """
    customer, wanted = inventory.customer(customer_id), parse_month(month)
    return bills_of(list(context.ledger.events(customer=customer.id)), inventory, customer, [wanted])[0]


def bills_of(events: Sequence[Event], inventory: Inventory, customer: Customer, months: Iterable[Month]) -> list[Bill]:
    """The customer's bills of `months`, from all events of that customer, which are read once.

    Raises BadInput for a rate or a currency that cannot be used.
    """
    policy, origins = inventory.policy, origins_of(inventory, customer.id)
    material, billing = material_of(events), Billing(events)

    @cache
    def of_month(one: Month) -> Bill:
        return bill_for(material, customer, policy.money, one, policy.vendor, hours=policy.hours, origins=origins)

    def asked(month: Month) -> Bill:
        bill = of_month(month)
        if billing.settled:
            late = late_months(events, billing, customer.time_zone, month)
            bill = with_late_work(bill, [of_month(one) for one in late], billing)
        return with_write_offs(bill, events)

    return [asked(month) for month in months]


def origins_of(inventory: Inventory, customer_id: str) -> Mapping[str, str]:
    """Where the keys of the customer and of the policy were written: `file:line` by dotted key."""
    return next((one.origins for one in inventory.systems.values() if one.customer.id == customer_id), {})
