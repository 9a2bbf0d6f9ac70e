"""Back up a system, and find the backup that a change may rely on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from callout.backups.archive import Repository, repository_of, safe_name
from callout.backups.history import history_of, latest
from callout.backups.increment import why_everything
from callout.backups.levels import verify_stored
from callout.backups.record import BackupRecord, Level, Verification
from callout.backups.scope import Scope, scope_of_system
from callout.backups.sizes import MeasuredScope, measure
from callout.backups.standing import VERIFIED_AGAIN
from callout.backups.taking import Basis, take_backup
from callout.errors import BackupFailed, BadInput, CalloutError, Locked, Unreachable
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.ledger.store import LedgerView
from callout.steps.context import Context

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def scope_for(system: System) -> Scope:
    """What a backup of the system takes and leaves out, and why. Nothing is asked of the system."""
    return scope_of_system(system)


def measured_scope(context: Context, system: System) -> MeasuredScope:
    """The scope as the system is now, with sizes; reads names and inodes there, never content.

    Raises BadInput, BackupFailed (it could not be backed up, and why), Unreachable, TrustRefused.
    """
    return measure(context.connect(system.target), scope_for(system), system.operation.database)


def back_up(
    context: Context, system: System, callout: str = "", *, level: Level = Level.DATA, full: bool = False
) -> BackupRecord:
    """A complete, verified backup, recorded as `backed_up`; anything else is recorded as `backup_failed`.

    Only what was changed since the last verified one crosses the line; with `full`, and every so often by policy,
    everything. Either way it holds all, and needs no other.

    Raises BackupFailed, TrustRefused; and, with nothing recorded because nothing was tried, BadInput (no
    passphrase on file) and Locked.
    """
    repository = repository_of(system, context.places)
    repository = replace(repository, used_before=_is_used(context.ledger, system, repository.location))
    identifier = backup_id(system, context.now(), callout, _used_ids(context.ledger, system))
    basis = basis_for(context.ledger, system, repository, full=full)
    session = context.connect(system.target)
    try:
        # Recorded before anybody else may look: a complete archive without a record is an orphan.
        with repository.held():
            record = take_backup(
                session,
                system,
                repository,
                identifier,
                now=context.now,
                level=level,
                spool_folder=context.places.data / "spool",
                basis=basis,
            )
            context.record("backed_up", system, callout, record.as_dict())
    except (BadInput, Locked):
        raise
    except Unreachable as error:
        failure = BackupFailed(f"The backup was cut off: {error.message}", error.hint)
        context.record("backup_failed", system, callout, _failed(identifier, repository, failure))
        raise failure from None
    except CalloutError as error:
        context.record("backup_failed", system, callout, _failed(identifier, repository, error))
        raise
    except KeyboardInterrupt:
        interrupted = BackupFailed("The backup was interrupted.", "Run it again.")
        context.record("backup_failed", system, callout, _failed(identifier, repository, interrupted))
        raise
    return record


def basis_for(view: LedgerView, system: System, repository: Repository, *, full: bool) -> Basis:
    """What the system's next backup builds on, by ledger and policy; or why it reads everything."""
    gone = _pruned(view, system.name)
    here = [record for _, record in recorded_backups(view, system.name) if record.repository == repository.location]
    latest = latest_verified(view, system.name)
    base = latest[1] if latest and latest[1] in here else None
    earlier = [record for record in here if record.id not in gone]
    because = why_everything(full, base, earlier, system.policy.backups.full_every)
    return Basis("" if because or base is None else base.id, because)


def backup_id(system: System, moment: dt.datetime, callout: str, used: Collection[str] = ()) -> str:
    """`SYSTEM-TIME-CALLOUT`, time in UTC: the first full second from `moment` on whose name is not in `used`.

    Raises BadInput for a name that cannot stand there.
    """
    name, ending = safe_name(system.name, "system"), [safe_name(callout, "call-out")] if callout else []
    while True:
        identifier = "-".join([name, moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ"), *ending])
        if identifier not in used:
            return identifier
        moment += dt.timedelta(seconds=1)


def recorded_backups(view: LedgerView, system_name: str = "") -> list[tuple[Event, BackupRecord]]:
    """Every backup of the ledger, oldest first; of one system, or of all."""
    filters = {"system": system_name} if system_name else {}
    return [(event, BackupRecord.from_dict(event.body)) for event in view.events(kind="backed_up", **filters)]


def recorded_backup(view: LedgerView, backup_id: str) -> tuple[Event, BackupRecord]:
    """The backup of that id. Raises BadInput for one that the ledger does not have, or that was removed."""
    for event in view.events(kind="backed_up"):
        if event.body.get("id") == backup_id:
            if backup_id in _pruned(view, event.system):
                raise BadInput(f"{backup_id} was removed by callout backup prune.", "See: callout backup list")
            return event, BackupRecord.from_dict(event.body)
    raise BadInput(f"The ledger has no backup {backup_id!r}.", "See: callout backup list")


def latest_verified(view: LedgerView, system_name: str) -> tuple[Event, BackupRecord] | None:
    """The newest backup of the system that is verified, did not fail that later, and was not removed; None if none."""
    # What holds them, and for how long, is not asked here.
    found = latest(history_of(view.events(system=system_name), NEVER, pin_days=0))
    return (found.event, found.record) if found and found.record else None


def verify_again(context: Context, system: System, backup_id: str, *, level: Level = Level.DATA) -> Verification:
    """Verifies a stored backup of the system once more and notes the outcome in the ledger.

    Raises BadInput for an id that the ledger does not have, Locked, Unreachable.
    """
    event, record = recorded_backup(context.ledger, backup_id)
    if record.system != system.name:
        raise BadInput(f"{backup_id} is a backup of {record.system}, not of {system.name}.", "See: callout backup list")
    # Where it was stored then, even if the policy names another place by now.
    repository = replace(repository_of(system, context.places), location=record.repository)
    session = context.connect(system.target)
    verification = verify_stored(session, system, repository, record, level, context.places.data / "spool")
    body = {"about": VERIFIED_AGAIN, "backup": backup_id, "good": verification.good, **verification.as_dict()}
    context.record("noted", system, event.callout, body)
    return verification


def _used_ids(view: LedgerView, system: System) -> set[str]:
    """What backups of the system were called: also the failed ones, which may have left a partial archive."""
    kinds = ("backed_up", "backup_failed")
    return {str(event.body.get("id", "")) for kind in kinds for event in view.events(kind=kind, system=system.name)}


def _is_used(view: LedgerView, system: System, location: str) -> bool:
    """Whether the customer's backups were stored there before, by the ledger: also those that are gone by now."""
    stored = view.events(kind="backed_up", customer=system.customer.id)
    return any(event.body.get("repository") == location for event in stored)


def _pruned(view: LedgerView, system_name: str) -> set[str]:
    """Ids whose removal was begun: from then on nobody relies on them."""
    begun = view.events(kind="backup_prune_begun", system=system_name)
    return {str(event.body.get("backup", "")) for event in begun}


def _failed(identifier: str, repository: Repository, error: CalloutError) -> dict[str, Any]:
    return {
        "id": identifier,
        "reason": error.message,
        "hint": error.hint,
        "exit_status": error.exit_status,
        "repository": repository.location,
    }
