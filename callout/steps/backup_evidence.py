"""The backup that a change may rely on: chosen by the ledger, then looked up in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callout.backups.archive import repository_of
from callout.backups.evidence import CHECK, Needed, choose_backup, taken_at
from callout.backups.history import history_of
from callout.backups.record import BackupRecord, Level
from callout.backups.spool import private_spool
from callout.backups.structure import compare_manifest, require_there
from callout.errors import BackupFailed, BadInput, CalloutError, Locked
from callout.findings import Finding, Move, Status
from callout.ledger.chain import verify_chain
from callout.policy.gate import Dated
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory.models import System


def backup_for_change(context: Context, system: System, callout: str) -> tuple[Dated | None, list[Finding]]:
    """The backup that a change of `callout` would rely on (None where there is none), and all that was seen of it.

    The ledger must be unforged, the backup by its rules, and the archive in the store the one of the ledger. Reads
    its manifest back, and nothing else. What stands in the way is a finding, never an error.
    """
    chain = [finding for finding in verify_chain(context.ledger.rows(), context.ledger.complaints()) if finding.blocks]
    if chain:
        seen = f"What the ledger says cannot be relied on: {chain[0].seen}"
        return None, [Finding(CHECK, Status.FAIL, "ledger", seen, Move.US, "Run: callout ledger verify")]
    events = list(context.ledger.events(system=system.name))
    needed = Needed(
        system=system.name,
        customer=system.customer.id,
        callout=callout,
        level=Level(system.policy.gate.backup_level),
        database=system.operation.database is not None,
        now=context.now(),
    )
    history = history_of(events, needed.now, system.policy.backups.retention.pin_days)
    known, said = choose_backup(history, events, needed)
    if known is None or known.record is None:
        return None, [said]
    looked = [said, _in_the_store(context, system, known.record)]
    return Dated(taken_at(known), [*known.record.verification.findings, *looked]), looked


def _in_the_store(context: Context, system: System, record: BackupRecord) -> Finding:
    try:
        repository = replace(repository_of(system, context.places), location=record.repository)
        require_there(repository)
        with private_spool(context.places.data / "spool") as manifest:
            found = compare_manifest(repository, record, manifest)
    except Locked as error:
        return Finding(CHECK, Status.UNKNOWN, "locked", error.message, Move.US, error.hint)
    except BackupFailed as error:
        return Finding(CHECK, Status.FAIL, "store", error.message, Move.US, error.hint)
    except BadInput as error:
        return Finding(CHECK, Status.FAIL, "passphrase", error.message, Move.US, error.hint)
    except CalloutError as error:
        return Finding(CHECK, Status.UNKNOWN, "unknown", error.message, Move.US, error.hint)
    return replace(found, check=CHECK)
