"""`callout backup diff`: what differs between two backups of a system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell

if TYPE_CHECKING:
    from callout.backups.pair import PairDifference

MEBIBYTE = 1024 * 1024
# What is listed by name of that which only has another time.
MAXIMUM_TOUCHED = 20


def register(app: typer.Typer) -> None:
    """Adds the verb to the group."""
    app.command("diff")(diff)


def diff(
    before: Annotated[str, typer.Argument(help="The earlier backup's id.", metavar="A")],
    after: Annotated[str, typer.Argument(help="The later backup's id.", metavar="B")],
    names_only: Annotated[bool, typer.Option("--names-only", help="Show no file's text.")] = False,
    callout: Annotated[str, typer.Option(help="Put a summary into this call-out's story; a closed one will do.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say what differs between two backups of a system: file by file, and table by table. Secrets are not shown."""
    from callout.steps.backup import recorded_backup
    from callout.steps.backup_diff import diff_backups, record_difference

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(recorded_backup(context.ledger, before)[1].system)
    found = diff_backups(context, system, before, after, contents=not names_only)
    if callout:
        record_difference(context, system, callout, found)
        tell(f"Noted in {callout}.")
    if as_json:
        print_json({"system": system.name, **as_data(found)})
    else:
        for line in lines_of(found):
            print(line)


def as_data(found: PairDifference) -> dict[str, object]:
    """JSON-able."""
    return {
        "before": found.before,
        "after": found.after,
        "counts": found.counts,
        "files": [one.as_dict() for one in found.files],
        "touched": [one.live_path for one in found.touched],
        "database": found.database.as_dict() if found.database else None,
    }


def lines_of(found: PairDifference) -> list[str]:
    """For a terminal; nothing in it moves the cursor."""
    counted = ", ".join(f"{count} {word}" for word, count in found.counts.items())
    lines = [f"{found.before} → {found.after}", f"{counted}; database {'differs' if found.database else 'the same'}"]
    for one in found.files:
        told = one.difference
        aspects = f"  ({', '.join(told.aspects)})" if told.aspects else ""
        withheld = f"  [{one.withheld}]" if one.withheld else ""
        lines.append(f"{told.what:<8} {told.live_path}{aspects}{withheld}")
        lines += [f"    {line}" for line in one.diff]
        if one.withheld == "secret" and told.before and told.after:
            lines.append(f"    sha256 {told.before.sha256[:16]} → {told.after.sha256[:16]}")
    lines += [f"touched  {one.live_path}" for one in found.touched[:MAXIMUM_TOUCHED]]
    if len(found.touched) > MAXIMUM_TOUCHED:
        lines.append(f"touched  and {len(found.touched) - MAXIMUM_TOUCHED} more: --json has all")
    return [*lines, *_database(found)]


def _database(found: PairDifference) -> list[str]:
    database = found.database
    if database is None:
        return []
    sizes = f"{database.bytes_before / MEBIBYTE:.1f} → {database.bytes_after / MEBIBYTE:.1f} MiB"
    lines = [f"database {database.name}: {sizes}{'' if database.compared else '; not compared table by table'}"]
    for table in database.tables:
        if not table.name:
            lines.append("    views, triggers or routines differ")
            continue
        rows = "" if table.added is None else f", {table.added} rows added, {table.removed} removed"
        structure = ", structure differs" if table.structure else ""
        lines.append(f"    {table.what} {table.name}: {table.rows_before} → {table.rows_after} rows{rows}{structure}")
    return lines
