"""How a restore left the paths that changed: by the manifest of the backup in our own store, if the ledger knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from callout.backups.believed import believed_entries
from callout.backups.manifest import Entry, EntryKind
from callout.backups.restoring.selection import Asked, is_put_back, is_way
from callout.drift.change import Change, What
from callout.drift.evidence import RestoredFile
from callout.steps.backup import recorded_backup
from callout.steps.context import Context
from callout.steps.restore_look import repository_for

if TYPE_CHECKING:
    from callout.inventory.models import System

_KINDS = {
    EntryKind.FILE: "f", EntryKind.FOLDER: "d", EntryKind.SYMLINK: "l", EntryKind.FIFO: "p",
    EntryKind.CHARACTER_DEVICE: "c", EntryKind.BLOCK_DEVICE: "b",
}  # fmt: skip


def left_files(
    context: Context, system: System, backup: str, asked: Asked, changed: Iterable[Change]
) -> Mapping[str, RestoredFile]:
    """How a restore of that backup left the changed paths: those that it brought, by the manifest in our own store.

    Raises BadInput for a backup that the ledger does not have any more; BackupFailed for one that cannot be read.
    """
    _, record = recorded_backup(context.ledger, backup)
    by_path = {change.subject: change for change in changed}

    def is_wanted(entry: Entry) -> bool:
        change = by_path.get(entry.live_path)
        if change is None:
            return False
        return is_put_back(entry, asked) or (change.what is What.ADDED and is_way(entry, asked))

    folder = context.places.data / "spool"
    entries = believed_entries(repository_for(context, system, record), record, folder, is_wanted)
    named = {entry.path: entry for entry in entries}
    # What a hard link leads to comes along, wanted or not.
    return {
        entry.live_path: _left(named.get(entry.target, entry) if entry.kind is EntryKind.HARD_LINK else entry)
        for entry in entries
        if is_wanted(entry)
    }


def _left(entry: Entry) -> RestoredFile:
    target = entry.target.encode("utf-8", "surrogateescape")
    mark = hashlib.sha256(target).hexdigest() if entry.kind is EntryKind.SYMLINK else entry.sha256
    # A hard link whose other name the manifest lacks: no kind that a look tells, so it fits nothing.
    return RestoredFile(_KINDS.get(entry.kind, ""), mark, entry.mode, entry.uid, entry.gid)
