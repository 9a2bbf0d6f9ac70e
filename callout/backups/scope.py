"""Pure: what of a system is taken, what is left out, and why; and the same as arguments for find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.errors import BadInput
from callout.inventory.operation import BackupScope

# Folders that the kernel fills. In a chroot they are mounted anew, and an old layout may hold several chroots.
KERNEL_FOLDERS = frozenset({"proc", "sys", "dev"})


class Reason(StrEnum):
    """Why a path is taken or left out."""

    PROFILE = "the product's profile names it"
    PRUNED = "the product's profile prunes it"
    KERNEL_ANYWHERE = "a chroot's proc, sys or dev is the kernel's, at every depth"
    RECORDINGS_OUT = "policy leaves recordings out"
    KERNEL_MOUNT = "a kernel file system is mounted there"
    LINKED = "a path of the profile is a link to it"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for, before the system was looked at.

    `taken` and `left_out` map absolute paths (in `left_out` also find patterns that begin with `*`) to the
    reason. The first path of `taken` is the product itself: without it there is nothing worth keeping.
    """

    taken: Mapping[str, Reason]
    left_out: Mapping[str, Reason]
    recordings: tuple[str, ...]
    recordings_taken: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, in the profile's order."""
        return {
            "taken": [{"path": path, "why": str(why)} for path, why in self.taken.items()],
            "left_out": [{"path": path, "why": str(why)} for path, why in self.left_out.items()],
            "recordings": list(self.recordings),
            "recordings_taken": self.recordings_taken,
        }


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """What will be read, after the system was looked at. `absent` are scope paths that it does not have."""

    roots: tuple[str, ...]
    left_out: Mapping[str, Reason]
    absent: tuple[str, ...]

    def find_arguments(self) -> list[str]:
        """Arguments for find, without the action: a left-out folder is named itself, but never entered.

        Named, because a restored system needs the empty folder to mount on. Sockets cannot be kept by tar.
        """
        tests: list[str] = []
        for path in self.left_out:
            tests += ["-o", "-path", path if path.startswith("*") else _literal(path)]
        if not tests:
            return [*self.roots, "!", "-type", "s"]
        return [*self.roots, "(", "(", *tests[1:], ")", "-prune", "-o", "!", "-type", "s", ")"]

    def holds(self, path: str) -> bool:
        """True for a path that was asked for: a root or below one."""
        return any(path == root or path.startswith(root.rstrip("/") + "/") for root in self.roots)


def scope_of(backup: BackupScope) -> Scope:
    """The scope that a profile asks for. Raises BadInput for a path that is not absolute and plain."""
    left_out: dict[str, Reason] = {}
    for path in backup.prune:
        left_out[_plain(path, "prune")] = Reason.PRUNED
    for path in backup.prune:
        parts = path.rstrip("/").split("/")
        if parts[-1] in KERNEL_FOLDERS and len(parts) > 2:
            left_out.setdefault("*/" + "/".join(_literal(part) for part in parts[-2:]), Reason.KERNEL_ANYWHERE)
    recordings = tuple(_plain(path, "recordings") for path in backup.recordings)
    if not backup.include_recordings:
        left_out.update(dict.fromkeys(recordings, Reason.RECORDINGS_OUT))
    paths = [_plain(path, "paths") for path in backup.paths]
    if not paths:
        raise BadInput("callout_system.operation.backup.paths is empty.", "Name what the system is.")
    taken = dict.fromkeys(_outermost(paths), Reason.PROFILE)
    return Scope(taken, left_out, recordings, backup.include_recordings)


def plan_capture(
    scope: Scope, links: Mapping[str, str], absent: Sequence[str], kernel_mounts: Sequence[str]
) -> CapturePlan:
    """The scope applied to what the system is like.

    `links` maps scope paths that are links to folders to where they lead: the link *and* the folder are taken,
    and what is left out below the link is left out below the folder. `kernel_mounts` are mount points.
    """
    present = [path for path in scope.taken if path not in absent]
    roots = _outermost([*present, *(links[path] for path in present if path in links)])
    left_out = dict(scope.left_out)
    for path, why in scope.left_out.items():
        for link, leads_to in links.items():
            if path.startswith(link + "/"):
                left_out[leads_to.rstrip("/") + path[len(link) :]] = why
    bare = CapturePlan(tuple(roots), {}, tuple(absent))
    for point in kernel_mounts:
        if bare.holds(point):
            left_out.setdefault(point, Reason.KERNEL_MOUNT)
    return CapturePlan(tuple(roots), left_out, tuple(absent))


def _outermost(paths: Sequence[str]) -> list[str]:
    """`paths` in order, once each, without those that lie below another one."""
    return [
        path
        for path in dict.fromkeys(paths)
        if not any(path != other and path.startswith(other.rstrip("/") + "/") for other in paths)
    ]


def _plain(path: str, key: str) -> str:
    parts = path.split("/")
    if not path.startswith("/") or ".." in parts or "." in parts or not path.isprintable() or len(path) > 1024:
        raise BadInput(
            f"callout_system.operation.backup.{key}: {path!r} is no plain absolute path.",
            "Write it from / on, without . and .. and control characters.",
        )
    return "/" + "/".join(part for part in parts if part)


def _literal(path: str) -> str:
    """The path as a pattern for find -path that matches nothing but itself."""
    return "".join(f"\\{character}" if character in "*?[\\" else character for character in path)
