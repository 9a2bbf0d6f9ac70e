"""`callout case escalate` and `callout case acknowledge`."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.case_options import CaseArgument, TextFileOption, TextOption, say, text_of
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, tell


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("escalate")(escalate)
    app.command("acknowledge")(acknowledge)


def escalate(
    case: CaseArgument,
    level: Annotated[int, typer.Option(help="1 support manager, 2 account manager, 3 the last address.")],
    by: Annotated[str, typer.Option(help="Who at the customer escalates.")],
    concern: Annotated[str, typer.Option(help="not_understood, not_satisfactory or not_urgent_enough.")],
    statement: Annotated[str, typer.Option(help="The concern in the customer's words.")],
    skipped_why: Annotated[str, typer.Option(help="Why a level was left out.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Escalate a case. Each level has people in copy and a clock for its acknowledgement; level 3 names the attempts
    before. Exits 8 where a level is skipped without a reason."""
    from callout.desk.escalation import Wish
    from callout.steps.case_escalate import escalate as escalate_step

    context = context_for(inventory, must_exist=True)
    wish = Wish(level, by, concern.replace("-", "_"), statement, skipped_why)
    event = escalate_step(context, inventory_of(context), case, wish)
    body = event.body
    say(event, f"{body['case']}: escalated to level {level}; in copy: {', '.join(body['copies'])}.", as_json=as_json)
    for attempt in body["attempts"]:
        tell(f"Before it: level {attempt['level']}, {attempt['at'][:16].replace('T', ' ')} UTC: {attempt['statement']}")


def acknowledge(
    case: CaseArgument,
    text: TextOption = "",
    text_file: TextFileOption = None,
    level: Annotated[int, typer.Option(help="Which level; default: the highest that waits.")] = 0,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Record that whoever is responsible has answered an escalation; it answers the levels below, too."""
    from callout.steps.case_escalate import acknowledge as acknowledge_step

    context = context_for(inventory, must_exist=True)
    event = acknowledge_step(context, case, text_of(text, text_file), level)
    say(event, f"{event.body['case']}: level {event.body['level']} acknowledged.", as_json=as_json)
