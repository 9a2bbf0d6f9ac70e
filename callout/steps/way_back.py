"""Which application of a bundle stands on a system, and the change that takes it back."""

from __future__ import annotations

from callout.errors import BadInput, Refused
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.patches.change import Change, SqlChange, Transaction, new_transaction
from callout.patches.images import Image
from callout.steps.context import Context


def latest_application(context: Context, system: System, bundle_id: str) -> tuple[Event, bool]:
    """The latest application that still stands, and True; where all were rolled back the last one, and False."""
    patched = [
        event
        for event in context.ledger.events(kind="patched", system=system.name)
        if event.body["bundle"] == bundle_id
    ]
    if not patched:
        raise BadInput(f"{bundle_id} was never applied to {system.name}.", "callout list shows what was done.")
    undone = {event.body.get("undoes") for event in context.ledger.events(kind="rolled_back", system=system.name)}
    standing = [event for event in patched if event.body["transaction"] not in undone]
    return (standing or patched)[-1], bool(standing)


def standing_application(
    context: Context, system: System, callout: str, transaction_id: str, bundle_id: str
) -> Event | None:
    """The application that a cut run of that id recorded, or else the one that the call-out's run was taking back.

    None where the run applied the bundle and had recorded nothing yet: then the call-out has a plan for it, and no
    application of its own.
    """
    standing = [event for event in standing_applications(context, system) if event.body["bundle"] == bundle_id]
    for event in standing:
        if event.body["transaction"] == transaction_id:
            return event
    if ours := [event for event in standing if event.callout == callout]:
        return ours[-1]
    plans = context.ledger.events(kind="planned", callout=callout)
    if any(event.body["plan"]["bundle"]["id"] == bundle_id for event in plans):
        return None
    return standing[-1] if standing else None


def application_of(context: Context, system: System, transaction_id: str) -> Event | None:
    """The `patched` event of that transaction, taken back or not."""
    patched = context.ledger.events(kind="patched", system=system.name)
    return next((event for event in patched if event.body["transaction"] == transaction_id), None)


def begun_rollback(system: System, callout: str, patched: Event) -> Transaction:
    """The transaction that takes that application back, nothing of it done yet."""
    commands = _commands(system, patched)
    plan_hash = patched.body["plan_hash"]
    changes = way_back(patched)
    return new_transaction(patched.body["bundle"], plan_hash, changes, commands, sql_back(patched), callout=callout)


def way_back(patched: Event) -> list[Change]:
    """The application's files, each from its image after to its image before."""
    return [
        Change(number, one["path"], Image.from_dict(one["after"]), Image.from_dict(one["before"]))
        for number, one in enumerate(patched.body["files"], 1)
    ]


def sql_back(patched: Event) -> SqlChange | None:
    """The way back in the database; None where the application did nothing to one."""
    raw = patched.body.get("sql")
    return SqlChange(**raw).turned() if raw else None


def _commands(system: System, patched: Event) -> list[tuple[str, str]]:
    missing = [service for service in patched.body["restart"] if not system.operation.restart.get(service)]
    if missing:
        raise Refused(
            f"{system.name}: nothing says how {', '.join(missing)} is restarted; nothing was changed.",
            f"Add callout_system.operation.restart.{missing[0]} to host_vars/{system.name}.yml.",
        )
    return [(service, system.operation.restart[service]) for service in patched.body["restart"]]


def standing_applications(context: Context, system: System) -> list[Event]:
    """The `patched` events of that system that were not taken back, oldest first."""
    undone = {event.body.get("undoes") for event in context.ledger.events(kind="rolled_back", system=system.name)}
    patched = context.ledger.events(kind="patched", system=system.name)
    return [event for event in patched if event.body["transaction"] not in undone]
