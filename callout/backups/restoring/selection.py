"""Pure: which entries of a backup are wanted, and in which part of the restore each is put back."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from callout.backups.manifest import FILES, Entry, EntryKind
from callout.errors import BadInput

# What lets us in: put back last, and proven by a second connection before the kept ones are let go.
DOORS = ("/etc/ssh", "/root/.ssh", "/etc/shadow")
SHADOW = "/etc/shadow"
HOST_KEYS = "/etc/ssh/ssh_host_*"
# What processes that are dead by now wrote about themselves: their successors would be misled by it.
RUNTIME = ("*/pw/run/*", "*/var/run/*", "/run/*", "*.pid")
# Locks and kept files of ours that a backup may have met.
OURS = ".callout"


class Part(StrEnum):
    """When an entry is put back: with the files, or at the very end."""

    FILES = "files"
    DOORS = "doors"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants back; all of the backup unless told otherwise.

    `paths` are absolute, each with all that is below it; none means every file, where `files` are wanted at all.
    """

    paths: tuple[str, ...] = ()
    files: bool = True
    database: bool = True
    keep_host_keys: bool = False

    @property
    def whole(self) -> bool:
        """True for the whole system."""
        return self.files and self.database and not self.paths

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; part of the plan that a customer consents to."""
        return {
            "paths": list(self.paths),
            "files": self.files,
            "database": self.database,
            "host_keys": "keep" if self.keep_host_keys else "restore",
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Asked:
        """What `as_dict` wrote; a word that is missing means all of it."""
        paths = tuple(str(path) for path in raw.get("paths", ()))
        kept = raw.get("host_keys") == "keep"
        return cls(paths, bool(raw.get("files", True)), bool(raw.get("database", True)), kept)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entries by their live path (without a leading slash), in the order of the archive.

    `ways` are folders of the backup above them that are not wanted themselves. `source` maps a live path to
    the archive's name of the file that holds its bytes, where that is not its own: a hard link whose first name
    is not wanted. `left_out` counts what stays as it is: process numbers, and
    host keys where policy keeps them. `origin` is the folder in which all of the backup
    lies (`.` for the root): nothing above it is ever touched.
    """

    entries: Mapping[str, Entry]
    ways: Mapping[str, Entry]
    source: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    origin: str = "."


def select(entries: Iterable[Entry], asked: Asked) -> Wanted:
    """What `asked` means in this backup. Raises BadInput for a path that the backup does not have."""
    every = {entry.path.removeprefix(FILES): entry for entry in entries if entry.live_path}
    wanted: dict[str, Entry] = {}
    left_out = 0
    roots = [_plain(path) for path in asked.paths]
    for name, entry in every.items():
        if not asked.files or _is_ours(name) or (roots and not any(_at_or_below(name, root) for root in roots)):
            continue
        if _stays(name, entry, asked):
            left_out += 1
            continue
        wanted[name] = entry
    for path, root in zip(asked.paths, roots, strict=True):
        if not any(_at_or_below(name, root) for name in wanted):
            raise BadInput(f"The backup has no {path}.", "callout backup scope says what is taken.")
    linked, source = _whole_links(wanted, every)
    ways = {name: every[name] for name in _ways(linked) if name in every}
    return Wanted(linked, ways, source, left_out, _origin(every))


def is_put_back(entry: Entry, asked: Asked) -> bool:
    """Whether a restore of what is asked brings this entry as the backup has it; of a system's shadow it never does."""
    name = entry.live_path.lstrip("/")
    if not name or not asked.files or _is_ours(name) or entry.live_path == SHADOW or _stays(name, entry, asked):
        return False
    return not asked.paths or any(_at_or_below(name, _plain(path)) for path in asked.paths)


def is_way(entry: Entry, asked: Asked) -> bool:
    """Whether it is a folder above something that is asked for: made as the backup has it where the system lacks it."""
    name = entry.live_path.lstrip("/")
    above = any(_at_or_below(_plain(path), name) for path in asked.paths)
    return bool(name) and asked.files and entry.kind is EntryKind.FOLDER and above


def part_of(name: str) -> Part:
    """The part of a live path without its leading slash."""
    return Part.DOORS if any(_at_or_below(name, door.lstrip("/")) for door in DOORS) else Part.FILES


def parents(name: str) -> list[str]:
    """The folders above a name, outermost first, without the root itself."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _origin(every: Mapping[str, Entry]) -> str:
    tops = [name for name in every if not any(above in every for above in parents(name))]
    return posixpath.commonpath([f"/{posixpath.dirname(name)}" for name in tops] or ["/"]).lstrip("/") or "."


def _ways(names: Iterable[str]) -> list[str]:
    known = set(names)
    return list(dict.fromkeys(above for name in known for above in parents(name) if above not in known))


def _whole_links(wanted: Mapping[str, Entry], every: Mapping[str, Entry]) -> tuple[dict[str, Entry], dict[str, str]]:
    """Every hard link leads to a wanted entry: where the first name of a file is not, the next one is the file."""
    found: dict[str, Entry] = {}
    source: dict[str, str] = {}
    leaders: dict[str, str] = {}
    for name, entry in wanted.items():
        first = entry.target.removeprefix(FILES)
        if entry.kind is EntryKind.HARD_LINK and first not in wanted:
            if first not in every:
                raise BadInput(f"The backup has no /{first}, to which /{name} is linked.", "Verify the backup.")
            leader = leaders.setdefault(first, name)
            if leader == name:
                source[name] = entry.target
                entry = replace(every[first], path=FILES + name)
            else:
                entry = replace(entry, target=FILES + leader)
        found[name] = entry
    return found, source


def _stays(name: str, entry: Entry, asked: Asked) -> bool:
    """What processes wrote of themselves, and host keys where policy keeps them."""
    runtime = entry.kind is not EntryKind.FOLDER and any(fnmatchcase(f"/{name}", rule) for rule in RUNTIME)
    return runtime or (asked.keep_host_keys and fnmatchcase(f"/{name}", HOST_KEYS))


def _is_ours(name: str) -> bool:
    return any(part == OURS or part.startswith(f"{OURS}-") for part in name.split("/"))


def _plain(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if not path.startswith("/") or not parts or "." in parts or ".." in parts:
        raise BadInput(f"--path {path!r} is no plain absolute path.", "Write it as on the system, from / on.")
    return "/".join(parts)


def _at_or_below(name: str, above: str) -> bool:
    return name == above or name.startswith(above + "/")
