"""Pure: everything that the judge is told besides the changes. Nothing in it is looked up later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from callout.drift.look import Look, Section
from callout.drift.package_words import PackageEvidence
from callout.drift.waiver import Waiver

NOT_ASKED = PackageEvidence(why="The package manager was not asked.")
# What a patched file's `before` or `after` says where there was nothing.
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PatchedFile:
    """One file as one application of a bundle of ours, or its rollback, left it; from `patched`, `rolled_back`.

    `before` and `after` are the content's SHA-256 (hex), of a symlink that of its target's bytes, or `absent`; `mode`
    (four octal digits) and `owner` (`uid:gid`) are those of `after`, empty where the ledger has none. `at` is aware.
    """

    bundle: str
    callout: str
    event: str
    at: dt.datetime
    before: str
    after: str
    mode: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RestoredFile:
    """One path as a restore left it, by the backup's manifest. `kind` is a letter as in `FileSeen`; `mark` is a file's
    SHA-256 (hex), of a symlink that of its target's bytes, empty for what has no content."""

    kind: str
    mark: str
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore of ours between the looks. `roots` were asked for; `files` are how it left the changed paths, by the
    manifest of `backup`: empty where it was taken back, or where the manifest could not be had, with `why` as a
    sentence. `database` says that a dump was loaded, too. The times are aware."""

    event: str
    callout: str
    begun_at: dt.datetime
    ended_at: dt.datetime
    roots: tuple[str, ...] = ()
    files: Mapping[str, RestoredFile] = field(default_factory=dict)
    database: bool = False
    backup: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CalloutOfOurs:
    """A call-out of ours on this system that was open at some time between the looks; `closed` None for still.

    `changed` is what its own records say that it changed, as `section:subject` (`files:/etc/hosts`,
    `triggers:cdr.hide`). `hands_on` says that one of us worked on the system in a way that its records do not tell
    word for word (a session, SQL of a bundle): then what nobody else explains may be ours.
    """

    id: str
    opened: dt.datetime
    closed: dt.datetime | None
    changed: frozenset[str] = frozenset()
    hands_on: bool = False


@dataclass(frozen=True, slots=True)
class LookWord:
    """What of a look the judge needs besides its facts. `clock_s` is the system's clock, 0 for not told."""

    id: str
    taken_at: dt.datetime
    clock_s: int
    version: str

    @classmethod
    def of(cls, look: Look) -> LookWord:
        """The word of a look."""
        return cls(look.id, look.taken_at, look.clock_s, look.product_version)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that may explain a change. `patched` is by path, in the order of the ledger. What is not given is not known.

    `ledger_whole` says that patches, call-outs and restores between the looks were all read. `not_whole` are the
    sections that one of the looks does not have whole, and why. `texts_before` and `texts_after` are by path. `carried`
    are the places of changes that are older than the first of the two looks.
    """

    system: str
    before: LookWord
    after: LookWord
    patched: Mapping[str, tuple[PatchedFile, ...]] = field(default_factory=dict)
    restores: tuple[Restored, ...] = ()
    callouts: tuple[CalloutOfOurs, ...] = ()
    packages: PackageEvidence = NOT_ASKED
    waivers: tuple[Waiver, ...] = ()
    logins: tuple[str, ...] = ()
    texts_before: Mapping[str, str] = field(default_factory=dict)
    texts_after: Mapping[str, str] = field(default_factory=dict)
    not_whole: Mapping[Section, str] = field(default_factory=dict)
    ledger_whole: bool = True
    carried: frozenset[tuple[Section, str]] = frozenset()

    @property
    def same_version(self) -> bool | None:
        """Whether the product is of the same version in both looks; None where one of them does not know it."""
        if not self.before.version or not self.after.version:
            return None
        return self.before.version == self.after.version
