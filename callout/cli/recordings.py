"""`callout recordings prune`: the recordings of sessions that nobody needs any more."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json

app = new_app("Recordings of ssh sessions: how long they stay.")


@app.callback()
def group() -> None:
    """Recordings of ssh sessions: how long they stay."""


@app.command("prune")
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and why the others stay.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Remove recordings older than callout_policy.sessions.keep_days whose work is on an invoice.

    The ledger keeps each one's hash, and that it was removed. Files that the ledger does not know are not touched.
    Exit status 4 where a person has to look at something.
    """
    from access_check.escaping import shown
    from callout.findings import exit_code
    from callout.steps.prune_recordings import prune_recordings

    context = context_for(inventory, must_exist=True)
    told = prune_recordings(context, inventory_of(context).policy.sessions, dry_run=dry_run)
    if as_json:
        print_json(told.as_dict())
    else:
        for name in told.finished:
            print(f"goes   {shown(name)}  an earlier run had begun to remove it")
        for one in told.removed:
            print(f"goes   {one.file}  {one.event.id[:8]}")
        for one in told.kept:
            print(f"stays  {one.file}  {one.event.id[:8]}: {one.why}")
        for finding in told.findings:
            print(f"{finding.status}   {shown(finding.seen)} {finding.remedy}")
    raise typer.Exit(exit_code(told.findings) if told.findings else 0)
