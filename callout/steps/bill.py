"""One customer's month out of the ledger. A preview: it writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from callout.ledger.store import LedgerView
from callout.steps.bill_elsewhere import events_elsewhere
from callout.steps.bill_events import bill_events
from callout.steps.late_work import late_months
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.elsewhere import elsewhere_of
from callout.worklog.invoiced import INVOICE_KINDS, Billing
from callout.worklog.late import with_late_work
from callout.worklog.month import Month, parse_month
from callout.worklog.write_offs import with_write_offs

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context


def make_bill(context: Context, inventory: Inventory, customer_id: str, month: str) -> Bill:
    """The bill of `customer_id` for `month` (`YYYY-MM`, by the customer's calendar).

    Raises BadInput for an unknown customer, a malformed month, and a rate or a currency that cannot be used.
    """
    wanted = parse_month(month)
    return bill_of(context.ledger, inventory, inventory.customer(customer_id), wanted)


def bill_of(
    ledger: LedgerView, inventory: Inventory, customer: Customer, month: Month, *, everybody: LedgerView | None = None
) -> Bill:
    """The same of a customer and a month that are known; whoever needs many gives what one reading `Gathered`.

    `everybody` is where other customers' work is looked up, where `ledger` holds this customer's events only.
    """
    policy, origins = inventory.policy, origins_of(inventory, customer.id)

    def of_month(one: Month) -> Bill:
        events = bill_events(ledger, customer, policy.money, one)
        beside = events_elsewhere(everybody or ledger, customer.id, events)
        return bill_for(
            events, customer, policy.money, one, policy.vendor,
            hours=policy.hours, origins=origins, elsewhere=elsewhere_of(beside, inventory.customers, policy.money),
        )  # fmt: skip

    bill = of_month(month)
    billing = Billing(ledger.events(kinds=INVOICE_KINDS, customer=customer.id))
    if billing.settled:
        late = late_months(ledger, customer, billing, month)
        bill = with_late_work(bill, [of_month(one) for one in late], billing)
    return with_write_offs(bill, ledger.events(kind="written_off", customer=customer.id))


def origins_of(inventory: Inventory, customer_id: str) -> Mapping[str, str]:
    """Where the keys of the customer and of the policy were written: `file:line` by dotted key."""
    return next((one.origins for one in inventory.systems.values() if one.customer.id == customer_id), {})
