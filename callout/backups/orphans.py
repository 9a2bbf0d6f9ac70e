"""Archives that are whole in the store and have no record: whose they are, and what becomes of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from callout.backups.archive import Repository
from callout.backups.manifest import DATABASE, Entry, Tally, read_manifest
from callout.backups.record import BackupRecord, DumpRecord, Level, Names, Verification
from callout.backups.spool import private_spool
from callout.backups.verification import compare_all, open_manifest
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status
from callout.inventory.models import System

IDENTIFIER = re.compile(r"(?P<system>.+)-(?P<stamp>[0-9]{8}T[0-9]{6}Z)(?:-(?P<callout>.+))?")


class Fate(StrEnum):
    """What becomes of an orphan. Foreign and damaged ones are left alone: a person looks at them.

    So is what another machine wrote, and nobody has to look: it has a ledger of its own, in which its records are.
    """

    ADOPT = "adopt"
    REMOVE = "remove"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    ANOTHERS = "anothers"


@dataclass(frozen=True, slots=True)
class Orphan:
    """One archive without a record. `started` is from its name, UTC; `record` is what adopting it would record."""

    id: str
    fate: Fate
    seen: str
    system: str = ""
    callout: str = ""
    started: dt.datetime | None = None
    record: BackupRecord | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"id": self.id, "system": self.system, "fate": str(self.fate), "seen": self.seen}


def named(name: str, systems: Collection[str]) -> tuple[str, dt.datetime, str] | None:
    """System, beginning (UTC) and call-out that an archive's name tells; None for a name that is not one of ours."""
    found = IDENTIFIER.fullmatch(name)
    if not found or found["system"] not in systems:
        return None
    try:
        started = dt.datetime.strptime(found["stamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return found["system"], started, found["callout"] or ""


def judge_orphan(name: str, systems: Collection[str], given_up: Collection[str], *, ours: bool) -> Orphan:
    """What becomes of it before anybody read it. `given_up` are ids that the ledger calls failed or pruned.

    `ours` says that this machine wrote it. Of a store that two machines use, each knows its own records only: what
    the other one wrote is not adopted here, where our rules would remove it, not even under a name that we gave up.
    An archive gets its name only after it was verified, so one without a record is what a kill left between
    the two: it is adopted, unless the ledger has told people that this backup failed or was removed.
    """
    told = named(name, systems)
    if told is None:
        return Orphan(name, Fate.FOREIGN, "No backup of a system in the inventory is called so; it is left alone.")
    system, started, callout = told
    if not ours:
        seen = "Another machine wrote it, or callout in another folder, which has its record; it is left alone."
        return Orphan(name, Fate.ANOTHERS, seen, system, callout, started)
    if name in given_up:
        seen = "The ledger calls it failed or removed: nobody relies on it."
        return Orphan(name, Fate.REMOVE, seen, system, callout, started)
    return Orphan(name, Fate.ADOPT, "It is whole and was never recorded.", system, callout, started)


def read_orphan(repository: Repository, orphan: Orphan, system: System, spool_folder: Path) -> Orphan:
    """The orphan with the record that adopting it makes; or as damaged, where it does not read back whole."""
    tally, dump, recordings = Tally(), None, "unknown"
    monitors = tuple(f"{path.rstrip('/')}/" for path in system.operation.backup.recordings)
    with private_spool(spool_folder) as manifest:
        try:
            open_manifest(repository, orphan.id, manifest)
            for entry in read_manifest(manifest):
                tally.add(entry)
                if entry.path.startswith(DATABASE):
                    dump = dump or _dump(entry)
                elif entry.live_path.startswith(monitors):
                    recordings = "in"
            manifest.seek(0)
            finding = compare_all(repository, orphan.id, manifest)
        except (ValueError, BackupFailed) as error:
            return _damaged(orphan, str(error))
    if finding.blocks:
        return _damaged(orphan, finding.seen)
    seen = "It was found whole in the store without a record; what changed while it was read is not known."
    adopted = Finding("backup.adopted", Status.WARN, "adopted", seen, Move.US, "Back up again where that matters.")
    record = BackupRecord(
        id=orphan.id,
        system=system.name,
        customer=system.customer.id,
        product=system.product,
        started=_started(orphan),
        ended=_started(orphan),
        duration_ms=0,
        verification_ms=0,
        bytes_over_line=0,
        counts=dict(tally.counts),
        total_bytes=tally.total_bytes,
        root_hash=tally.root_hash(),
        left_out={},
        absent=(),
        recordings=recordings,
        changed_while_read=Names.of([]),
        vanished_while_read=Names.of([]),
        changes_incomplete=True,
        database=dump,
        verification=Verification(Level.DATA, (finding, adopted)),
        repository=repository.location,
        borg_version=repository.version(),
    )
    told = f"{orphan.seen} Read back: {tally.entries} entries."
    return Orphan(orphan.id, Fate.ADOPT, told, orphan.system, orphan.callout, orphan.started, record)


def _dump(entry: Entry) -> DumpRecord:
    """The first one is the database; what lies beside an SQLite file follows it."""
    file = entry.path.removeprefix(DATABASE)
    return DumpRecord.of(file.removesuffix(".sql").removesuffix(".sqlite"), file, entry.size, entry.sha256)


def findings_of(orphans: Iterable[Orphan]) -> list[Finding]:
    """A warning for each one that a person has to look at."""
    return [
        Finding(
            f"backup.store@{orphan.id}", Status.WARN, str(orphan.fate), f"{orphan.id}: {orphan.seen}", Move.US,
            "Look at it with borg; delete it by hand where nobody needs it.",
        )
        for orphan in orphans
        if orphan.fate in (Fate.DAMAGED, Fate.FOREIGN)
    ]  # fmt: skip


def _started(orphan: Orphan) -> dt.datetime:
    assert orphan.started is not None
    return orphan.started


def _damaged(orphan: Orphan, seen: str) -> Orphan:
    told = f"It has no record and does not read back whole ({seen.rstrip('.')}); it is left alone."
    return Orphan(orphan.id, Fate.DAMAGED, told, orphan.system, orphan.callout, orphan.started)
