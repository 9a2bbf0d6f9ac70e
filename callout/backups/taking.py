"""One backup from beginning to end: capture, archive, verify, and only then give it its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from access_check.escaping import shown
from callout.backups.archive import PARTIAL, Repository
from callout.backups.borg import judge_version
from callout.backups.capture import Changes, capture_files
from callout.backups.dump import Dump, capture_dump, pack_dump
from callout.backups.levels import verify
from callout.backups.line import Line
from callout.backups.manifest import Tally
from callout.backups.pacing import limit_of
from callout.backups.packing import Packer
from callout.backups.probe import probe
from callout.backups.record import BackupRecord, DumpRecord, Level, Names, Verification
from callout.backups.scope import CapturePlan, Scope, scope_of_system
from callout.backups.spool import private_spool
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.shell import Session

Clock = Callable[[], dt.datetime]


@dataclass
class Taken:
    """What was captured into the partial archive, before anything was verified."""

    plan: CapturePlan
    changes: Changes
    dump: Dump | None
    tally: Tally


def take_backup(
    session: Session,
    system: System,
    repository: Repository,
    identifier: str,
    *,
    now: Clock,
    level: Level,
    spool_folder: Path,
) -> BackupRecord:
    """A complete, verified backup called `identifier`, or an error and nothing that looks like one.

    Call it while holding the repository's lock, and record what it gives back before letting go: an archive
    without a record is taken for an orphan. `spool_folder` (private) takes the database dump and the manifest
    while it runs. Raises BackupFailed, Locked, Unreachable, BadInput.
    """
    scope = scope_of_system(system)
    started, line = now(), Line(limit=limit_of(system))
    version = repository.version()
    with private_spool(spool_folder) as manifest:
        made = repository.ensure()
        if not made:
            repository.drop_partials()
        taken = _capture(session, system, repository, identifier, scope, manifest, line, started, spool_folder)
        captured = now()
        findings = verify(session, system, repository, PARTIAL + identifier, manifest, level, seed=identifier)
        about = (taken.dump.finding,) if taken.dump else ()
        verification = Verification(
            level, (*findings, *about, judge_version(version), *_key_reminder(made, repository))
        )
        if not verification.good:
            blocking = next(finding for finding in verification.findings if finding.blocks)
            raise BackupFailed(f"{system.name}: the backup is not verified: {blocking.seen}", blocking.remedy)
        verified = now()
        repository.complete(identifier)
    ended = now()
    return BackupRecord(
        id=identifier,
        system=system.name,
        customer=system.customer.id,
        product=system.product,
        started=started,
        ended=ended,
        duration_ms=(ended - started) // dt.timedelta(milliseconds=1),
        verification_ms=(verified - captured) // dt.timedelta(milliseconds=1),
        bytes_over_line=line.total_bytes,
        counts=dict(taken.tally.counts),
        total_bytes=taken.tally.total_bytes,
        root_hash=taken.tally.root_hash(),
        left_out={_shown(path): str(why) for path, why in taken.plan.left_out.items()},
        absent=taken.plan.absent,
        recordings="in" if scope.recordings_taken else "out",
        changed_while_read=Names.of(taken.changes.changed),
        vanished_while_read=Names.of(taken.changes.vanished),
        changes_incomplete=taken.changes.incomplete,
        database=DumpRecord.of(taken.dump.database, taken.dump.files[0].name, taken.dump.size, taken.dump.sha256)
        if taken.dump
        else None,
        verification=verification,
        repository=repository.location,
        borg_version=version,
    )


def _capture(
    session: Session,
    system: System,
    repository: Repository,
    identifier: str,
    scope: Scope,
    manifest: IO[bytes],
    line: Line,
    started: dt.datetime,
    spool_folder: Path,
) -> Taken:
    database = system.operation.database
    abilities, plan = probe(session, scope, database)
    with private_spool(spool_folder) as spool:
        # The dump first: a file that it speaks of may be newer in the backup, but never missing.
        dump = capture_dump(session, abilities, database, spool, line) if database else None
        with repository.importing(identifier) as sink:
            packer = Packer(sink, manifest)
            if dump:
                pack_dump(dump, spool, packer, int(started.timestamp()))
            changes = capture_files(session, abilities, plan, packer, line)
            packer.finish()
    return Taken(plan, changes, dump, packer.tally)


def _shown(path: str) -> str:
    """A mount point of the system's own may be called anything."""
    return shown(path.encode("utf-8", "surrogateescape"), 4096)


def _key_reminder(made: bool, repository: Repository) -> list[Finding]:
    if not made:
        return []
    return [
        Finding(
            "backup.key", Status.PASS, "new-repository", f"{repository.location} was made now, encrypted.", Move.US,
            "Export its key (borg key export) and keep it, and the passphrase, where this machine is not.",
        )
    ]  # fmt: skip
