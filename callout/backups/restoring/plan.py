"""Pure: what a backup holds × what a system has → what is created, replaced, left and refused, and why."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from access_check.escaping import shown
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.restoring.seen import Seen
from callout.backups.restoring.selection import SHADOW, Asked, Part, Wanted, parents, part_of
from callout.findings import Finding, Move, Status

# What stays free on a disk whatever we put there.
RESERVE_BYTES = 64 * 1024 * 1024
BLOCK_BYTES = 4096
MAXIMUM_NAMED = 20
Look = Mapping[str, Seen | None]


class Act(StrEnum):
    """What is done with one entry."""

    CREATE = "create"
    REPLACE = "replace"
    LEAVE = "leave"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry and what is done with it; `why` is a sentence where it is refused or left for a reason."""

    entry: Entry
    act: Act
    why: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A folder of ours on one disk of the system. `folder` is absolute; `needed_bytes` is for what is sent there."""

    base: str
    part: Part
    names: frozenset[str]
    needed_bytes: int

    def folder(self, identifier: str) -> str:
        """Where it is: `BASE/.callout-kept-ID/PART`."""
        return f"{self.kept(identifier)}/{self.part}"

    def kept(self, identifier: str) -> str:
        """The folder of this restore on that disk."""
        return f"{self.base.rstrip('/')}/.callout-kept-{identifier}"


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What becomes of the files: `planned` by live path (no leading slash), `rooms` where it is staged and kept."""

    planned: Mapping[str, Planned]
    rooms: tuple[Room, ...]

    @property
    def changed(self) -> bool:
        """Whether any file would be touched."""
        return bool(self.rooms)

    def counts(self) -> dict[str, int]:
        """How many entries by what is done with them."""
        counted = Counter(str(one.act) for one in self.planned.values())
        return {str(act): counted[str(act)] for act in Act}

    def named(self, act: Act) -> list[str]:
        """The paths, printable, of at most the first twenty."""
        names = [
            name for name, one in self.planned.items() if one.act is act and one.entry.kind is not EntryKind.FOLDER
        ]
        return [shown(f"/{name}".encode("utf-8", "surrogateescape"), 300) for name in sorted(names)[:MAXIMUM_NAMED]]

    def refusals(self) -> list[Finding]:
        """A finding for each entry that cannot be put back; the first twenty."""
        refused = [(name, one) for name, one in self.planned.items() if one.act is Act.REFUSE]
        return [
            Finding(
                f"restore.path@{shown(f'/{name}'.encode('utf-8', 'surrogateescape'), 300)}", Status.FAIL, "in-the-way",
                one.why, Move.US, "Look at it there; move it away, or restore other paths with --path.",
            )
            for name, one in refused[:MAXIMUM_NAMED]
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: counts, the first names of each kind, bytes by disk."""
        return {
            "counts": self.counts(),
            "create": self.named(Act.CREATE),
            "replace": self.named(Act.REPLACE),
            "bytes": sum(room.needed_bytes for room in self.rooms),
            "disks": [{"folder": room.base, "part": str(room.part), "bytes": room.needed_bytes} for room in self.rooms],
        }


def to_hash(wanted: Wanted, seen: Look) -> list[str]:
    """The files whose content decides: the same kind and size as in the backup."""
    return [
        name
        for name, entry in wanted.entries.items()
        for there in (seen.get(name),)
        if entry.kind is EntryKind.FILE
        and there is not None
        and there.kind is EntryKind.FILE
        and there.size == entry.size
    ]


def plan_files(wanted: Wanted, seen: Look, content: Mapping[str, str], mounts: Mapping[str, str]) -> FilePlan:
    """What is done with every wanted entry.

    `seen` holds every wanted name, all folders above them and `.` (the root); `content` the hashes of `to_hash`,
    `mounts` the mount points. Folders above that the system lacks are created as the backup has them.
    """
    planned = {
        name: _one(name, entry, wanted, seen, content, mounts)
        for name, entry in {**wanted.ways, **wanted.entries}.items()
    }
    _links_together(planned, seen)
    return FilePlan(planned, tuple(_rooms(planned, seen, mounts, wanted.origin)))


def _one(
    name: str, entry: Entry, wanted: Wanted, seen: Look, content: Mapping[str, str], mounts: Mapping[str, str]
) -> Planned:
    there = seen.get(name)
    if why := _way_blocked(name, wanted, seen, mounts):
        return Planned(entry, Act.REFUSE, why)
    if f"/{name}" in mounts:
        if entry.kind is EntryKind.FOLDER:
            return Planned(entry, Act.LEAVE, "It is mounted there.")
        return Planned(entry, Act.REFUSE, "Something is mounted in its place.")
    if there is None:
        return Planned(entry, Act.CREATE)
    if name in wanted.ways:
        return Planned(entry, Act.LEAVE)
    if there.kind is EntryKind.FOLDER and entry.kind is not EntryKind.FOLDER:
        return Planned(entry, Act.REFUSE, f"A folder stands where the backup has a {entry.kind}.")
    if there.kind is None:
        return Planned(entry, Act.REFUSE, "A socket, or something else that no backup holds, is there.")
    return Planned(entry, Act.LEAVE if _same(name, entry, there, content) else Act.REPLACE)


def _same(name: str, entry: Entry, there: Seen, content: Mapping[str, str]) -> bool:
    if entry.kind is EntryKind.HARD_LINK:
        return there.kind is EntryKind.FILE
    attributes = (there.kind, there.mode, there.uid, there.gid) == (entry.kind, entry.mode, entry.uid, entry.gid)
    if entry.kind is EntryKind.SYMLINK:
        length = len(entry.target.encode("utf-8", "surrogateescape"))
        attributes = (there.kind, there.uid, there.gid, there.size) == (entry.kind, entry.uid, entry.gid, length)
    if f"/{name}" == SHADOW:
        return content.get(name) == entry.sha256
    same_time = there.mtime_s == entry.mtime_ns // 10**9
    return attributes and same_time and (entry.kind is not EntryKind.FILE or content.get(name) == entry.sha256)


def _way_blocked(name: str, wanted: Wanted, seen: Look, mounts: Mapping[str, str]) -> str:
    """Why the way to a name is none; empty where it is one, or will be."""
    for above in parents(name):
        entry = wanted.entries.get(above)
        if entry is not None and entry.kind is not EntryKind.FOLDER:
            return f"The backup has a {entry.kind} at /{_printable(above)}, above it."
        there = seen.get(above)
        if entry is None and there is not None and there.kind is not EntryKind.FOLDER:
            return (
                f"/{_printable(above)}, above it, is a {there.kind or 'socket'} and no folder: nothing goes through it."
            )
        if mounts.get(f"/{above}") in ("proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2"):
            return f"/{_printable(above)}, above it, is the kernel's."
    return ""


def _links_together(planned: dict[str, Planned], seen: Look) -> None:
    """Names of one file stay names of one file: if one of them is put back, or they are not linked now, all are."""
    groups: dict[str, list[str]] = {}
    for name, one in planned.items():
        if one.entry.kind is EntryKind.HARD_LINK:
            first = one.entry.target.removeprefix(FILES)
            groups.setdefault(first, [first]).append(name)
    for names in groups.values():
        inodes = {(there.device, there.inode) if (there := seen.get(name)) else None for name in names}
        acts = {planned[name].act for name in names}
        if Act.REFUSE in acts or (acts == {Act.LEAVE} and len(inodes) == 1):
            continue
        for name in names:
            if planned[name].act is Act.LEAVE:
                planned[name] = replace(planned[name], act=Act.REPLACE)


def _rooms(planned: Mapping[str, Planned], seen: Look, mounts: Mapping[str, str], origin: str) -> list[Room]:
    """One room for each part and disk: what is renamed into place must be on the same disk."""
    names: dict[tuple[Part, str], set[str]] = {}
    for name, one in planned.items():
        if one.act in (Act.CREATE, Act.REPLACE):
            base = _base(name, seen, mounts, origin)
            names.setdefault((part_of(name), "/" if base == "." else f"/{base}"), set()).add(name)
    return [
        Room(base, part, frozenset(held), sum(planned[name].entry.size + BLOCK_BYTES for name in held))
        for (part, base), held in sorted(names.items(), key=lambda item: (item[0][0] is Part.DOORS, item[0][1]))
    ]


def _base(name: str, seen: Look, mounts: Mapping[str, str], origin: str) -> str:
    """The outermost folder above a name that is on the same disk, is there, and is not above `origin`."""
    above = [folder for folder in [".", *parents(name)] if _is_folder(seen.get(folder))]
    above = above[above.index(origin) :] if origin in above else above[-1:]
    base = above[-1]
    for folder, inner in zip(reversed(above[:-1]), reversed(above[1:]), strict=True):
        there, within = seen[folder], seen[inner]
        if f"/{inner}" in mounts or there is None or within is None or there.device != within.device:
            break
        base = folder
    return base


def plan_hash(backup: str, root_hash: str, target: str, asked: Asked) -> str:
    """SHA-256 (hex) of what is consented to: this backup onto that system, these parts of it."""
    body = {"restore": backup, "root_hash": root_hash, "onto": target, "asked": asked.as_dict()}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _is_folder(there: Seen | None) -> bool:
    return there is not None and there.kind is EntryKind.FOLDER


def _printable(name: str) -> str:
    return shown(name.encode("utf-8", "surrogateescape"), 300)
