"""`callout backup …`: take one, list them, verify one again, and say what one would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli import backup_diff, backup_drill, backup_keep, backup_restore, backup_scope
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.findings import exit_code

if TYPE_CHECKING:
    from callout.backups.record import Verification
    from callout.steps.context import Context

app = new_app("Backups of customers' systems: encrypted, verified, on our side.")

SystemArgument = Annotated[str, typer.Argument(help="The system, as the inventory names it.", metavar="SYSTEM")]
LevelOption = Annotated[
    str,
    typer.Option(
        "--level",
        help="structure: no content; sample: some files; data: every byte.",
        metavar="[structure|sample|data]",
    ),
]


@app.command("create")
def create_backup(
    system: SystemArgument,
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to, like CO-0001.")] = "",
    after: Annotated[
        bool, typer.Option("--after", help="After the call-out's change: put what differs into its story.")
    ] = False,
    level: LevelOption = "data",
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what was changed.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Back a system up and verify it. Exits 7 where that does not come to a good end."""
    from callout.steps.backup import back_up
    from callout.steps.record import require_open

    context = context_for(inventory)
    found = inventory_of(context).system(system)
    wanted = _level(level)
    if after:
        before = _before(context, callout, system)
    elif callout:
        require_open(context.ledger, callout, system)
    record = back_up(context, found, callout, level=wanted, full=full)
    if after:
        from callout.steps.backup_diff import diff_backups, record_difference

        event = record_difference(
            context, found, callout, diff_backups(context, found, before, record.id, contents=False)
        )
        tell(f"Noted in {callout}: {event.body['changed']} files changed since {before}.")
    if as_json:
        print_json({"backup": record.as_dict()})
    else:
        from callout.steps.backup_list import record_line

        print(record_line(record))
        _print_verification(record.verification)


@app.command("list")
def list_backups(
    system: Annotated[str, typer.Option("--system", "-s", help="Of this system only.")] = "",
    store: Annotated[
        bool, typer.Option("--store", help="Look into the store too: for what has no record, and what is missing.")
    ] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List the backups in the ledger, oldest first: what keeps each, and which were removed. Asks no system.

    With --store it exits 3 where a recorded backup is missing there, 4 where something in it has no record.
    """
    from callout.steps.backup_list import listed_backups, listed_stores

    context = context_for(inventory)
    known = inventory_of(context)
    rows = listed_backups(context, known, system)
    told = listed_stores(context, known, system) if store else []
    findings = [finding for one in told for finding in one.findings]
    if as_json:
        more = {"findings": [finding.as_dict() for finding in findings]} if store else {}
        print_json({"backups": [row.as_dict() for row in rows], **more})
    else:
        for row in rows:
            print(row.text)
        for finding in findings:
            print(f"  {finding.status}: {finding.seen} {finding.remedy}")
    raise typer.Exit(exit_code(findings) if findings else 0)


@app.command("verify")
def verify_backup(
    backup: Annotated[str, typer.Argument(help="The backup's id, as `callout backup list` shows it.", metavar="ID")],
    level: LevelOption = "data",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Verify a stored backup again and note the outcome in the ledger. Exits 7 where it is not whole.

    structure has Borg check the repository and compares the archive's listing with its manifest, and that with the
    ledger; the system is not asked. sample reads some files back, too, and compares them with the system. data reads
    every byte.
    """
    from callout.errors import BackupFailed
    from callout.steps.backup import recorded_backup, verify_again

    context = context_for(inventory, must_exist=True)
    wanted = _level(level)
    _, record = recorded_backup(context.ledger, backup)
    verification = verify_again(context, inventory_of(context).system(record.system), backup, level=wanted)
    if as_json:
        print_json({"backup": backup, "good": verification.good, "verification": verification.as_dict()})
    else:
        _print_verification(verification)
    if not verification.good:
        blocking = next(finding for finding in verification.findings if finding.blocks)
        raise BackupFailed(f"{backup} is not verified: {blocking.seen}", blocking.remedy)
    raise typer.Exit(exit_code(verification.findings))


def _before(context: Context, callout: str, system: str) -> str:
    """The backup to compare with, found before anything is taken; a playbook's call-out is closed by then."""
    from callout.errors import BadInput
    from callout.steps.backup_diff import backup_before
    from callout.steps.record import opening_of

    if not callout:
        raise BadInput("--after needs the call-out.", "Name it: --callout CO-0001")
    opening_of(context.ledger, callout, system)
    return backup_before(context, callout)


def _level(word: str) -> Any:
    from callout.backups.record import Level
    from callout.errors import BadInput

    try:
        return Level(word)
    except ValueError:
        raise BadInput(f"--level {word!r} is no level of verification.", "Use structure, sample or data.") from None


def _print_verification(verification: Verification) -> None:
    for finding in verification.findings:
        print(f"  {finding.status}: {finding.seen}{' ' + finding.remedy if finding.remedy else ''}")


backup_keep.register(app)
backup_scope.register(app)
backup_diff.register(app)
backup_drill.register(app)
backup_restore.register(app)
