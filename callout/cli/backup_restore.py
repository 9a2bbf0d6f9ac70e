"""`callout backup restore|restore-undo|restore-let-go`: put a backup back, take that back, or let the old things go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.findings import exit_code

if TYPE_CHECKING:
    from callout.backups.restoring.selection import Asked
    from callout.findings import Finding
    from callout.steps.restore_look import Prospect

CalloutOption = Annotated[str, typer.Option("--callout", help="The call-out that it belongs to, like CO-0001.")]
RestoreArgument = Annotated[
    str, typer.Argument(help="The restore's id, as `callout backup restore` said it.", metavar="RESTORE")
]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("restore")(restore_backup)
    app.command("restore-undo")(undo)
    app.command("restore-let-go")(release)


def restore_backup(
    backup: Annotated[
        str, typer.Argument(help="The backup's id, or a system: its newest verified one.", metavar="ID|SYSTEM")
    ],
    callout: CalloutOption = "",
    onto: Annotated[str, typer.Option("--onto", help="The system to restore onto, by name.", metavar="SYSTEM")] = "",
    overwrite_live: Annotated[
        bool, typer.Option("--overwrite-live", help="Really overwrite a system that is in use; needs --onto.")
    ] = False,
    path: Annotated[list[str] | None, typer.Option("--path", help="Only this path and what is below it.")] = None,
    database: Annotated[bool, typer.Option("--database", help="Only the database, or besides --path.")] = False,
    files: Annotated[bool, typer.Option("--files", help="Only the files, not the database.")] = False,
    keep_host_keys: Annotated[
        bool, typer.Option("--keep-host-keys", help="The system keeps the SSH host keys that it has now.")
    ] = False,
    database_is_lost: Annotated[
        bool, typer.Option("--database-is-lost", help="Do not keep the present database: it cannot be dumped any more.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--check", help="Say what would be done; change nothing.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Name the files that are created and replaced.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Put a backup back: all of it, single paths, or the database. Shows its plan first, keeps what it replaces.

    Exits 8 where it is refused, 10 where it failed and everything is as before, 11 where that failed, too.
    """
    from callout.steps.restore import judged, restore
    from callout.steps.restore_carrier import Confirmed
    from callout.steps.restore_health import health_after_restore
    from callout.steps.restore_look import backup_to_restore, prospect

    context = context_for(inventory, must_exist=True)
    known = inventory_of(context)
    record = backup_to_restore(context, backup)
    system = known.system(onto or record.system)
    asked = _asked(path or [], database, files, keep_host_keys)
    confirmed = Confirmed(onto, overwrite_live, database_is_lost)
    if dry_run:
        plan = prospect(context, system, record.id, asked)
        findings = judged(context, system, callout, plan, confirmed)
        if as_json:
            print_json({"plan": plan.as_dict(), "findings": [finding.as_dict() for finding in findings]})
        else:
            _print_plan(plan, names=True)
            _print_findings(findings)
        raise typer.Exit(exit_code(findings))
    _require_callout(callout)
    say = (lambda plan: _print_plan(plan, names=diff)) if not as_json else (lambda plan: None)
    health = health_after_restore(context, system)
    done = restore(context, system, callout, record.id, asked, confirmed, health, show=say)
    if as_json:
        print_json({"callout": callout, **done.as_dict()})
    elif not done.changed:
        print(f"{system.name} is as in {record.id}; nothing to do.")
    else:
        _print_findings(done.findings)
        print(f"{system.name}: restored from {record.id}.")
        print(f"What was replaced is kept there in {', '.join(done.kept)}:")
        print(f"  to take it back: callout backup restore-undo {done.id} --callout {callout}")
        print(f"  to let it go:    callout backup restore-let-go {done.id} --callout {callout}")
        print("By hand:")
        for sentence in done.plan.by_hand:
            print(f"  - {_shown(sentence)}")
    raise typer.Exit(exit_code(done.findings) if done.changed else 0)


def undo(
    restore: RestoreArgument,
    callout: CalloutOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Put back what a restore replaced, the database too."""
    from callout.steps.restore import undo_restore

    _end(undo_restore, "taken back", restore, callout, as_json, inventory)


def release(
    restore: RestoreArgument,
    callout: CalloutOption = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Remove what a restore had kept, at the system and in our store. Then it cannot be taken back any more."""
    from callout.steps.restore import let_go

    _end(let_go, "let go", restore, callout, as_json, inventory)


def _end(step: Any, word: str, restore: str, callout: str, as_json: bool, inventory: Any) -> None:
    from callout.steps.record import require_open

    _require_callout(callout)
    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(require_open(context.ledger, callout).system)
    journal = step(context, system, callout, restore)
    if as_json:
        print_json({"callout": callout, "restore": journal.id, "phase": str(journal.phase)})
    else:
        print(f"{system.name}: {journal.id} {word}.")


def _asked(paths: list[str], database: bool, files: bool, keep_host_keys: bool) -> Asked:
    from callout.backups.restoring.selection import Asked
    from callout.errors import BadInput

    if database and files:
        raise BadInput("--database and --files are both given.", "Without either all of it is restored.")
    only_database = database and not paths
    return Asked(tuple(paths), not only_database, database if paths else not files, keep_host_keys)


def _require_callout(callout: str) -> None:
    from callout.errors import BadInput

    if not callout:
        raise BadInput("A restore belongs to a call-out.", "Open one, then name it: --callout CO-0001")


def _print_plan(plan: Prospect, *, names: bool) -> None:
    counts, told = plan.plan.counts(), plan.plan.as_dict()
    print(f"{plan.record.id} of {plan.record.started:%Y-%m-%d %H:%M} UTC onto {plan.target}:")
    print(f"  {counts['create']} entries are created, {counts['replace']} replaced and kept, {counts['leave']} left.")
    for act in ("create", "replace") if names else ():
        for name in told[act]:
            print(f"    {act}: {name}")
        if len(told[act]) < counts[act]:
            print(f"    {act}: … {counts[act] - len(told[act])} more, folders included")
    for disk in told["disks"]:
        print(f"  {disk['bytes'] // 1024**2 + 1} MiB are sent to the disk of {disk['folder']} ({disk['part']}).")
    if plan.asked.database and plan.record.database:
        print(f"  The database {plan.record.database.name} is loaded; its rows are counted.")
    print(f"  Plan {plan.hash}")


def _print_findings(findings: list[Finding] | tuple[Finding, ...]) -> None:
    for finding in findings:
        print(f"  {finding.status}: {_shown(finding.seen)}{' ' + _shown(finding.remedy) if finding.remedy else ''}")
    if any(finding.blocks for finding in findings):
        tell("Not everything is as it should be; see above.")


def _shown(text: str) -> str:
    from access_check.escaping import shown

    return shown(text, 1000)
