"""Pure: what stands at a path of a system."""

from __future__ import annotations

from dataclasses import dataclass

from callout.backups.manifest import EntryKind


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands at a path. `kind` is None for what no backup holds (a socket); `mtime_s` of the system's clock."""

    kind: EntryKind | None
    size: int
    mode: int
    uid: int
    gid: int
    mtime_s: int
    device: int
    inode: int
    links: int
