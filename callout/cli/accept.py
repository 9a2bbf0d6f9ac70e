"""`callout accept`: records that the customer accepted the work of a call-out."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, print_json


def command(
    callout: Annotated[str, typer.Argument(help="The call-out, open or closed.", metavar="ID")],
    by: Annotated[str, typer.Option(help="Who accepted: name and address.")],
    channel: Annotated[str, typer.Option(help="ticket, email, chat, phone, portal or letter.")],
    reference: Annotated[str, typer.Option(help="Where that can be read again.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record that the customer accepts what was done. The backup from before it is then no longer kept for it."""
    from callout.steps.acceptance import accept_work

    context = context_for(inventory, must_exist=True)
    event = accept_work(context, callout, by=by, channel=channel, reference=reference)
    if as_json:
        print_json({"callout": callout, "event": event.as_dict()})
    else:
        print(f"Recorded: {by} accepts the work of {callout}.")
