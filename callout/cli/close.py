"""`callout close`: ends a call-out with exactly one of the five outcomes."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, print_json


def command(
    callout: Annotated[str, typer.Argument(help="The call-out, like CO-0001.", metavar="ID")],
    outcome: Annotated[
        str,
        typer.Option(help="satisfied, not-possible, feature-road-map, feature-account-manager or bug."),
    ],
    why: Annotated[str, typer.Option(help="The reason; needed for not-possible.")] = "",
    reference: Annotated[str, typer.Option(help="Bug in the tracker, road map entry, account manager.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Close a call-out. A closed one is never changed; corrections are new call-outs."""
    from callout.steps.record import close_callout

    event = close_callout(context_for(inventory, must_exist=True), callout, outcome, why, reference)
    if as_json:
        print_json({"callout": callout, "event": event.as_dict()})
    else:
        print(f"Closed {callout}: {outcome}.")
