"""What is in a backup, entry by entry, and one hash over all of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any

from callout.backups.attributes import (
    MAXIMUM_ATTRIBUTES_BYTES,
    Attributes,
    attributes_as_dict,
    attributes_from_dict,
)

FILES, DATABASE, MANIFEST = "files/", "database/", "callout/manifest.jsonl"
# What is in an archive about itself: no part of the backup, in no manifest and no root hash.
OWN = "callout/"
LISTING, UNFINISHED, JOURNAL = "callout/listing", "callout/unfinished.jsonl", "callout/journal/"
# A line is bounded by two paths of 4096 bytes, each byte at most six characters of JSON, and the attributes.
MAXIMUM_LINE_BYTES = 64 * 1024 + 8 * MAXIMUM_ATTRIBUTES_BYTES


class EntryKind(StrEnum):
    """What an entry of an archive is."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARD_LINK = "hard link"
    FIFO = "fifo"
    CHARACTER_DEVICE = "character device"
    BLOCK_DEVICE = "block device"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `path` is its name in the archive (`files/etc/shadow` is /etc/shadow on the system).

    Names may hold any byte; those that are not UTF-8 stand as lone surrogates (surrogateescape). `target` is
    the link's text, or for a hard link the name of the other entry; `device` is (major, minor). `sha256` (hex)
    is of files only, all others have it empty. `attributes` are extended ones and ACLs, where the system's tar can
    tell them; a line without any is as it was before there were any, so older root hashes stay good.
    """

    path: str
    kind: EntryKind
    size: int
    mode: int
    uid: int
    gid: int
    mtime_ns: int
    sha256: str = ""
    target: str = ""
    device: tuple[int, int] = (0, 0)
    attributes: Attributes = ()

    @property
    def live_path(self) -> str:
        """Where it is on the system; empty for what is not a file of the system."""
        return "/" + self.path.removeprefix(FILES) if self.path.startswith(FILES) else ""

    @property
    def live_name(self) -> bytes:
        """`live_path` as the system has it, byte by byte."""
        return self.live_path.encode("utf-8", "surrogateescape")

    def line(self) -> bytes:
        """Canonical: equal entries give equal bytes. Pure ASCII, ends with a newline, holds no other."""
        values: dict[str, Any] = {
            "path": self.path,
            "kind": str(self.kind),
            "size": self.size,
            "mode": self.mode,
            "uid": self.uid,
            "gid": self.gid,
            "mtime_ns": self.mtime_ns,
            "sha256": self.sha256,
            "target": self.target,
            "device": list(self.device),
        }
        if self.attributes:
            values["attributes"] = attributes_as_dict(self.attributes)
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Entry:
        """The entry that `line` wrote. Raises ValueError, KeyError, TypeError or AttributeError for anything else."""
        raw = json.loads(line)
        major, minor = raw["device"]
        values = {**raw, "kind": EntryKind(raw["kind"]), "device": (int(major), int(minor))}
        if "attributes" in raw:
            values["attributes"] = attributes_from_dict(raw["attributes"])
        return cls(**values)


def is_besides(path: str) -> bool:
    """True for what a whole archive holds of itself besides its manifest: how it was listed, and its journal."""
    return path == LISTING or path.startswith(JOURNAL)


@dataclass
class Tally:
    """Counts and the root hash, gathered entry by entry.

    The root hash is SHA-256 over the sorted SHA-256s of all lines: it does not depend on the order in which
    find met the files, and needs 32 bytes of memory per entry, not the entries.
    """

    counts: Counter[str] = field(default_factory=Counter)
    total_bytes: int = 0
    _digests: list[bytes] = field(default_factory=list)

    def add(self, entry: Entry) -> bytes:
        """Takes one entry in and gives back its line."""
        line = entry.line()
        self._digests.append(hashlib.sha256(line).digest())
        self.counts[str(entry.kind)] += 1
        self.total_bytes += entry.size
        return line

    @property
    def entries(self) -> int:
        """How many entries were taken in."""
        return len(self._digests)

    def root_hash(self) -> str:
        """SHA-256, hex."""
        whole = hashlib.sha256()
        for digest in sorted(self._digests):
            whole.update(digest)
        return whole.hexdigest()


def read_manifest(source: IO[bytes]) -> Iterator[Entry]:
    """The entries of a manifest in the order of the archive. Raises ValueError for a line that is none."""
    while line := source.readline(MAXIMUM_LINE_BYTES):
        if not line.endswith(b"\n"):
            raise ValueError("a line that is too long or cut")
        try:
            yield Entry.from_line(line)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a line that is no entry ({type(error).__name__})") from None


def by_path(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """The entries by their name in the archive."""
    return {entry.path: entry for entry in entries}
