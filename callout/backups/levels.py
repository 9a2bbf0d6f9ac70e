"""The levels of verification: which looks each of them takes, at a fresh archive and at a stored backup."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from callout.backups.archive import Repository
from callout.backups.manifest import read_manifest
from callout.backups.record import BackupRecord, Level, Verification
from callout.backups.spool import private_spool
from callout.backups.structure import check_store, compare_listing, compare_manifest, require_there
from callout.backups.verification import choose_sample, compare_all, compare_some, compare_with_source
from callout.findings import Finding
from callout.inventory.models import System
from callout.shell import Session


def verify(
    session: Session,
    system: System,
    repository: Repository,
    archive: str,
    manifest: IO[bytes],
    level: Level,
    *,
    seed: str,
) -> list[Finding]:
    """The findings of one level for the archive of that stored name, and for nothing else in the store.

    `manifest` (seekable) is what it shall hold. Reading all of it back compares everything that its listing tells,
    and more.
    """
    manifest.seek(0)
    if level is Level.STRUCTURE:
        return [compare_listing(repository, archive, manifest)]
    sample = choose_sample(read_manifest(manifest), system.policy.backups.sample_files, seed)
    manifest.seek(0)
    if level is Level.DATA:
        return [compare_all(repository, archive, manifest), compare_with_source(session, sample)]
    listed = compare_listing(repository, archive, manifest)
    return [listed, compare_some(repository, archive, sample), compare_with_source(session, sample)]


def verify_stored(
    session: Session, system: System, repository: Repository, record: BackupRecord, level: Level, spool_folder: Path
) -> Verification:
    """Verifies a backup of the ledger again: the store by Borg's check, the manifest against the ledger, the level.

    `structure` asks the system nothing, so it may be out of reach. Of a backup whose manifest is not the ledger's
    nothing more is read. Raises BackupFailed where the store is not there, Locked, BadInput (wrong passphrase),
    Unreachable.
    """
    require_there(repository)
    store = check_store(repository, record.id, whole=level is not Level.SAMPLE)
    with private_spool(spool_folder) as manifest:
        about = compare_manifest(repository, record, manifest)
        if about.blocks:
            return Verification(level, (store, about))
        checked = verify(session, system, repository, record.id, manifest, level, seed=record.root_hash)
        return Verification(level, (store, about, *checked))
