"""What a restore is carried by: its journal, the system's lock, the store, and what a person has confirmed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from callout.backups.probe import probe
from callout.backups.record import BackupRecord
from callout.backups.restoring import database as databases
from callout.backups.restoring.carry import Carrier
from callout.backups.restoring.journal import ENDED, Journal, JournalShelf, Phase
from callout.backups.restoring.remote import RestoreRemote
from callout.backups.restoring.selection import Part
from callout.backups.scope import scope_of_system
from callout.errors import BadInput
from callout.inventory.models import System
from callout.steps.backup import backup_id
from callout.steps.context import Context
from callout.steps.patch import who, work_folder
from callout.steps.restore_doors import expecting, known_keys_of
from callout.steps.restore_look import Prospect, repository_for


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person said besides: the system's name, that it may be the live one, that its database is lost anyway."""

    onto: str = ""
    overwrite_live: bool = False
    database_is_lost: bool = False


def new_carrier(
    context: Context,
    system: System,
    callout: str,
    plan: Prospect,
    confirmed: Confirmed,
) -> tuple[Carrier, Journal]:
    """A carrier for what was planned, at its beginning; nothing is written or sent yet."""
    identifier = backup_id(system, context.now(), callout)
    files = plan.plan.rooms
    kept = tuple(dict.fromkeys(room.kept(identifier) for room in files)) or (f"/.callout-kept-{identifier}",)
    database = system.operation.database
    journal = Journal(
        id=identifier,
        system=system.name,
        callout=callout,
        backup=plan.record.id,
        token=secrets.token_hex(8),
        phase=Phase.BEGUN,
        rooms=tuple(room.folder(identifier) for room in sorted(files, key=lambda room: room.part is Part.DOORS)),
        kept=kept,
        database=plan.record.database.name if plan.record.database else "",
        client=plan.survey.client if database else "",
        restart=tuple(system.operation.restart.items()),
        former_keys=known_keys_of(system),
    )
    carrier = carrier_of(context, system, callout, journal, plan.record)
    if plan.asked.database and not confirmed.database_is_lost:
        carrier.keep_database = lambda: _keep_database(context, system, carrier)
    return carrier, journal


def _keep_database(context: Context, system: System, carrier: Carrier) -> tuple[str, str]:
    session = carrier.remote.session
    if system.operation.database is None:
        raise BadInput(f"{system.name} has no database on file.", "Set callout_system.operation.database.")
    database = system.operation.database.model_copy(update={"name": carrier.journal.database})
    abilities, _ = probe(session, scope_of_system(system), database)
    folder, identifier = context.places.data / "spool", carrier.journal.id
    return databases.keep_present(session, carrier.repository, abilities, database, identifier, folder, context.now())


def carrier_of(
    context: Context, system: System, callout: str, journal: Journal, record: BackupRecord | None = None
) -> Carrier:
    """The carrier that goes on with a journal; `record` is the backup's, looked up where it is not given."""
    if record is None:
        bodies = (event.body for event in context.ledger.events(kind="backed_up"))
        record = BackupRecord.from_dict(next(body for body in bodies if body.get("id") == journal.backup))
    # Wherever it was cut: the keys of before and those of the backup are both expected.
    folder = shelf_of_restores(context).folder / journal.id
    session = context.connect((system if journal.phase in ENDED else expecting(system, folder)).target)
    remote = RestoreRemote(session, work_folder(system), journal.token, who(context, callout))
    repository = repository_for(context, system, record)
    return Carrier(remote, shelf_of_restores(context), repository, journal, lambda: None, None)


def shelf_of_restores(context: Context) -> JournalShelf:
    """Where the journals of all restores of this inventory are."""
    return JournalShelf(context.places.data / "restores")
