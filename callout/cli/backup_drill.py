"""`callout backup drill`: restore a backup into a machine of its own and see whether it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.findings import exit_code

if TYPE_CHECKING:
    from callout.ledger.event import Event
    from callout.steps.context import Context


def register(app: typer.Typer) -> None:
    """Adds the verb to the group."""
    app.command("drill")(drill_backup)


def drill_backup(
    backup: Annotated[
        str, typer.Argument(help="The backup's id; or a system, for its newest verified backup.", metavar="ID|SYSTEM")
    ],
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to, like CO-0001.")] = "",
    due: Annotated[
        bool, typer.Option("--due", help="Only where policy's drill_max_age_days wants one by now; for schedules.")
    ] = False,
    last: Annotated[bool, typer.Option("--last", help="Tell of the last drill of that backup; make none.")] = False,
    page: Annotated[
        Path | None, typer.Option("--page", help="Where the report goes: .html or .md; default: the data folder.")
    ] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Restore a backup into a container of its own, compare every file, load its database, start what it holds.

    Asks nothing of the system. Exits 7 where the backup is not proven: failed, or something could not be found out.
    """
    from callout.backups.drill_record import DrillRecord
    from callout.errors import BackupFailed
    from callout.steps.drill import backup_to_drill, drill, drill_is_due, recorded_drill

    context = context_for(inventory, must_exist=True)
    identifier, system = backup_to_drill(context, inventory_of(context), backup)
    if due and not drill_is_due(context, system):
        tell(f"No drill of {system.name} is due.")
        if as_json:
            print_json({"drill": None, "due": False})
        return
    if last:
        event = recorded_drill(context.ledger, identifier)
        record = DrillRecord.from_dict(event.body)
    else:
        event, record = drill(context, system, identifier, callout, tell=tell)
    written = _written(context, event, page)
    if as_json:
        print_json({"drill": record.as_dict(), "event": event.hash, "page": str(written)})
    else:
        from callout.views.drill import drill_text

        print(drill_text(event))
    tell(f"Wrote {written}.")
    if not record.proven:
        blocking = next(finding for finding in record.findings if finding.blocks)
        raise BackupFailed(f"{identifier} is not proven: {blocking.seen}", blocking.remedy)
    raise typer.Exit(exit_code(record.findings))


def _written(context: Context, event: Event, page: Path | None) -> Path:
    from callout.cli.written import write_private
    from callout.views.drill import drill_html, drill_markdown

    # One page per drill, also of one backup that is drilled twice.
    name = f"drill-{event.body['backup']}-{event.at[:19].replace(':', '').replace('-', '')}Z.html"
    path = page or context.places.pages / name
    write_private(path, drill_markdown(event) if path.suffix == ".md" else drill_html(event))
    return path
