"""`callout bill explain|judge|deduct`: why a line is what it is, and a person's word in a rule's place."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell

WorkArgument = Annotated[
    str, typer.Argument(help="A bill's line, an event's id, or its first characters.", metavar="WORK")
]


class Decision(StrEnum):
    """What a person may decide."""

    YES = "yes"
    NO = "no"


def add_verbs(app: typer.Typer) -> None:
    """Gives `callout bill` its verbs about single lines."""
    app.command("explain")(explain)
    app.command("judge")(judge)
    app.command("deduct")(deduct)


def explain(
    line: Annotated[str, typer.Argument(help="The line's id, as --format json shows it; or its work's.")],
    customer: Annotated[str, typer.Option(help="The customer; default: the work's.")] = "",
    month: Annotated[str, typer.Option(help="The month by the customer's calendar; default: the work's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Walk through one line: facts, overlap, verdict, split, rate, rounding, payer, amount."""
    from callout.steps.explain import explain_line
    from callout.views.explained import explained_dict, explained_text

    context = context_for(inventory, must_exist=True)
    bill, lines = explain_line(context, inventory_of(context), line, customer, month)
    if as_json:
        print_json(explained_dict(bill, lines))
    else:
        print(explained_text(bill, lines))


def judge(
    work: WorkArgument,
    charge: Annotated[Decision, typer.Option(help="Whether it is charged.")],
    reason: Annotated[str, typer.Option(help="Why the rule's word does not count here.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Decide that a piece of work or an expense is charged, or not. What the rule said stays visible beside it."""
    from callout.steps.judge import judge_work

    event = judge_work(context_for(inventory, must_exist=True), work, charge, reason)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        said = "charged" if charge is Decision.YES else "not charged"
        tell(f"Decided: {event.body['work']} is {said}; the rule's word stays beside it.")


def deduct(
    work: WorkArgument,
    minutes: Annotated[int, typer.Option(help="How many billed minutes are not asked for.", min=1)],
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Let off minutes of a piece of work. What was worked stays as it is."""
    from callout.steps.judge import deduct_minutes

    event = deduct_minutes(context_for(inventory, must_exist=True), work, minutes, reason)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        tell(f"Deducted: {minutes} minutes of {event.body['work']}.")
