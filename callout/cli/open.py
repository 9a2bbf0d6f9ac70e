"""`callout open`: a new call-out with its ticket and reason."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.balance_line import tell_balance
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell


def command(
    system: Annotated[str, typer.Option(help="The system, by its inventory name.")],
    reason: Annotated[str, typer.Option(help="What is to be done, and why.")],
    ticket: Annotated[str, typer.Option(help="The ticket that this is about; default: the case.")] = "",
    case: Annotated[str, typer.Option(help="The case that it belongs to, like CS-1: linked at once.")] = "",
    emergency: Annotated[str, typer.Option(help="Why the customer's window does not count.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Open a call-out; prints its number."""
    from callout.steps.record import open_callout

    context = context_for(inventory)
    event = open_callout(context, inventory_of(context).system(system), ticket, reason, emergency, case)
    if as_json:
        print_json({"callout": event.callout, "event": event.as_dict()})
        return
    print(event.callout)
    tell(f"Opened {event.callout} for {system}, ticket {event.body['ticket']}.")
    tell_balance(context, event.customer)
