"""`callout consent`: records the customer's yes to one plan."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell


def command(
    callout: Annotated[str, typer.Argument(help="The call-out whose plan it is.", metavar="ID")],
    plan: Annotated[str, typer.Option(help="The plan's hash, or its first 8 characters or more.")],
    by: Annotated[str, typer.Option(help="Who said yes: name and address.")],
    channel: Annotated[str, typer.Option(help="ticket, email, chat, phone, portal or letter.")],
    reference: Annotated[str, typer.Option(help="Where the yes can be read again.")],
    without_charging: Annotated[
        bool, typer.Option("--without-charging", help="The yes does not cover being charged.")
    ] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record that the customer agrees to exactly this plan, the charging clause in it included."""
    from callout.steps.consent import record_consent
    from callout.steps.record import opening_of

    context = context_for(inventory, must_exist=True)
    customer = inventory_of(context).customer(opening_of(context.ledger, callout).customer)
    event = record_consent(
        context,
        customer,
        callout,
        plan,
        by=by,
        channel=channel,
        reference=reference,
        without_charging=without_charging,
    )
    if not event.body["registered"]:
        tell(f"{by} is none of {customer.id}'s registered addresses: the gate will warn. Have it confirmed.")
    if as_json:
        print_json({"callout": callout, "event": event.as_dict()})
    else:
        print(f"Recorded: {by} consents to plan {event.body['plan_hash'][:12]} of {callout}.")
