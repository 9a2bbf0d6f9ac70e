"""`callout case list`, `callout case show` and `callout case refused`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from callout.cli.case_options import CaseArgument
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json
from callout.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("list")(list_)
    app.command("show")(show)
    app.command("refused")(refused)


def list_(
    open_: Annotated[bool, typer.Option("--open", help="Only those whose clocks run.")] = False,
    paused: Annotated[bool, typer.Option("--paused", help="Only those that wait for somebody else.")] = False,
    ended: Annotated[bool, typer.Option("--ended", help="Only those that have ended.")] = False,
    owed: Annotated[bool, typer.Option("--owed", help="Only ended ones whose answer is in no FAQ yet.")] = False,
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    turn: Annotated[str, typer.Option(help="Only where it is the turn of: us, customer, provider, third_party.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List cases, oldest first; several of --open, --paused and --ended are any of them."""
    from callout.desk.pauses import Turn
    from callout.steps.case_look import all_cases
    from callout.views.case_list import list_rows, list_text

    if turn and turn not in set(Turn):
        raise BadInput(f"{turn[:40]!r} is nobody's turn.", f"Use one of: {', '.join(Turn)}.")
    states = [state for state, wanted in (("open", open_), ("paused", paused), ("ended", ended)) if wanted]
    context = context_for(inventory, must_exist=True)
    rows = list_rows(all_cases(context.ledger, customer), states, turn, owed=owed)
    if as_json:
        print_json({"cases": rows})
    else:
        print(list_text(rows))


def show(case: CaseArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Tell the whole life of one case: its clocks, what belongs to it, everything that happened."""
    from callout.steps.case_story import case_story
    from callout.views.case_story import story_dict, story_text

    context = context_for(inventory, must_exist=True)
    story = case_story(context, inventory_of(context).policy, case)
    if as_json:
        print_json(story_dict(story))
    else:
        print(story_text(story, color=sys.stdout.isatty() and "NO_COLOR" not in os.environ))


def refused(
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List what was asked for and not granted, with every reason: who called without a contract, who had no PIN."""
    from callout.views.case_list import refused_rows, refused_text

    context = context_for(inventory, must_exist=True)
    filters = {"customer": customer} if customer else {}
    rows = refused_rows(context.ledger.events(kind="case_refused", **filters))
    if as_json:
        print_json({"refused": rows})
    else:
        print(refused_text(rows))
