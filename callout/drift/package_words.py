"""Pure: what the package manager of a system says of paths and accounts, as values for whoever judges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """Is a file what its package has shipped?"""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PackageWord:
    """`path` belongs to `package` (and `version`); of a configuration file the package knows how it shipped it, too.

    `root` is the root file system that the package is of: `/`, or a chroot.
    """

    path: str
    package: str
    version: str
    shipped: Match
    configuration: bool = False
    root: str = "/"


@dataclass(frozen=True, slots=True)
class AccountWord:
    """A maintainer script of `package` makes the account (user or group) `name`."""

    name: str
    package: str
    root: str = "/"


@dataclass(frozen=True, slots=True)
class PackageLogLine:
    """A line of the package manager's log: `moment` as told (the system's zone), such as `upgrade bash 5.1 5.2`."""

    moment: str
    action: str
    package: str
    before: str = ""
    after: str = ""
    root: str = "/"


@dataclass(frozen=True, slots=True)
class PackageEvidence:
    """What one evidence look brought. `whole` is False where any of it did not come: then nothing may be concluded
    from what is missing."""

    paths: tuple[PackageWord, ...] = ()
    accounts: tuple[AccountWord, ...] = ()
    log: tuple[PackageLogLine, ...] = ()
    disagreements: tuple[str, ...] = ()
    whole: bool = False
    why: str = ""
