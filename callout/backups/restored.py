"""Looks at what was restored into a folder of ours and lays it beside the manifest, entry by entry. Judges nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from access_check.escaping import shown
from callout.backups.drill_rules import Aspect, Compared
from callout.backups.extraction import FOLDER_FLAGS, Extracted, least_mode
from callout.backups.manifest import MANIFEST, Entry, EntryKind

PIECE_BYTES = 1024 * 1024
# Export writes whole seconds, and Borg stores no time before 1970; the manifest keeps the rest.
TIME_TOLERANCE_NS = 10**9
MAXIMUM_LINKS_FOLLOWED = 40
MAXIMUM_NAMED = 20
TYPES = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.FOLDER: stat.S_IFDIR,
    EntryKind.SYMLINK: stat.S_IFLNK,
    EntryKind.FIFO: stat.S_IFIFO,
}


def compare_restored(folder: Path, entries: Iterable[Entry], extracted: Extracted) -> Compared:
    """Reads every restored file again from the disk and compares it with its entry; no link is followed."""
    wrong: dict[Aspect, list[str]] = {aspect: [] for aspect in Aspect}
    counts: dict[Aspect, int] = dict.fromkeys(Aspect, 0)
    entered = _Entered(folder)
    compared = 0
    try:
        for entry in entries:
            compared += 1
            for aspect in _differences(entered, entry, extracted.owned):
                counts[aspect] += 1
                if len(wrong[aspect]) < MAXIMUM_NAMED:
                    wrong[aspect].append(shown(entry.path.encode("utf-8", "surrogateescape"), 300))
    finally:
        entered.close()
    # The manifest itself is in the archive and not among its own entries.
    return _told(compared, extracted.entries - 1 - compared, counts, wrong, extracted)


def _told(
    compared: int,
    unexpected: int,
    counts: Mapping[Aspect, int],
    wrong: Mapping[Aspect, Sequence[str]],
    extracted: Extracted,
) -> Compared:
    return Compared(
        entries=compared,
        unexpected=unexpected,
        counts=counts,
        named={aspect: tuple(names) for aspect, names in wrong.items()},
        refused=extracted.refused_count,
        refused_named=tuple(extracted.refused[:MAXIMUM_NAMED]),
        devices=extracted.devices,
        owned=extracted.owned,
    )


def nothing_compared(extracted: Extracted) -> Compared:
    """Where there is no manifest to compare with."""
    return _told(0, 0, {}, {}, extracted)


def plain_file(folder: Path, path: str) -> Path | None:
    """The regular file at `path` (relative, plain) below `folder`; None where there is none, or a link on the way."""
    at = folder
    for part in path.split("/"):
        at /= part
        if at.is_symlink():
            return None
    return at if at.is_file() else None


def resolved_inside(folder: Path, path: str) -> Path | None:
    """Where `path` (absolute, as on the system) leads, links read as if `folder` were its root; None if nowhere.

    The result is a real folder at or below `folder`, without a link on the way. Only for a tree that nobody else
    writes to meanwhile.
    """
    left = [part for part in reversed(path.split("/")) if part]
    at: list[str] = []
    followed = 0
    while left:
        part = left.pop()
        if part == ".":
            continue
        if part == "..":
            at = at[:-1]
            continue
        here = folder.joinpath(*at, part)
        if not here.is_symlink():
            at.append(part)
            continue
        followed += 1
        if followed > MAXIMUM_LINKS_FOLLOWED:
            return None
        target = str(here.readlink())
        at = [] if target.startswith("/") else at
        left += [piece for piece in reversed(target.split("/")) if piece]
    found = folder.joinpath(*at)
    return found if found.is_dir() and not found.is_symlink() else None


class _Entered:
    """Folders entered step by step from the top, the last one kept open."""

    def __init__(self, top: Path) -> None:
        self._top = os.open(top, FOLDER_FLAGS)
        self._open: tuple[str, int] | None = None

    def close(self) -> None:
        if self._open:
            os.close(self._open[1])
        os.close(self._top)

    def folder_of(self, path: str) -> tuple[int, str]:
        """The open folder that `path` lies in, and its last name. Raises OSError where it is not there."""
        above, _, name = path.rpartition("/")
        if self._open is None or self._open[0] != above:
            if self._open:
                os.close(self._open[1])
                self._open = None
            self._open = (above, self.enter(above))
        return self._open[1], name

    def enter(self, path: str) -> int:
        current = os.dup(self._top)
        for name in path.split("/") if path else ():
            try:
                below = os.open(name, FOLDER_FLAGS, dir_fd=current)
            finally:
                os.close(current)
            current = below
        return current


def _differences(entered: _Entered, entry: Entry, owned: bool) -> Iterator[Aspect]:
    if entry.path == MANIFEST or entry.kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE):
        return
    if ".." in entry.path.split("/") or (".." in entry.target.split("/") and entry.kind is EntryKind.HARD_LINK):
        yield Aspect.MISSING
        return
    try:
        parent, name = entered.folder_of(entry.path)
        there = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except OSError:
        yield Aspect.MISSING
        return
    if entry.kind is EntryKind.HARD_LINK:
        if not _is_same(entered, entry.target, there):
            yield Aspect.LINKS
        return
    if stat.S_IFMT(there.st_mode) != TYPES[entry.kind]:
        yield Aspect.MISSING
        return
    if entry.kind is EntryKind.SYMLINK:
        if os.readlink(name, dir_fd=parent) != entry.target:
            yield Aspect.LINKS
    elif stat.S_IMODE(there.st_mode) != entry.mode | (0 if owned else least_mode(entry.kind)):
        yield Aspect.MODES
    if owned and (there.st_uid, there.st_gid) != (entry.uid, entry.gid):
        yield Aspect.OWNERS
    if abs(there.st_mtime_ns - max(0, entry.mtime_ns)) > TIME_TOLERANCE_NS:
        yield Aspect.TIMES
    if entry.kind is EntryKind.FILE and (there.st_size != entry.size or _sha256(parent, name) != entry.sha256):
        yield Aspect.CONTENTS


def _is_same(entered: _Entered, path: str, there: os.stat_result) -> bool:
    above, _, name = path.rpartition("/")
    try:
        folder = entered.enter(above)
    except OSError:
        return False
    try:
        other = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    finally:
        os.close(folder)
    return (other.st_dev, other.st_ino) == (there.st_dev, there.st_ino)


def _sha256(parent: int, name: str) -> str:
    """Empty where it cannot be read: never the hash of anything."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
    except OSError:
        return ""
    hashed = hashlib.sha256()
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        while piece := file.read(PIECE_BYTES):
            hashed.update(piece)
    return hashed.hexdigest()
