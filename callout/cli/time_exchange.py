"""`callout time import` and `export`: work from and for Timewarrior, klog, timeclock files and Kimai."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.cli.written import write_private

FormatArgument = Annotated[
    str,
    typer.Argument(help="timewarrior, timewarrior-data, klog, timeclock, kimai-csv or kimai-json.", metavar="FORMAT"),
]


def register(app: typer.Typer) -> None:
    """Adds the verbs to `callout time`."""
    app.command("import")(import_work)
    app.command("export")(export_work)


def import_work(
    form: FormatArgument,
    path: Annotated[Path, typer.Argument(help="The file.", metavar="FILE")],
    zone: Annotated[str, typer.Option(help="Whose clocks its local times are by, like Europe/Berlin.")] = "",
    rules: Annotated[
        Path | None, typer.Option("--map", help="Rules (YAML): which tag or project means which customer and ticket.")
    ] = None,
    customer: Annotated[str, typer.Option(help="For all that names nobody.")] = "",
    system: Annotated[str, typer.Option(help="Likewise, the system.")] = "",
    callout: Annotated[str, typer.Option(help="Likewise, the call-out.")] = "",
    ticket: Annotated[str, typer.Option(help="For all without a ticket.")] = "",
    activity: Annotated[str, typer.Option(help="For all without one: maintenance, support, development, travel.")] = "",
    role: Annotated[str, typer.Option(help="For all without one: engineer or developer.")] = "",
    user: Annotated[str, typer.Option(help="Only this user's, where the file has several people's work.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be imported, and import nothing.")
    ] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take your work over from another program: all of the file or nothing, and nothing twice."""
    from callout.steps import exchange
    from callout.steps.zones import zone_for
    from callout.views.exchanged import taken_dict, taken_text

    options = {
        "customer": customer,
        "system": system,
        "callout": callout,
        "ticket": ticket,
        "activity": activity,
        "role": role,
    }
    file = exchange.file_at(path, zone_for(zone, os.environ) if zone else None)
    by = exchange.rules_at(rules)
    context = context_for(inventory)
    found, stored = exchange.import_work(
        context, inventory_of(context), form, file, rules=by, options=options, person=user, dry_run=dry_run
    )
    if as_json:
        print_json(taken_dict(file.name, found, stored))
    else:
        print(taken_text(file.name, found, dry_run=dry_run))


def export_work(
    form: FormatArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    month: Annotated[str, typer.Option(help="Only work that began in this month (UTC), like 2026-03.")] = "",
    customer: Annotated[str, typer.Option(help="Only this customer's.")] = "",
    system: Annotated[str, typer.Option(help="Only on this system.")] = "",
    ticket: Annotated[str, typer.Option(help="Only under this ticket.")] = "",
    actor: Annotated[str, typer.Option(help="Of this person, as name@machine; default: you.")] = "",
    zone: Annotated[str, typer.Option(help="By whose clocks, where the format has local times.")] = "UTC",
    inventory: InventoryOption = None,
) -> None:
    """Give your work out to another program. Internal notes stay here."""
    from callout.steps import exchange
    from callout.steps.zones import zone_for
    from callout.worklog.month import parse_month
    from callout.worklog.worked import Wanted

    context = context_for(inventory, must_exist=True)
    span = parse_month(month).span("UTC") if month else None
    wanted = Wanted(customer, system, ticket, actor=actor or context.actor, span=span)
    text, written, left_out = exchange.export_work(context, form, wanted, zone_for(zone, os.environ))
    if output is None:
        print(text, end="")
    else:
        write_private(output, text)
    for entry, why in left_out:
        tell(f"Left out: {entry.event.id[:8]}, {entry.ticket}: {why}.")
    tell(f"{len(written)} pieces of work as {form}{f' in {output}' if output else ''}.")
