"""Pure: what of a system is taken, what is left out, and why; and the same as arguments for find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.errors import BadInput
from callout.inventory.models import System
from callout.inventory.operation import BackupScope, CustomerBackup, shipped_scope

# Folders that the kernel fills. In a chroot they are mounted anew, and an old layout may hold several chroots.
KERNEL_FOLDERS = frozenset({"proc", "sys", "dev"})
# Where patches keep what they replaced (callout.patches.remote): neither the customer's system nor a change of it.
OWN_FOLDER = ".callout-originals"


class Reason(StrEnum):
    """Why a path is taken or left out."""

    PROFILE = "the product's profile names it"
    SYSTEM = "this system's inventory names it"
    CUSTOMER = "the customer's inventory names it"
    PRUNED = "the product's profile prunes it"
    PRUNED_BY_SYSTEM = "this system's inventory prunes it"
    PRUNED_BY_CUSTOMER = "the customer's inventory prunes it"
    REPLACED = "the product's profile names it, but this system's own list stands in its place"
    KERNEL_ANYWHERE = "a chroot's proc, sys or dev is the kernel's, at every depth"
    RECORDINGS_OUT = "policy leaves recordings out"
    RECORDINGS_UNWANTED = "the customer wants no recordings taken"
    KERNEL_MOUNT = "a kernel file system is mounted there"
    LINKED = "a path of the profile is a link to it"

    @property
    def asked_by(self) -> str:
        """Who wants it so: `profile`, `customer`, `system`, or `rule` where no inventory can have it otherwise."""
        return _ASKED_BY.get(self, "rule")


_ASKED_BY = {
    Reason.PROFILE: "profile",
    Reason.PRUNED: "profile",
    Reason.SYSTEM: "system",
    Reason.PRUNED_BY_SYSTEM: "system",
    Reason.REPLACED: "system",
    Reason.RECORDINGS_OUT: "system",
    Reason.CUSTOMER: "customer",
    Reason.PRUNED_BY_CUSTOMER: "customer",
    Reason.RECORDINGS_UNWANTED: "customer",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for, before the system was looked at.

    `taken` and `left_out` map absolute paths (in `left_out` also find patterns that begin with `*`) to the
    reason. The first path of `taken` is the product itself: without it there is nothing worth keeping.
    `replaced` are paths that the profile takes and this system's own list does not.
    """

    taken: Mapping[str, Reason]
    left_out: Mapping[str, Reason]
    recordings: tuple[str, ...]
    recordings_taken: bool
    replaced: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, in the profile's order."""
        return {
            "taken": [_told(path, why) for path, why in self.taken.items()],
            "left_out": [
                *(_told(path, why) for path, why in self.left_out.items()),
                *(_told(path, Reason.REPLACED) for path in self.replaced),
            ],
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
        Our own copies of what patches replaced are not even named.

        Named, because a restored system needs the empty folder to mount on; a left-out file is not even that.
        Sockets cannot be kept by tar.
        """
        tests: list[str] = []
        for path in self.left_out:
            tests += ["-o", "-path", path if path.startswith("*") else _literal(path)]
        roots = [*self.roots, "-name", OWN_FOLDER, "-prune", "-o"]
        if not tests:
            return [*roots, "!", "-type", "s"]
        left_out = ["(", *tests[1:], ")"]
        return [*roots, "(", *left_out, "-prune", "-type", "d", "-o", "!", *left_out, "!", "-type", "s", ")"]

    def holds(self, path: str) -> bool:
        """True for a path that was asked for: a root or below one."""
        return any(_at_or_below(path, root) for root in self.roots)


def scope_of_system(system: System) -> Scope:
    """The scope of one system: its product's profile, its own inventory, its customer's. Raises BadInput."""
    return scope_of(system.operation.backup, shipped_scope(system.product), system.customer.backup)


def scope_of(backup: BackupScope, shipped: BackupScope | None = None, customer: CustomerBackup | None = None) -> Scope:
    """The scope that `backup` asks for, with what `customer` adds. Raises BadInput naming the key.

    `shipped` is the profile as it was before the system's own values were laid over it; it tells who asked for
    what. A path that is not absolute and plain is refused; so is one that is added below another that is left
    out, since it would silently not be taken, and leaving out the product itself.
    """
    shipped, customer = shipped or backup, customer or CustomerBackup()
    left_out = _left_out(backup, shipped, customer)
    recordings = tuple(_plain(path, f"{_SYSTEM}.recordings") for path in backup.recordings)
    out = None if backup.include_recordings else Reason.RECORDINGS_OUT
    out = Reason.RECORDINGS_UNWANTED if customer.leave_out_recordings else out
    if out:
        left_out.update(dict.fromkeys(recordings, out))
    own = [_plain(path, f"{_SYSTEM}.paths") for path in backup.paths]
    if not own:
        raise BadInput(f"{_SYSTEM}.paths is empty.", "Name what the system is.")
    profile = [_plain(path, f"{_SYSTEM}.paths") for path in shipped.paths]
    asked = {path: Reason.PROFILE if path in profile else Reason.SYSTEM for path in own}
    for why, key, paths in (
        (Reason.SYSTEM, f"{_SYSTEM}.also.paths", backup.also.paths),
        (Reason.CUSTOMER, f"{_CUSTOMER}.also.paths", customer.also.paths),
    ):
        for path in (_plain(path, key) for path in paths):
            _require_not_left_out(path, key, left_out)
            asked.setdefault(path, why)
    if above := next((path for path in left_out if _at_or_below(own[0], path)), None):
        raise BadInput(f"{own[0]}, the product itself, is left out: {left_out[above]}.", f"Take {above} out of prune.")
    outermost = _outermost(list(asked))
    taken = {path: asked[path] for path in outermost if not any(_at_or_below(path, above) for above in left_out)}
    replaced = tuple(path for path in profile if not any(_at_or_below(path, root) for root in outermost))
    return Scope(taken, left_out, recordings, out is None, replaced)


_SYSTEM, _CUSTOMER = "callout_system.operation.backup", "callout_customer.backup"


def _left_out(backup: BackupScope, shipped: BackupScope, customer: CustomerBackup) -> dict[str, Reason]:
    left_out: dict[str, Reason] = {}
    for path in backup.prune:
        why = Reason.PRUNED if path in shipped.prune else Reason.PRUNED_BY_SYSTEM
        left_out[_plain(path, f"{_SYSTEM}.prune")] = why
    for path in backup.also.prune:
        left_out.setdefault(_plain(path, f"{_SYSTEM}.also.prune"), Reason.PRUNED_BY_SYSTEM)
    for path in customer.also.prune:
        left_out.setdefault(_plain(path, f"{_CUSTOMER}.also.prune"), Reason.PRUNED_BY_CUSTOMER)
    # Also where a system's own list stands in place of the profile's: nobody can mean to read a kernel's folder.
    for path in (*backup.prune, *shipped.prune):
        parts = path.rstrip("/").split("/")
        if parts[-1] in KERNEL_FOLDERS and len(parts) > 2:
            left_out.setdefault("*/" + "/".join(_literal(part) for part in parts[-2:]), Reason.KERNEL_ANYWHERE)
    return left_out


def _require_not_left_out(path: str, key: str, left_out: Mapping[str, Reason]) -> None:
    for above, why in left_out.items():
        if _at_or_below(path, above):
            raise BadInput(
                f"{key}: {path} would not be taken: {above} is left out, {why}.", "Take it out of one of the lists."
            )


def _told(path: str, why: Reason) -> dict[str, str]:
    return {"path": path, "why": str(why), "asked_by": why.asked_by}


def _at_or_below(path: str, above: str) -> bool:
    return path == above or path.startswith(above.rstrip("/") + "/")


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
            f"{key}: {path!r} is no plain absolute path.",
            "Write it from / on, without . and .. and control characters.",
        )
    return "/" + "/".join(part for part in parts if part)


def _literal(path: str) -> str:
    """The path as a pattern for find -path that matches nothing but itself."""
    return "".join(f"\\{character}" if character in "*?[\\" else character for character in path)
