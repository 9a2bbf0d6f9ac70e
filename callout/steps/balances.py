"""What a customer's contracts still hold, for the records and letters that are made on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Policy
    from callout.steps.context import Context
    from callout.worklog.bill import Balance


def balances_now(context: Context, customer: Customer, policy: Policy) -> Sequence[Balance]:
    """The balances of the month that it is at the customer's; empty where nothing was bought in advance.

    No other customer is known here: what the same people did for others at the same time counts as charged.
    Raises BadInput for a currency or holidays that cannot be used.
    """
    if not customer.contracts:
        return ()
    from callout.steps.bill_elsewhere import events_elsewhere
    from callout.steps.bill_events import bill_events
    from callout.worklog.billing import bill_for
    from callout.worklog.elsewhere import elsewhere_of
    from callout.worklog.month import month_of

    month = month_of(context.now().astimezone(ZoneInfo(customer.time_zone)).date())
    events = bill_events(context.ledger, customer, policy.money, month)
    elsewhere = elsewhere_of(events_elsewhere(context.ledger, customer.id, events), {}, policy.money)
    return bill_for(events, customer, policy.money, month, hours=policy.hours, elsewhere=elsewhere).balances


def balances_body(context: Context, customer: Customer, policy: Policy) -> dict[str, Any]:
    """For the body of an event: `balances`, each with contract, unit (minutes or currency), bought and left.

    A call-out is never held up by a price: where balances cannot be worked out they are a sentence that says why.
    """
    try:
        balances = balances_now(context, customer, policy)
    except BadInput as error:
        return {"balances": f"not known: {error.message}"}
    told = [
        {
            "contract": one.contract,
            "unit": one.unit,
            "bought": format(one.bought, "f"),
            "left": format(one.left, "f"),
            **({"ends": one.ends.isoformat()} if one.ends else {}),
        }
        for one in balances
    ]
    return {"balances": told} if told else {}
