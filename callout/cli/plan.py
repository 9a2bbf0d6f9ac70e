"""`callout plan`: what would be done to which system by which bundle, with the hash that consent names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell


def command(
    callout: Annotated[str, typer.Argument(help="The call-out, like CO-0001.", metavar="ID")],
    bundle: Annotated[Path, typer.Option(help="The signed patch bundle.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Look at the system and write down what the bundle would do to it. Changes nothing.

    Beside the plan, and in no hash: the calls in progress, and how a file that keeps the bundle out was modified.
    """
    from callout.steps.plan import make_plan
    from callout.steps.plan_notes import plan_notes
    from callout.steps.record import require_open

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(require_open(context.ledger, callout).system)
    plan = make_plan(context, system, callout, bundle)
    if as_json:
        notes = plan_notes(context, system, plan)
        told = {"callout": callout, "hash": plan.hash, "verdict": plan.verdict, "plan": plan.as_dict()}
        print_json({**told, "notes": {"calls": notes.calls, "modified": list(notes.modified)}})
        return
    print(plan.text)
    print(plan_notes(context, system, plan).text)
    if plan.verdict == "applicable":
        tell(f"Consent to it with: callout consent {callout} --plan {plan.hash} --by … --channel … --reference …")
