"""One backup from beginning to end: capture, archive, verify, and only then give it its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from access_check.escaping import shown
from callout.backups.archive import PARTIAL, Repository, begun_as
from callout.backups.assembly import Assembled, Assembly, Source
from callout.backups.borg import NotTakenOver, judge_version
from callout.backups.capture import list_files
from callout.backups.dump import Dump, capture_dump, pack_dump
from callout.backups.increment import Choice
from callout.backups.levels import verify
from callout.backups.line import Line
from callout.backups.listing import Header
from callout.backups.orphans import IDENTIFIER, named
from callout.backups.pacing import limit_of
from callout.backups.packing import Packer
from callout.backups.probe import probe
from callout.backups.record import BackupRecord, DumpRecord, Level, Names, Reused, Verification
from callout.backups.scope import CapturePlan, Scope, scope_of_system
from callout.backups.spool import private_spool
from callout.backups.supplies import Supply, open_supply
from callout.errors import BackupFailed
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.shell import Session

Clock = Callable[[], dt.datetime]
# Of so many interrupted backups, one after the other, what they left is looked at.
MAXIMUM_PARTIALS = 3


@dataclass(frozen=True, slots=True)
class Basis:
    """What a backup builds on: the id of an earlier one; or why it reads everything."""

    backup: str = ""
    everything_because: str = "there is no earlier backup"


@dataclass
class Taken:
    """What was captured into the partial archive, before anything was verified.

    `partials` are the stored names of what interrupted backups had left before, and of what this one left besides.
    """

    plan: CapturePlan
    dump: Dump | None
    files: Assembled
    basis: Basis
    partials: Sequence[str]


def take_backup(
    session: Session,
    system: System,
    repository: Repository,
    identifier: str,
    *,
    now: Clock,
    level: Level,
    spool_folder: Path,
    basis: Basis,
) -> BackupRecord:
    """A complete, verified backup called `identifier`, or an error and nothing that looks like one.

    Call it while holding the repository's lock, and record what it gives back before letting go: an archive
    without a record is taken for an orphan. `spool_folder` (private) takes the database dump, the manifest and
    listings while it runs. Where it fails half-way, what came stays in the store as a partial archive, for the
    next one to go on from. Raises BackupFailed, Locked, Unreachable, BadInput.
    """
    scope = scope_of_system(system)
    started, line = now(), Line(limit=limit_of(system))
    version = repository.version()
    with private_spool(spool_folder) as manifest, ThreadPoolExecutor(1, "store") as beside:
        # Borg needs its time to start, and so does a line: both at once.
        opened = beside.submit(_open_store, repository)
        capture = partial(
            _capture, session, system, repository, identifier, scope, manifest, line, started, spool_folder, basis,
            opened,
        )  # fmt: skip
        try:
            taken = capture(taking=repository.borg.takes_over)
        except NotTakenOver as error:
            # The same once more, the careful way: what an earlier archive cannot give comes from the system.
            _empty(manifest)
            taken = capture(taking=False)
            taken.files.problems.insert(0, error.message.rstrip("."))
        files = taken.files
        captured = now()
        findings = verify(session, system, repository, PARTIAL + files.partial, manifest, level, seed=identifier)
        about = (taken.dump.finding,) if taken.dump else ()
        more = (*_damaged_base(files), *about, judge_version(version), *_key_reminder(opened.result()[0], repository))
        verification = Verification(level, (*findings, *more))
        if not verification.good:
            blocking = next(finding for finding in verification.findings if finding.blocks)
            # Nobody goes on from what is not as it should be.
            repository.drop_partials([PARTIAL + files.partial])
            raise BackupFailed(f"{system.name}: the backup is not verified: {blocking.seen}", blocking.remedy)
        verified = now()
        repository.drop_partials(done_with_partials(taken.partials, system.name))
        repository.complete(identifier, files.partial)
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
        counts=dict(files.tally.counts),
        total_bytes=files.tally.total_bytes,
        root_hash=files.tally.root_hash(),
        left_out={_shown(path): str(why) for path, why in taken.plan.left_out.items()},
        absent=taken.plan.absent,
        recordings="in" if scope.recordings_taken else "out",
        changed_while_read=_names(files.still_changing),
        vanished_while_read=_names(files.vanished),
        changes_incomplete=False,
        database=DumpRecord.of(taken.dump.database, taken.dump.files[0].name, taken.dump.size, taken.dump.sha256)
        if taken.dump
        else None,
        verification=verification,
        repository=repository.location,
        borg_version=version,
        reused=Reused(
            files.reused_files, files.reused_bytes, tuple(name.removeprefix(PARTIAL) for name in files.reused_from)
        ),
        everything_because=taken.basis.everything_because,
        read_again=_names(files.read_again),
    )


def done_with_partials(stored: Sequence[str], system: str) -> list[str]:
    """Which partial archives nobody needs once a backup of `system` is whole: all but those of other systems.

    `stored` are names as stored.
    """
    mine = []
    for name in stored:
        told = IDENTIFIER.fullmatch(begun_as(name))
        if told is None or told["system"] == system:
            mine.append(name)
    return mine


def _open_store(repository: Repository) -> tuple[bool, list[str]]:
    """Whether it was made now, and what interrupted backups left: nobody else of ours writes meanwhile."""
    made = repository.ensure()
    return made, [] if made else repository.partials()


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
    basis: Basis,
    opened: Future[tuple[bool, list[str]]],
    *,
    taking: bool,
) -> Taken:
    database = system.operation.database
    abilities, plan = probe(session, scope, database)
    made, left = opened.result()
    if made:
        basis = Basis("", basis.everything_because or "the store is new")
    with private_spool(spool_folder) as spool, ExitStack() as spools:
        # The dump first: a file that it speaks of may be newer in the backup, but never missing.
        dump = capture_dump(session, abilities, database, spool, line) if database else None

        def first(packer: Packer) -> None:
            if dump:
                pack_dump(dump, spool, packer, int(started.timestamp()))

        listed = list_files(session, abilities, plan, line, everything=not basis.backup)
        choice = Choice(listed.now)
        mine = [name for name in left if named(begun_as(name), [system.name])]
        supplies = _supplies(repository, mine, basis, listed.header, spool_folder, spools)
        if basis.backup and basis.backup not in [supply.name for supply in supplies]:
            basis = Basis("", f"{basis.backup} cannot be built on: it does not say what it was made from")
            listed.header = replace(listed.header, everything=True)
            supplies = [supply for supply in supplies if supply.listed()[0].everything]
        given = [(supply, _offered(choice, supply)) for supply in supplies]
        source = Source(session, abilities, plan, line)
        assembly = Assembly(source, repository, identifier, spool_folder, first, listed, taking)
        files = assembly.run(choice, given, manifest)
        first_one = [PARTIAL + identifier] if files.partial != identifier else []
        return Taken(plan, dump, files, basis, [*left, *first_one])


def _supplies(
    repository: Repository, left: Sequence[str], basis: Basis, header: Header, spool_folder: Path, spools: ExitStack
) -> list[Supply]:
    """What can be built on: the newest of what interrupted backups of this system `left`, then the earlier backup.

    Only what was read in the same way; and where everything is to be read, only what was begun for that.
    """
    names = [*reversed(left[-MAXIMUM_PARTIALS:]), *([basis.backup] if basis.backup else [])]
    supplies = []
    for name in names:
        supply = open_supply(repository, name, spool_folder, spools)
        made = supply.listed()[0] if supply else None
        same_way = made is not None and (made.way, made.archiver) == (header.way, header.archiver)
        if supply and made and same_way and (basis.backup or made.everything):
            supplies.append(supply)
    return supplies


def _empty(spool: IO[bytes]) -> None:
    spool.seek(0)
    spool.truncate()


def _offered(choice: Choice, supply: Supply) -> set[bytes]:
    header, listing = supply.listed()
    return choice.offer(header, listing, supply.entries(), supply.cut.entry if supply.cut else None)


def _names(paths: set[bytes]) -> Names:
    return Names.of([path.decode("utf-8", "surrogateescape") for path in paths])


def _damaged_base(files: Assembled) -> list[Finding]:
    if not files.problems:
        return []
    seen = f"An earlier backup is damaged, what it could not give was read from the system: {files.problems[0]}."
    remedy = "Run borg check on the repository; verify the earlier backups: callout backup verify ID."
    return [Finding("backup.base", Status.WARN, "damaged", seen, Move.US, remedy)]


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
