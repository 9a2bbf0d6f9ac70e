"""`callout backup pin|unpin|prune`: which backups stay, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.findings import exit_code

if TYPE_CHECKING:
    from callout.inventory import Inventory, System
    from callout.steps.prune import Pruned

BackupArgument = Annotated[
    str, typer.Argument(help="The backup's id, as `callout backup list` shows it.", metavar="ID")
]
ReasonOption = Annotated[str, typer.Option(help="Why, in a few words.")]
TicketOption = Annotated[str, typer.Option(help="The ticket in which that was agreed.")]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("pin")(pin)
    app.command("unpin")(unpin)
    app.command("prune")(prune_backups)


def pin(
    backup: BackupArgument,
    reason: ReasonOption,
    ticket: TicketOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Keep a backup until it is unpinned, whatever the rules say."""
    from callout.steps.pins import pin_backup

    event = pin_backup(context_for(inventory, must_exist=True), backup, reason=reason, ticket=ticket)
    if as_json:
        print_json({"backup": backup, "event": event.as_dict()})
    else:
        print(f"Pinned: {backup}.")


def unpin(
    backup: BackupArgument,
    reason: ReasonOption,
    ticket: TicketOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take a backup's pins away, its call-out's too. What an open rollback needs stays all the same."""
    from callout.steps.pins import system_of_backup, unpin_backup

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(system_of_backup(context.ledger, backup))
    days = system.policy.backups.retention.pin_days
    event = unpin_backup(context, backup, reason=reason, ticket=ticket, pin_days=days)
    if as_json:
        print_json({"backup": backup, "event": event.as_dict()})
    else:
        print(f"Unpinned: {backup}.")


def prune_backups(
    system: Annotated[str, typer.Argument(help="Of this system only; of all without it.", metavar="[SYSTEM]")] = "",
    customer: Annotated[str, typer.Option("--customer", help="Of this customer's systems only.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed; remove nothing.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Remove the backups that no rule keeps, and say of each one why it stays or goes.

    Exits 3 where a recorded backup is not in the store, 4 where something in the store needs a person's look.
    """
    from callout.steps.prune import prune

    context = context_for(inventory, must_exist=True)
    known = inventory_of(context)
    told = []
    for one in prune(context, _chosen(known, system, customer), list(known.systems), dry_run):
        told.append(one)
        if not as_json:
            _print(one)
    if as_json:
        print_json({"dry_run": dry_run, "systems": [one.as_dict() for one in told]})
    findings = [finding for one in told for finding in one.findings]
    raise typer.Exit(exit_code(findings) if findings else 0)


def _chosen(known: Inventory, system: str, customer: str) -> list[System]:
    from callout.errors import BadInput

    if system and customer:
        raise BadInput("A system and a customer are named.", "Name one of them.")
    if system:
        return [known.system(system)]
    if customer:
        wanted = known.customer(customer).id
        return [one for one in known.systems.values() if one.customer.id == wanted]
    return list(known.systems.values())


def _print(told: Pruned) -> None:
    from access_check.escaping import shown

    gone = "would go" if told.dry_run else "removed"
    print(f"{told.system}: {len(told.decisions) - len(told.removed)} kept, {len(told.removed)} {gone}")
    for identifier in told.finished:
        print(f"  {gone:<9}{identifier}  its removal was begun and cut off.")
    for orphan in told.orphans:
        word = {"adopt": "would be adopted" if told.dry_run else "adopted", "remove": gone}.get(orphan.fate, "left")
        print(f"  {word:<9}{shown(orphan.id)}  {shown(orphan.seen)}")
    for decision in told.decisions:
        why = " ".join(shown(reason.seen, 300) for reason in decision.reasons)
        print(f"  {'keep' if decision.keep else gone:<9}{decision.id}  {why}")
    for finding in told.findings:
        tell(f"{finding.status}: {finding.seen} {finding.remedy}")
