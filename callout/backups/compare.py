"""What differs between two backups of one system, file by file, from their manifests alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import IO, Any

from access_check.escaping import shown
from callout.backups.manifest import FILES, Entry, EntryKind, read_manifest

LONGEST_PATH = 4096


class Aspect(StrEnum):
    """In what an entry differs. `TIME` alone is a file that was touched, not changed."""

    KIND = "kind"
    CONTENT = "content"
    MODE = "mode"
    OWNER = "owner"
    TARGET = "link target"
    DEVICE = "device"
    ATTRIBUTES = "attributes"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that is not as it was. `before` is None where it was added, `after` where it was removed."""

    path: str
    before: Entry | None
    after: Entry | None
    aspects: tuple[Aspect, ...] = ()

    @property
    def what(self) -> str:
        """`added`, `removed`, `changed`, or `touched` where only the time differs."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "touched" if self.aspects == (Aspect.TIME,) else "changed"

    @property
    def live_path(self) -> str:
        """Where it is on the system, printable."""
        return shown(("/" + self.path.removeprefix(FILES)).encode("utf-8", "surrogateescape"), LONGEST_PATH)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "path": self.live_path,
            "what": self.what,
            "aspects": [str(aspect) for aspect in self.aspects],
            "before": _told(self.before),
            "after": _told(self.after),
        }


def compare_manifests(before: IO[bytes], after: IO[bytes]) -> list[Difference]:
    """Every path of the system that differs, sorted. Both streams can be rewound. Raises ValueError for no manifest.

    Memory is for the paths and 16 bytes each, and for the entries that differ. Which of a file's names is the file
    and which the hard link depends on the order of reading: such entries are compared by what they lead to.
    """
    digests = {entry.path: _digest(entry) for entry in _entries(before)}
    odd = set()
    for entry in _entries(after):
        if digests.pop(entry.path, None) != _digest(entry):
            odd.add(entry.path)
    odd |= digests.keys()
    old, new = _resolved(before, odd), _resolved(after, odd)
    found = (difference(path, old.get(path), new.get(path)) for path in sorted(odd))
    return [one for one in found if one is not None]


def difference(path: str, before: Entry | None, after: Entry | None) -> Difference | None:
    """What differs between two entries of one path; None where nothing does."""
    if before is None or after is None:
        return Difference(path, before, after) if before or after else None
    differs = {
        Aspect.KIND: before.kind is not after.kind,
        Aspect.CONTENT: before.kind is after.kind is EntryKind.FILE and before.sha256 != after.sha256,
        Aspect.MODE: before.mode != after.mode,
        Aspect.OWNER: (before.uid, before.gid) != (after.uid, after.gid),
        Aspect.TARGET: before.target != after.target,
        Aspect.DEVICE: before.device != after.device,
        Aspect.ATTRIBUTES: before.attributes != after.attributes,
        Aspect.TIME: before.mtime_ns != after.mtime_ns,
    }
    aspects = tuple(aspect for aspect, is_so in differs.items() if is_so)
    return Difference(path, before, after, aspects) if aspects else None


def _entries(manifest: IO[bytes]) -> Iterable[Entry]:
    manifest.seek(0)
    return (entry for entry in read_manifest(manifest) if entry.path.startswith(FILES))


def _digest(entry: Entry) -> bytes:
    return hashlib.sha256(entry.line()).digest()[:16]


def _resolved(manifest: IO[bytes], wanted: set[str]) -> dict[str, Entry]:
    """The wanted entries; a hard link as the file that it leads to."""
    found = {entry.path: entry for entry in _entries(manifest) if entry.path in wanted}
    targets = {entry.target for entry in found.values() if entry.kind is EntryKind.HARD_LINK} - found.keys()
    files = {entry.path: entry for entry in _entries(manifest) if entry.path in targets} if targets else {}
    known = files | found
    return {path: _as_file(entry, known) for path, entry in found.items()}


def _as_file(entry: Entry, known: dict[str, Entry]) -> Entry:
    leads_to = known.get(entry.target) if entry.kind is EntryKind.HARD_LINK else None
    return replace(leads_to, path=entry.path) if leads_to else entry


def _told(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "kind": str(entry.kind),
        "size": entry.size,
        "mode": f"{entry.mode:04o}",
        "uid": entry.uid,
        "gid": entry.gid,
        "sha256": entry.sha256,
        "target": shown(entry.target.encode("utf-8", "surrogateescape"), LONGEST_PATH),
    }
