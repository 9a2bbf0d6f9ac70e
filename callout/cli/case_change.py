"""`callout case change` and `callout case link`: what a case is, and what belongs to it."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.case_options import (
    CaseArgument,
    FailingOption,
    PinFileOption,
    ReasonOption,
    StatedByOption,
    pin_given,
    say,
)
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of
from callout.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("change")(change)
    app.command("link")(link)


def change(
    case: CaseArgument,
    reason: ReasonOption,
    priority: Annotated[str, typer.Option(help="emergency, high, normal or low.")] = "",
    contract: Annotated[str, typer.Option(help="The customer's new contract, as the inventory has it.")] = "",
    mode: Annotated[str, typer.Option(help="you_do (we tell, they do) or we_do (we do it).")] = "",
    system: Annotated[str, typer.Option(help="The system that it is about.")] = "",
    subject: Annotated[str, typer.Option(help="What it is about, in one line.")] = "",
    caller: Annotated[str, typer.Option(help="To make it an emergency: who calls, by name or number.")] = "",
    failing: FailingOption = None,
    stated_by: StatedByOption = "",
    pin_file: PinFileOption = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Change what a case is; clocks keep their start and their pauses and get the new rules. To become an emergency it
    needs all that an emergency call needs, and exits 8 without it."""
    from callout.desk.authentication import has_pin
    from callout.desk.entitlement import Channel
    from callout.policy.desk_words import Priority
    from callout.steps.case_change import Wanted, change_case
    from callout.steps.case_look import case_now
    from callout.steps.case_open import Asking

    context = context_for(inventory, must_exist=True)
    known = inventory_of(context)
    customer = known.customer(case_now(context.ledger, case).customer)
    pin = pin_given(pin_file, ask=priority == Priority.EMERGENCY and has_pin(customer.desk))
    asking = Asking(Channel.PHONE, caller, pin, failing, stated_by)
    event = change_case(context, known, case, Wanted(priority, contract, mode, system, subject), reason, asking)
    changed = "; ".join(f"{name}: {old or 'nothing'} → {new}" for name, (old, new) in event.body["changes"].items())
    say(event, f"{event.body['case']}: {changed}.", as_json=as_json)


def link(
    case: CaseArgument,
    callout: Annotated[str, typer.Option(help="A call-out, like CO-0001.")] = "",
    quote: Annotated[str, typer.Option(help="A quote, like Q-0001.")] = "",
    finding: Annotated[str, typer.Option(help="A drift finding, like D-0123456789.")] = "",
    patch: Annotated[str, typer.Option(help="A patch bundle that has to do with it.")] = "",
    bundle: Annotated[str, typer.Option(help="The bundle that mends its critical bug: stops that clock.")] = "",
    other: Annotated[str, typer.Option("--case", help="Another case.")] = "",
    reason: Annotated[str, typer.Option(help="How they belong together.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Link what belongs to the case; exactly one thing at a time, and only what the ledger knows."""
    from callout.steps.case_link import Linked, link_to_case

    given = {
        Linked.CALLOUT: callout,
        Linked.QUOTE: quote,
        Linked.FINDING: finding,
        Linked.PATCH: patch,
        Linked.BUNDLE: bundle,
        Linked.CASE: other,
    }
    named = [(what, identifier) for what, identifier in given.items() if identifier]
    if len(named) != 1:
        raise BadInput(
            "One thing is linked at a time.", "Give one of --callout, --quote, --finding, --patch, --bundle."
        )
    event = link_to_case(context_for(inventory, must_exist=True), case, *named[0], reason)
    say(event, f"{event.body['case']}: linked {event.body['what']} {event.body['id']}.", as_json=as_json)
