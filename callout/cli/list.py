"""`callout list`: all call-outs, or a customer's or a system's."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, print_json


def command(
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    system: Annotated[str, typer.Option(help="Only this system's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List call-outs, oldest first."""
    from callout.views.listing import list_rows, list_text

    context = context_for(inventory, must_exist=True)
    filters = {name: value for name, value in (("customer", customer), ("system", system)) if value}
    rows = list_rows(context.ledger.events(**filters))
    if as_json:
        print_json({"callouts": rows})
    else:
        print(list_text(rows))
