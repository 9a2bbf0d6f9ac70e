"""One restore drill from beginning to end: restore, compare, load, start, clean up. Asks nothing of the system."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from callout.backups.archive import Repository
from callout.backups.drill_record import DrillRecord
from callout.backups.drill_rules import (
    DatabaseSeen,
    Obstacle,
    ServiceSeen,
    judge_database,
    judge_manifest,
    judge_obstacle,
    judge_services,
    judge_tree,
    outcome_of,
)
from callout.backups.extraction import extract_archive
from callout.backups.loading import load_dump, start_service
from callout.backups.loading_sqlite import try_sqlite
from callout.backups.machine import NoMachine, scratch_machine
from callout.backups.manifest import DATABASE, FILES, MANIFEST, Entry, Tally, read_manifest
from callout.backups.record import BackupRecord
from callout.backups.restored import compare_restored, nothing_compared, plain_file, resolved_inside
from callout.backups.scratch import Scratch, require_room, scratch_folder
from callout.findings import Finding
from callout.inventory.models import System
from callout.inventory.operation import Drill

Clock = Callable[[], dt.datetime]
# People are told what is being done; nobody else needs to be.
Teller = Callable[[str], None]


@dataclass
class _Timed:
    """How long each part takes, told as it begins."""

    tell: Teller
    parts_ms: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self.tell(f"drill: {name} …")
        began = time.monotonic()
        try:
            yield
        finally:
            self.parts_ms[name] = round((time.monotonic() - began) * 1000)


def drill_backup(
    system: System, repository: Repository, record: BackupRecord, *, home: Path, now: Clock, tell: Teller
) -> DrillRecord:
    """Restores a backup of the ledger into a folder of ours below `home` and tries what can be tried.

    Everything that was made is gone afterwards, whatever came of it. Raises BackupFailed (no room, an archive that
    does not read back), Locked, CalloutError (something could not be removed).
    """
    started, timed = now(), _Timed(tell)
    with scratch_folder(home) as scratch:
        require_room(scratch.folder, record.total_bytes, record.database.bytes if record.database else 0)
        findings = [*_restored(repository, record, scratch, timed), *_tried(system, record, scratch, timed)]
    ended = now()
    return DrillRecord(
        backup=record.id,
        system=record.system,
        product=record.product,
        backup_taken=record.started,
        started=started,
        ended=ended,
        duration_ms=int((ended - started) / dt.timedelta(milliseconds=1)),
        parts_ms=timed.parts_ms,
        entries=sum(record.counts.values()),
        restored_bytes=record.total_bytes,
        root_hash=record.root_hash,
        dump_sha256=record.database.sha256 if record.database else "",
        outcome=outcome_of(findings),
        findings=tuple(findings),
    )


def _restored(repository: Repository, record: BackupRecord, scratch: Scratch, timed: _Timed) -> list[Finding]:
    with timed.part("restore"):
        extracted = extract_archive(repository, record.id, scratch.tree)
    with timed.part("compare"):
        tally, problem, compared = Tally(), "", nothing_compared(extracted)
        manifest = plain_file(scratch.tree, MANIFEST)
        try:
            if manifest is None:
                raise ValueError("it is not in the archive")
            with manifest.open("rb") as lines:
                compared = compare_restored(scratch.tree, _tallied(read_manifest(lines), tally), extracted)
        except ValueError as error:
            problem = str(error)
        return [judge_manifest(tally.root_hash() == record.root_hash, problem), *judge_tree(compared)]


def _tallied(entries: Iterable[Entry], tally: Tally) -> Iterator[Entry]:
    for entry in entries:
        tally.add(entry)
        yield entry


def _tried(system: System, record: BackupRecord, scratch: Scratch, timed: _Timed) -> list[Finding]:
    """What the product's own programs make of the restored tree; they run in the scratch machine only."""
    database: DatabaseSeen | None = None
    services: list[ServiceSeen] = []
    is_sqlite = record.database is not None and bool(record.database.file)
    if record.database and is_sqlite:
        # It needs no server, so no machine either.
        with timed.part("database"):
            database = try_sqlite(scratch, record.database)
    try:
        drill, rootfs = _rootfs(system, scratch)
        with scratch_machine(scratch.name, rootfs) as machine:
            dump = None
            if record.database and not is_sqlite:
                dump = plain_file(scratch.tree, f"{DATABASE}{record.database.name}.sql")
            if record.database and dump:
                with timed.part("database"):
                    database = load_dump(machine, dump, record.database.name, drill)
            for name, service in drill.services.items():
                with timed.part(f"service {name}"):
                    services.append(start_service(machine, name, service, drill.wait_s))
    except NoMachine as missing:
        tried = judge_database(database, expected=True) if is_sqlite else []
        return [*tried, judge_obstacle(missing.obstacle)]
    return [*judge_database(database, expected=system.operation.database is not None), *judge_services(services)]


def _rootfs(system: System, scratch: Scratch) -> tuple[Drill, Path]:
    drill = system.operation.drill
    if drill is None:
        raise NoMachine(
            Obstacle(
                f"The profile of {system.product} does not say what a drill could start: nothing was started.",
                "Say it under callout_system.operation.drill: rootfs, database, services.",
            )
        )
    rootfs = resolved_inside(scratch.tree / FILES, drill.rootfs)
    if rootfs is None:
        raise NoMachine(
            Obstacle(
                f"The backup has no folder {drill.rootfs}, in which the product's programs should be.",
                "See callout backup scope, and callout_system.operation.drill.rootfs.",
            )
        )
    return drill, rootfs
