"""The manifest of a stored backup, held against the root hash that the ledger has of it before a line is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from callout.backups.archive import Repository
from callout.backups.manifest import Entry, EntryKind, Tally, read_manifest
from callout.backups.record import BackupRecord
from callout.backups.spool import private_spool
from callout.backups.verification import open_manifest
from callout.errors import BackupFailed


def believed_entries(
    repository: Repository, record: BackupRecord, folder: Path, wanted: Callable[[Entry], bool] = lambda entry: True
) -> list[Entry]:
    """The wanted entries, in the order of the archive, with what hard links among them lead to. `folder` is for spools.

    Raises BackupFailed for an archive that cannot be read, or is not the one in the ledger.
    """
    with private_spool(folder) as manifest:
        open_manifest(repository, record.id, manifest)
        tally, found = Tally(), []
        for entry in _entries(manifest, record):
            tally.add(entry)
            if wanted(entry):
                found.append(entry)
        if tally.root_hash() != record.root_hash:
            raise BackupFailed(
                f"{record.id} is not the backup in the ledger: its root hash differs.", "Take another one."
            )
        missing = {entry.target for entry in found if entry.kind is EntryKind.HARD_LINK} - {one.path for one in found}
        if missing:
            manifest.seek(0)
            found += [entry for entry in _entries(manifest, record) if entry.path in missing]
    return found


def _entries(manifest: IO[bytes], record: BackupRecord) -> Iterator[Entry]:
    try:
        yield from read_manifest(manifest)
    except ValueError as error:
        raise BackupFailed(f"{record.id}: its manifest holds {error}; nothing was done.", "Take another.") from None
