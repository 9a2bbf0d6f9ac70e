"""`callout case pause|resume|deadline|justify`: what a person does to a case's clocks."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.case_options import AtOption, CaseArgument, ReasonOption, moment_given, say
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of
from callout.errors import BadInput

ClockOption = Annotated[
    str,
    typer.Option(help="first_reply, next_update, plan, resolution, critical_patch or acknowledgement."),
]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("deadline")(deadline)
    app.command("justify")(justify)


def pause(
    case: CaseArgument,
    reason: ReasonOption,
    turn: Annotated[str, typer.Option(help="Whom it waits for: customer, provider or third_party.")] = "customer",
    at: AtOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Let the clocks stand: it is somebody else's turn. That of a critical patch runs on."""
    from callout.steps.case_clock import pause_case
    from callout.views.agenda_words import TURNS

    event = pause_case(context_for(inventory, must_exist=True), case, turn, reason, moment_given(at))
    say(event, f"{event.body['case']}: paused, it waits for {TURNS[turn]}.", as_json=as_json)


def resume(
    case: CaseArgument,
    reason: ReasonOption,
    at: AtOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Let the clocks run again; what was paused stays paused."""
    from callout.steps.case_clock import resume_case

    event = resume_case(context_for(inventory, must_exist=True), case, reason, moment_given(at))
    say(event, f"{event.body['case']}: resumed, it is our turn.", as_json=as_json)


def deadline(
    case: CaseArgument,
    clock: ClockOption,
    due: Annotated[str, typer.Option(help="Until when, like 2026-03-01T17:30+01:00.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Set a clock's deadline by hand: it stays, whatever pauses or changes."""
    from callout.steps.case_clock import set_deadline

    moment = moment_given(due)
    if moment is None:
        raise BadInput("A deadline is a moment.", "Give it: --due 2026-03-01T17:30+01:00.")
    event = set_deadline(context_for(inventory, must_exist=True), case, clock, moment, reason)
    due_at = f"{moment:%Y-%m-%d %H:%M} UTC"
    say(event, f"{event.body['case']}: {event.body['clock'].replace('_', ' ')} is due {due_at}.", as_json=as_json)


def justify(
    case: CaseArgument,
    clock: ClockOption,
    justification: Annotated[str, typer.Option(help="Why it was not kept; the customer may read it.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say why a deadline was not kept: the oldest of that clock which nobody has justified. A case ends only then."""
    from callout.steps.case_clock import justify_breach

    context = context_for(inventory, must_exist=True)
    event = justify_breach(context, inventory_of(context).policy, case, clock, justification)
    due_at = event.body["due_at"][:16].replace("T", " ")
    say(event, f"{event.body['case']}: justified, {event.body['clock']} of {due_at} UTC.", as_json=as_json)
