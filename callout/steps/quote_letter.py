"""The letter that offers a quote, from the ledger and the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callout.steps.balances import balances_now
from callout.steps.quote import quote_now
from callout.views.quote_letter import QuoteLetter, quote_letter

if TYPE_CHECKING:
    from callout.inventory import Inventory
    from callout.steps.context import Context


def letter_of_quote(context: Context, inventory: Inventory, number: str, language: str = "") -> QuoteLetter:
    """The letter in `language` (default: the customer's). Raises BadInput for a quote that there is not."""
    found = quote_now(context, number)
    customer = inventory.customer(found.customer)
    balances = balances_now(context, customer, inventory.policy)
    today = context.now().astimezone(ZoneInfo(customer.time_zone)).date()
    spoken = customer.model_copy(update={"language": language}) if language else customer
    return quote_letter(found, spoken, inventory.policy.vendor, balances, today)
