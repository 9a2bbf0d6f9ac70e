"""One line about what is left of a customer's contracts, for verbs with which work begins. Quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callout.cli.shared import tell

if TYPE_CHECKING:
    from callout.steps.context import Context


def tell_balance(context: Context, customer: str) -> None:
    """Tells it on standard error; nothing where there is nothing to tell."""
    from callout.steps.standing import balance_told

    if line := balance_told(context, customer):
        tell(line)
