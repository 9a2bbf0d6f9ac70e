"""Pure: what of a system is listed, as find's arguments; and what no reader enters, by what is mounted there."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callout.drift.look import Fact

# The kernel fills them; some never end. proc(5): these have no block device behind them.
KERNEL_TYPES = frozenset(
    ("proc", "sysfs", "devtmpfs", "devfs", "devpts", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "pstore",
     "bpf", "configfs", "mqueue", "hugetlbfs", "fusectl", "binfmt_misc", "rpc_pipefs", "nsfs", "autofs", "efivarfs",
     "selinuxfs", "ramfs")
)  # fmt: skip
# Somebody else's files, over a line that may hang.
NETWORK_TYPES = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|9p|ceph|glusterfs|afs|davfs|ncpfs|fuse\.(?!ext|ntfs|zfs).*")
# What data is made of: folders, links, pipes, sockets, and files that nobody may execute (POSIX: any of the bits).
SIFTED_OUT = (
    "-type", "d", "-o", "-type", "l", "-o", "-type", "p", "-o", "-type", "s", "-o", "-type", "f",
    "!", "-perm", "-4000", "!", "-perm", "-2000", "!", "-perm", "-0100", "!", "-perm", "-0010", "!", "-perm", "-0001",
)  # fmt: skip
_PATTERN = re.compile(r"[*?\[\\]")


@dataclass(frozen=True, slots=True)
class Listing:
    """What find is asked. `pruned` are patterns for -path of what is named, but never entered; `unnamed`, of what is
    not even named: the kernel's mount points, which change by themselves, and are among the mounts. Below `sifted`
    folders only what `SIFTED_OUT` does not mean is named."""

    roots: tuple[str, ...]
    pruned: tuple[str, ...]
    unnamed: tuple[str, ...] = ()
    sifted: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """find's arguments, without an action."""
        words = ["-H", *self.roots]
        if self.unnamed:
            words += ["(", *_either(self.unnamed), ")", "-prune", "-o"]
        if self.pruned:
            # Whatever is not pruned is named, too; the second test always holds.
            words += ["(", "(", *_either(self.pruned), ")", "-prune", "-o", "-path", "/*", ")"]
        if self.sifted:
            below = [f"{literal(folder.rstrip('/'))}/*" for folder in self.sifted]
            words += ["!", "(", "(", *_either(below), ")", "(", *SIFTED_OUT, ")", ")"]
        return words


def _either(patterns: Sequence[str]) -> list[str]:
    return [word for pattern in patterns for word in ("-o", "-path", pattern)][1:]


def listing_of(
    roots: Sequence[str], prunes: Iterable[str], mounts: Iterable[Fact], sifted: Iterable[str] = ()
) -> Listing:
    """The scope's roots and prunes, and what is mounted on the system. Roots below another one are left out."""
    facts = list(mounts)
    unnamed = [literal(point) for point in kernel_points(facts)]
    network = [fact for fact in facts if NETWORK_TYPES.fullmatch(fact.value.get("type", ""))]
    pruned = [*prunes, *(literal(_point(fact)) for fact in network)]
    outermost = [
        root
        for root in dict.fromkeys(roots)
        if not any(root != other and root.startswith(other.rstrip("/") + "/") for other in roots)
    ]
    return Listing(tuple(outermost), tuple(dict.fromkeys(pruned)), tuple(dict.fromkeys(unnamed)), tuple(sifted))


def kernel_points(mounts: Iterable[Fact]) -> list[str]:
    """Where kernel file systems are mounted."""
    return [_point(fact) for fact in mounts if fact.value.get("type") in KERNEL_TYPES and _point(fact) != "/"]


def _point(fact: Fact) -> str:
    """Its mount point: what is mounted there a second time is numbered."""
    return re.sub(r" \(\d+\)$", "", fact.subject)


def literal(path: str) -> str:
    """The path as a pattern for find -path that matches nothing but itself."""
    return _PATTERN.sub(lambda found: "\\" + found[0], path)


def holds(roots: Sequence[str]) -> re.Pattern[bytes]:
    """Matches what lies at or below one of the roots; nothing, where there are none."""
    if not roots:
        return re.compile(rb"(?!)")
    escaped = (re.escape(root.rstrip("/").encode("utf-8", "surrogateescape")) for root in roots)
    return re.compile(rb"(?:" + rb"|".join(escaped) + rb")(?:/.*)?", re.DOTALL)


def matcher(globs: Sequence[str]) -> re.Pattern[bytes]:
    """Matches a path that one of the patterns does: `*` is anything, `?` one byte, as find -path has it."""
    if not globs:
        return re.compile(rb"(?!)")
    either = "|".join(fnmatch.translate(one) for one in globs)
    return re.compile(either.encode("utf-8", "surrogateescape"), re.DOTALL)


def covered(mounts: Iterable[Fact], before: Iterable[Fact], roots: Sequence[str]) -> list[str]:
    """A sentence for each mount that was not there before, below a root: nobody sees what is beneath it now."""
    known = {(fact.subject, fact.value.get("source"), fact.value.get("root")) for fact in before}
    inside = holds(roots)
    return [
        f"{fact.subject} has been mounted over since (from {fact.value.get('source')}, {fact.value.get('root')}): what "
        "lies beneath cannot be seen."
        for fact in mounts
        if (fact.subject, fact.value.get("source"), fact.value.get("root")) not in known
        and inside.fullmatch(fact.subject.encode("utf-8", "surrogateescape"))
    ]
