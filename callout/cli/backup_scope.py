"""`callout backup scope`: what a backup of a system takes and leaves out, who wants it so, and how much it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json

if TYPE_CHECKING:
    from callout.backups.scope import Scope
    from callout.backups.sizes import MeasuredScope

MEBIBYTE = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Adds the verb to the group."""
    app.command("scope")(show_scope)


def show_scope(
    system: Annotated[str, typer.Argument(help="The system, as the inventory names it.", metavar="SYSTEM")],
    no_sizes: Annotated[bool, typer.Option("--no-sizes", help="From the inventory alone; ask nothing there.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say what a backup of the system takes, what it leaves out, why, and how much it is. Reads no file there."""
    from callout.backups.pacing import limit_of
    from callout.steps.backup import measured_scope, scope_for

    context = context_for(inventory)
    found = inventory_of(context).system(system)
    limit = limit_of(found)
    told = scope_for(found) if no_sizes else measured_scope(context, found)
    if as_json:
        line_limit = {"kbit_s": limit.kbit_s, "key": limit.key} if limit else None
        print_json({"system": system, "measured": not no_sizes, "line_limit": line_limit, "scope": told.as_dict()})
        return
    for line in _lines(told):
        print(line)
    if limit:
        print(f"read at {limit.kbit_s} kbit/s at most: {limit.key}")


def _lines(told: Scope | MeasuredScope) -> list[str]:
    from access_check.escaping import shown

    scope: dict[str, Any] = told.as_dict()
    rows: list[tuple[str, str, str, str]] = []
    for word, key in (("take", "taken"), ("leave", "left_out")):
        rows += [(word, shown(one["path"], 200), _amount(one), one["why"]) for one in scope[key]]
    word = "take" if scope["recordings_taken"] else "leave"
    for one in scope["recordings"]:
        path, amount = (one["path"], _amount(one)) if isinstance(one, dict) else (one, "")
        rows.append((word, path, amount, "recordings, a class of their own"))
    if scope.get("database"):
        rows.append(("take", f"database {scope['database']}", "", "dumped; its size shows only then"))
    path_width, amount_width = (max((len(row[place]) for row in rows), default=0) for place in (1, 2))
    lines = [f"{word:<6}{path:<{path_width}}  {amount:>{amount_width}}  {why}" for word, path, amount, why in rows]
    if "total" in scope:
        lines.append(f"total {_amount(scope['total'])}, without the database")
    return lines


def _amount(one: dict[str, Any]) -> str:
    if one.get("absent"):
        return "not there"
    if "bytes" not in one:
        return ""
    least = "" if one["whole"] else "at least "
    return f"{least}{one['files']} files {one['bytes'] / MEBIBYTE:.1f} MiB"
