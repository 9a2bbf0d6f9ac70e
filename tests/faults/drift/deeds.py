"""What a plan is made of: deeds, each with the means by which it is done and the subjects by which it must be found."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from enum import StrEnum

PW = "/opt/pbxware/pw"
GUI = f"{PW}/opt/pbxware-gui"


class Means(StrEnum):
    """How a deed is done; deeds of one batch and the same means are done in one go."""

    SHELL = "shell"  # a POSIX script, as root on the system
    DATABASE = "database"  # statements, by the product's own client
    INSTALL = "install"  # `apt-get install` of what `text` names
    UPGRADE = "upgrade"  # the same, of a package whose older version was put there before the first look
    REMOVE = "remove"  # `apt-get purge` of what `text` names
    PATCH = "patch"  # `text` is a path that a signed bundle of ours replaces or creates


@dataclass(frozen=True)
class Mark:
    """A finding's section and subject. `pattern` is a path or name, or with `glob` a pattern; letter case is ignored.

    `within` is what must stand in its values, where several deeds share a subject.
    """

    section: str
    pattern: str
    glob: bool = False
    within: str = ""

    def fits(self, section: str, subject: str, values: str = "") -> bool:
        """Whether a finding of that section, subject and values is meant."""
        if section != self.section or self.within not in values:
            return False
        if self.glob:
            return fnmatch.fnmatchcase(subject.casefold(), self.pattern.casefold())
        return subject.casefold() == self.pattern.casefold()


@dataclass(frozen=True)
class Deed:
    """One change. It is found by any of `marks`; what is in `beside` it touches as well: accounts lie in many files."""

    number: int
    kind: str
    planted: bool
    means: Means
    text: str
    marks: tuple[Mark, ...]
    beside: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class File:
    """One regular file of the tree before the first deed: size in bytes, permission bits, owners, and whose it is."""

    path: str
    size: int
    mode: int
    uid: int
    gid: int
    package: str


def quoted(word: str) -> str:
    """A word for `sh`."""
    return "'" + word.replace("'", "'\\''") + "'"


def path_mark(path: str) -> tuple[Mark, ...]:
    """The mark of a file."""
    return (Mark("files", path),)
