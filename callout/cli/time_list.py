"""`callout time list` and `gaps`: what was worked, and what is missing between."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json
from callout.cli.time_options import ZoneOption


def register(app: typer.Typer) -> None:
    """Adds the verbs to `callout time`."""
    app.command("list")(list_work)
    app.command("gaps")(gaps)


def list_work(
    month: Annotated[str, typer.Option(help="Only work that began in this month (UTC), like 2026-03.")] = "",
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    system: Annotated[str, typer.Option(help="Only on this system.")] = "",
    ticket: Annotated[str, typer.Option(help="Only under this ticket.")] = "",
    callout: Annotated[str, typer.Option(help="Only of this call-out.")] = "",
    actor: Annotated[str, typer.Option(help="Only of this person, as name@machine.")] = "",
    source: Annotated[str, typer.Option(help="Only from here: playbook, person, session or import.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="What was withdrawn, too, and every amendment.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List logged work, oldest first, with expenses and the sessions that run."""
    from callout.errors import BadInput
    from callout.steps.worked import worked
    from callout.views.worked import worked_dict, worked_text
    from callout.worklog.entry import Source
    from callout.worklog.month import parse_month
    from callout.worklog.worked import Wanted

    if source and source not in tuple(Source):
        raise BadInput(f"{source[:40]!r} is no source of work.", f"Use one of: {', '.join(Source)}.")
    span = parse_month(month).span("UTC") if month else None
    wanted = Wanted(customer, system, ticket, callout, actor, source, span, withdrawn=everything)
    found = worked(context_for(inventory, must_exist=True).ledger, wanted)
    if as_json:
        print_json(worked_dict(found))
    else:
        print(worked_text(found, amendments=everything))


def gaps(
    day: Annotated[str, typer.Option(help="Only this day, like 2026-03-02; default: today.")] = "",
    month: Annotated[str, typer.Option(help="All days of this month, like 2026-03.")] = "",
    zone: ZoneOption = "",
    actor: Annotated[str, typer.Option(help="Of this person, as name@machine; default: you.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show what is missing between your work: gaps in working hours, runs without work, what overlaps or still runs."""
    from callout.errors import BadInput
    from callout.steps.gaps import find_gaps
    from callout.steps.zones import zone_for
    from callout.views.gaps import gaps_dict, gaps_text
    from callout.worklog.moments import day_of
    from callout.worklog.month import parse_month

    if day and month:
        raise BadInput("--day and --month are both given.", "Give one of them.")
    named = parse_month(month) if month else None
    date = day_of(day, "--day") if day else None
    clocks = zone_for(zone, os.environ)
    context = context_for(inventory, must_exist=True)
    found = find_gaps(context, inventory_of(context).policy, clocks, day=date, month=named, actor=actor)
    if as_json:
        print_json(gaps_dict(found))
    else:
        print(gaps_text(found))
