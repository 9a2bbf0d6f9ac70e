"""Looks at a backup and at the system that it is to be put back onto, and plans. Changes nothing, records nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from callout.backups.archive import Repository, repository_of
from callout.backups.believed import believed_entries
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.record import BackupRecord
from callout.backups.restoring.by_hand import by_hand
from callout.backups.restoring.look import Survey, free_kib, hashes, look, survey
from callout.backups.restoring.plan import RESERVE_BYTES, FilePlan, plan_files, plan_hash, to_hash
from callout.backups.restoring.seen import Seen
from callout.backups.restoring.selection import HOST_KEYS, SHADOW, Asked, Wanted, parents, select
from callout.backups.standing import standings
from callout.errors import BackupFailed, BadInput
from callout.findings import Finding, Move, Status
from callout.health.collect import look_by_shell
from callout.inventory.models import System
from callout.policy.restoring import Identity
from callout.shell import Session
from callout.steps.backup import latest_verified, recorded_backup
from callout.steps.context import Context

LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be done. `texts` hold secrets (shadow) and are shown nowhere. `room` are findings about disks."""

    record: BackupRecord
    target: str
    asked: Asked
    wanted: Wanted
    plan: FilePlan
    seen: Mapping[str, Seen | None]
    texts: Mapping[str, bytes]
    survey: Survey
    room: tuple[Finding, ...]
    identity: Identity
    running: bool | None
    calls: int | None
    good: bool
    by_hand: tuple[str, ...]

    @property
    def hash(self) -> str:
        """Of what a customer consents to."""
        return plan_hash(self.record.id, self.record.root_hash, self.target, self.asked)

    @property
    def refusals(self) -> list[Finding]:
        """Why the files cannot be put back: something is in the way, or there is no room."""
        return [*self.plan.refusals(), *(finding for finding in self.room if finding.blocks)]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        database = self.record.database
        return {
            "backup": self.record.id,
            "taken": self.record.started.isoformat(),
            "onto": self.target,
            "hash": self.hash,
            "asked": self.asked.as_dict(),
            "files": self.plan.as_dict(),
            "database": {"name": database.name, "bytes": database.bytes} if database and self.asked.database else None,
            "room": [finding.as_dict() for finding in self.room],
            "identity": str(self.identity),
            "running": self.running,
            "calls": self.calls,
            "by_hand": list(self.by_hand),
        }


def repository_for(context: Context, system: System, record: BackupRecord) -> Repository:
    """Where that backup was stored then, even if the policy names another place by now."""
    return replace(repository_of(system, context.places), location=record.repository)


def backup_to_restore(context: Context, named: str) -> BackupRecord:
    """The backup of that id; or, where a system is named, its newest verified one. Raises BadInput."""
    found = latest_verified(context.ledger, named)
    return found[1] if found else recorded_backup(context.ledger, named)[1]


def prospect(context: Context, system: System, backup: str, asked: Asked) -> Prospect:
    """Reads the backup's manifest, looks at the system, and plans.

    Raises BadInput (no such backup, or it does not hold what was asked for), BackupFailed (the archive is not
    the one in the ledger, the system lacks a tool), Unreachable, TrustRefused.
    """
    event, record = recorded_backup(context.ledger, backup)
    if record.customer != system.customer.id:
        raise BadInput(f"{backup} is a backup of {record.customer}'s, not of {system.customer.id}'s.", "Name another.")
    repository = repository_for(context, system, record)
    if asked.database and record.database is None:
        if not asked.whole:
            raise BadInput(f"{backup} holds no database.", "Restore its files.")
        asked = replace(asked, database=False)
    if asked.database and record.database is not None and record.database.file:
        raise BadInput(
            f"{backup}: its database is SQLite, {record.database.file}; that is not loaded by us.",
            "Restore with --files, then put the database back by hand.",
        )
    keep = system.policy.backups.restore_host_keys == "keep" or asked.keep_host_keys
    asked = replace(asked, keep_host_keys=keep)
    session = context.connect(system.target)
    entries = believed_entries(repository, record, context.places.data / "spool")
    wanted = select(entries, asked)
    database = system.operation.database
    surveyed = survey(session, database.client if database else ())
    if asked.database and not surveyed.client:
        raise BackupFailed(
            f"{system.name}: no client for the database is there.", "Set callout_system.operation.database.client."
        )
    seen = look(session, "/", _names(wanted))
    wanted, texts = _with_root_only(session, repository, record, wanted, seen)
    plan = plan_files(wanted, seen, hashes(session, "/", to_hash(wanted, seen)), surveyed.mounts)
    shell = look_by_shell(session, system.operation)
    running = True if shell.command else (False if shell.complaints else None)
    calls = shell.calls.calls if shell.calls else (0 if running is False else None)
    told = context.ledger.events(kind="noted", system=event.system)
    standing = standings({record.id: record.verification}, told)[record.id]
    return Prospect(
        record=record,
        target=system.name,
        asked=asked,
        wanted=wanted,
        plan=plan,
        seen=seen,
        texts=texts,
        survey=surveyed,
        room=tuple(_room(session, plan, record if asked.database else None)),
        identity=_identity(session, entries),
        running=running,
        calls=calls,
        good=standing.good,
        by_hand=tuple(by_hand(record, asked, system.operation.restart, surveyed.mounts)),
    )


