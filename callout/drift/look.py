"""Pure: what one look at a system saw, as values; a look's files lie beside it, in the order of their paths.

Texts of a system are hostile: here they are bounded and decoded (`surrogateescape`), and escaped only when shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Section(StrEnum):
    """What a look is made of. Each comes whole, is absent, or is unknown, by itself."""

    FILES = "files"
    PACKAGES = "packages"
    REPOSITORIES = "repositories"
    USERS = "users"
    GROUPS = "groups"
    SUDOERS = "sudoers"
    AUTHORISED_KEYS = "authorised_keys"
    CRON = "cron"
    SERVICES = "services"
    PORTS = "ports"
    KERNEL = "kernel"
    FIREWALL = "firewall"
    SSHD = "sshd"
    MOUNTS = "mounts"
    TABLES = "tables"
    COLUMNS = "columns"
    INDEXES = "indexes"
    VIEWS = "views"
    TRIGGERS = "triggers"
    ROUTINES = "routines"
    EVENTS = "events"
    GRANTS = "grants"
    COUNTS = "counts"


DATABASE_SECTIONS = (
    Section.TABLES,
    Section.COLUMNS,
    Section.INDEXES,
    Section.VIEWS,
    Section.TRIGGERS,
    Section.ROUTINES,
    Section.EVENTS,
    Section.GRANTS,
    Section.COUNTS,
)
SYSTEM_SECTIONS = tuple(one for one in Section if one is not Section.FILES and one not in DATABASE_SECTIONS)


class Whole(StrEnum):
    """How much of a section came. `absent`: the system has no such thing; `unknown` is never the same as empty."""

    WHOLE = "whole"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SectionState:
    """One section of a look. `why` is a sentence's worth for absent and unknown; `way` is how it was asked.

    Two looks that asked a section in different ways (`sshd -T` then, its files now) cannot be compared in it.
    """

    state: Whole
    why: str = ""
    way: str = ""

    @property
    def is_whole(self) -> bool:
        """All of it came."""
        return self.state is Whole.WHOLE


class Hashed(StrEnum):
    """Which regular files a look read: each, those that are not as they were before (and a sample), or none."""

    ALL = "all"
    CHANGED = "changed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One file, without its path. `kind` is a letter of `f d l p s c b`; sizes in bytes; times in seconds, as told.

    `sha256` is empty where nothing was read, `target` where there is none. `capabilities` are empty where there are
    none, `?` where that cannot be told.
    """

    kind: str
    size: int
    mode: int
    uid: int
    gid: int
    mtime: str
    ctime: str
    inode: str
    device: str
    links: int
    sha256: str = ""
    target: str = ""
    capabilities: str = ""

    @classmethod
    def of(cls, record: bytes) -> FileSeen:
        """A record as `record_of` writes it, and as a LookFile gives it: it was validated when it was read."""
        told, capabilities, sha256 = record.decode("utf-8", "surrogateescape").rsplit(" ", 2)
        kind, size, mode, uid, gid, mtime, ctime, inode, device, links, target = told.split(" ", 10)
        return cls(
            kind, int(size), int(mode, 8), int(uid), int(gid), mtime, ctime, inode, device, int(links),
            "" if sha256 == NOTHING else sha256, target, "" if capabilities == NOTHING else capabilities,
        )  # fmt: skip


# Stands in a record where there is no hash, or no capability.
NOTHING = "-"


def record_of(told: bytes, capabilities: bytes, sha256: bytes) -> bytes:
    """A file's record: `kind size mode uid gid mtime ctime inode device links target capabilities sha256`.

    Only the target may hold spaces, or be empty; so all can be found again, from both ends.
    """
    return b"%b %b %b" % (told, capabilities, sha256)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing of a section. `value` is by aspect; a secret in it is `sha256:…`, salted on our side.

    What belongs to a chroot has the chroot's path and a space before its subject. A subject that came twice (two
    lines of passwd with one name) has ` (2)` behind it the second time.
    """

    section: Section
    subject: str
    value: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at `taken_at` (aware, UTC, our clock; `clock_s` is the system's, 0 where it was not told).

    `facts` are sorted by section and subject. `texts` are contents of small text files by path, never of secret ones.
    `logins` and `disagreements` are one line each, as told and bounded: who was logged in lately, and what two ways of
    looking told differently. `unread_count` regular files
    could not be read: they have no hash.
    """

    id: str
    system: str
    taken_at: dt.datetime
    clock_s: int
    product_version: str
    scope_hash: str
    hashed: Hashed
    sections: Mapping[Section, SectionState]
    facts: tuple[Fact, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    logins: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    files_count: int = 0
    unread_count: int = 0

    def of(self, section: Section) -> Iterator[Fact]:
        """The facts of one section, in order."""
        return (fact for fact in self.facts if fact.section is section)


@dataclass(frozen=True, slots=True)
class LookFile:
    """A look and its files. Each call of `entries` begins anew: paths in ascending order of bytes, with records."""

    look: Look
    entries: Callable[[], Iterator[tuple[bytes, bytes]]]

    def files(self) -> Iterator[tuple[str, FileSeen]]:
        """All files, taken apart: for few of them; two looks are told apart by `differing`."""
        return ((path.decode("utf-8", "surrogateescape"), FileSeen.of(record)) for path, record in self.entries())


def differing(before: LookFile, after: LookFile) -> Iterator[tuple[str, FileSeen | None, FileSeen | None]]:
    """Paths whose records differ in anything, in order; None where one of the two has no such path."""
    old, new = before.entries(), after.entries()
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(old, None), next(new, None)
        elif other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield _text(one[0]), FileSeen.of(one[1]), None
            one = next(old, None)
        elif one is None or other[0] < one[0]:
            yield _text(other[0]), None, FileSeen.of(other[1])
            other = next(new, None)
        else:
            yield _text(one[0]), FileSeen.of(one[1]), FileSeen.of(other[1])
            one, other = next(old, None), next(new, None)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