def _names(wanted: Wanted) -> list[str]:
    every = dict.fromkeys([".", *wanted.entries, *wanted.ways])
    every |= dict.fromkeys(above for name in wanted.entries for above in parents(name))
    return list(every)


def _with_root_only(
    session: Session, repository: Repository, record: BackupRecord, wanted: Wanted, seen: Mapping[str, Seen | None]
) -> tuple[Wanted, dict[str, bytes]]:
    """Of /etc/shadow only root's line is put back (as the vendor's own migration does): the rest is the installer's."""
    name = SHADOW.lstrip("/")
    entry, there = wanted.entries.get(name), seen.get(name)
    if entry is None or entry.kind is not EntryKind.FILE or there is None or there.kind is not EntryKind.FILE:
        return wanted, {}
    done = session.run("cat /etc/shadow", limit_bytes=LIMIT_BYTES)
    with repository.extracting(record.id, entry.path) as stream:
        kept = stream.read(LIMIT_BYTES)
        while stream.read(LIMIT_BYTES):
            continue
    root = next((line for line in kept.splitlines() if line.startswith(b"root:")), None)
    present = done.stdout.splitlines()
    if done.rc != 0 or done.cut or root is None or not any(line.startswith(b"root:") for line in present):
        raise BackupFailed(
            f"{session.name}: root's line of /etc/shadow could not be told.", "Leave it out with --path."
        )
    text = b"\n".join(root if line.startswith(b"root:") else line for line in present) + b"\n"
    merged = replace(
        entry, size=len(text), sha256=hashlib.sha256(text).hexdigest(), mode=there.mode, uid=there.uid, gid=there.gid
    )
    return replace(wanted, entries={**wanted.entries, name: merged}), {name: text}


def _identity(session: Session, entries: list[Entry]) -> Identity:
    keys = {
        entry.path.removeprefix(FILES): entry.sha256
        for entry in entries
        if entry.kind is EntryKind.FILE and fnmatchcase(entry.live_path, f"{HOST_KEYS}.pub")
    }
    there = [name for name, one in look(session, "/", list(keys)).items() if one and one.kind is EntryKind.FILE]
    if not keys or not there:
        return Identity.UNKNOWN
    found = hashes(session, "/", there)
    return Identity.SAME if any(found[name] == keys[name] for name in there) else Identity.OTHER


def _room(session: Session, plan: FilePlan, record: BackupRecord | None) -> list[Finding]:
    needed: dict[str, int] = {}
    for room in plan.rooms:
        needed[room.base] = needed.get(room.base, 0) + room.needed_bytes
    if record is not None and record.database is not None:
        # The dump itself, what it becomes in the database, and the present one, should it have to go back.
        base = plan.rooms[0].base if plan.rooms else "/"
        needed[base] = needed.get(base, 0) + 3 * record.database.bytes
    free = free_kib(session, list(needed)) if needed else {}
    found = []
    for base, wanted in needed.items():
        check, kib = f"restore.room@{base}", free[base]
        mebibytes = (wanted + RESERVE_BYTES) // 1024**2 + 1
        if kib is None:
            found.append(
                Finding(check, Status.UNKNOWN, "unknown", f"How much is free on {base} is not known.", Move.US)
            )
        elif kib * 1024 < wanted + RESERVE_BYTES:
            seen = f"{kib // 1024} MiB are free on the disk of {base}, {mebibytes} MiB are needed."
            found.append(Finding(check, Status.FAIL, "no-room", seen, Move.CUSTOMER, "Make room there."))
        else:
            seen = f"{mebibytes} MiB are needed on the disk of {base}, {kib // 1024} are free."
            found.append(Finding(check, Status.PASS, "room", seen))
    return found
