"""What the ledger keeps of a backup: enough to find it, to judge it and to prove it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_check.escaping import shown
from callout.findings import Finding

# Names are evidence, not an archive: of each list the first so many are kept, the count is of all.
MAXIMUM_NAMES = 200
MAXIMUM_NAME_CHARACTERS = 1024


class Level(StrEnum):
    """How far a backup was verified; each one includes those before it.

    `structure`: the archive's listing is its manifest, and that is the ledger's; no content was read. `sample`: some
    files besides, read back and compared with the live system. `data`: every byte, too. By `callout backup verify`
    `structure` and `data` have Borg check the repository as a whole besides.
    """

    STRUCTURE = "structure"
    SAMPLE = "sample"
    DATA = "data"

    def covers(self, other: Level) -> bool:
        """True where this level proves all that `other` does."""
        order = list(Level)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of verifying. No findings means that nobody looked: never fine."""

    level: Level
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """True where something was checked and nothing failed or stayed unknown."""
        return bool(self.findings) and not any(finding.blocks for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"level": str(self.level), "findings": [finding.as_dict() for finding in self.findings]}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Verification:
        """What `as_dict` wrote. Raises KeyError or ValueError for anything else."""
        return cls(Level(raw["level"]), tuple(Finding.from_dict(finding) for finding in raw["findings"]))


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names from a system, bounded. `count` is how many there were, `listed` the first of them."""

    count: int
    listed: tuple[str, ...]

    @classmethod
    def of(cls, names: list[str]) -> Names:
        """The names once each, sorted; bytes that are no UTF-8 and control characters are shown escaped."""
        unique = sorted({name.encode("utf-8", "surrogateescape") for name in names})
        return cls(len(unique), tuple(shown(name, MAXIMUM_NAME_CHARACTERS) for name in unique[:MAXIMUM_NAMES]))

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"count": self.count, "listed": list(self.listed)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Names:
        """What `as_dict` wrote."""
        return cls(int(raw["count"]), tuple(raw["listed"]))


@dataclass(frozen=True, slots=True)
class DumpRecord:
    """The database in the backup. `file` is its name below `database/`, where that is not `NAME.sql` (SQLite's)."""

    name: str
    bytes: int
    sha256: str
    file: str = ""

    @classmethod
    def of(cls, name: str, file: str, size: int, sha256: str) -> DumpRecord:
        """The record of a database that stands in the archive as `database/FILE`."""
        return cls(name, size, sha256, "" if file == f"{name}.sql" else file)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; `file` only where it says something."""
        told = {"name": self.name, "bytes": self.bytes, "sha256": self.sha256}
        return {**told, "file": self.file} if self.file else told


@dataclass(frozen=True, slots=True)
class Reused:
    """What did not cross the line again: files, their bytes, and the archives that gave them, as they were stored."""

    files: int = 0
    bytes: int = 0
    backups: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"files": self.files, "bytes": self.bytes, "backups": list(self.backups)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Reused:
        """What `as_dict` wrote."""
        return cls(int(raw["files"]), int(raw["bytes"]), tuple(str(name) for name in raw["backups"]))


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """One complete backup. `id` is the archive's name in `repository` (a folder or address, never a secret).

    Times are UTC. `root_hash` is over the manifest (see manifest.Tally); `total_bytes` is what the files and
    the dump hold, `bytes_over_line` what the system sent; `verification_ms` is verifying's part of `duration_ms`.
    `left_out` maps paths and patterns to why.
    `changes_incomplete` says that more files than those named may have changed while they were read; those in
    `read_again` did, and were read well the second time. `everything_because` is why every file was read, empty
    where only what was changed since an earlier backup was.
    """

    id: str
    system: str
    customer: str
    product: str
    started: dt.datetime
    ended: dt.datetime
    duration_ms: int
    verification_ms: int
    bytes_over_line: int
    counts: Mapping[str, int]
    total_bytes: int
    root_hash: str
    left_out: Mapping[str, str]
    absent: tuple[str, ...]
    recordings: str
    changed_while_read: Names
    vanished_while_read: Names
    changes_incomplete: bool
    database: DumpRecord | None
    verification: Verification
    repository: str
    borg_version: str
    reused: Reused = Reused()
    everything_because: str = ""
    read_again: Names = Names(0, ())

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, without floats: the body of a `backed_up` event."""
        database = self.database
        return {
            "id": self.id,
            "system": self.system,
            "customer": self.customer,
            "product": self.product,
            "started": self.started.astimezone(dt.UTC).isoformat(),
            "ended": self.ended.astimezone(dt.UTC).isoformat(),
            "duration_ms": self.duration_ms,
            "verification_ms": self.verification_ms,
            "bytes_over_line": self.bytes_over_line,
            "counts": dict(self.counts),
            "total_bytes": self.total_bytes,
            "root_hash": self.root_hash,
            "left_out": dict(self.left_out),
            "absent": list(self.absent),
            "recordings": self.recordings,
            "changed_while_read": self.changed_while_read.as_dict(),
            "vanished_while_read": self.vanished_while_read.as_dict(),
            "changes_incomplete": self.changes_incomplete,
            "database": database.as_dict() if database else None,
            "verification": self.verification.as_dict(),
            "repository": self.repository,
            "borg_version": self.borg_version,
            "reused": self.reused.as_dict(),
            "everything_because": self.everything_because,
            "read_again": self.read_again.as_dict(),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> BackupRecord:
        """The record that `as_dict` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        database = raw["database"]
        return cls(
            id=raw["id"],
            system=raw["system"],
            customer=raw["customer"],
            product=raw["product"],
            started=dt.datetime.fromisoformat(raw["started"]),
            ended=dt.datetime.fromisoformat(raw["ended"]),
            duration_ms=int(raw["duration_ms"]),
            # Records from before this figure was kept have none.
            verification_ms=int(raw.get("verification_ms", 0)),
            bytes_over_line=int(raw["bytes_over_line"]),
            counts=dict(raw["counts"]),
            total_bytes=int(raw["total_bytes"]),
            root_hash=raw["root_hash"],
            left_out=dict(raw["left_out"]),
            absent=tuple(raw["absent"]),
            recordings=raw["recordings"],
            changed_while_read=Names.from_dict(raw["changed_while_read"]),
            vanished_while_read=Names.from_dict(raw["vanished_while_read"]),
            changes_incomplete=bool(raw["changes_incomplete"]),
            database=DumpRecord(**database) if database else None,
            verification=Verification.from_dict(raw["verification"]),
            repository=raw["repository"],
            borg_version=raw["borg_version"],
            # Records from before there was anything to reuse tell nothing of it.
            reused=Reused.from_dict(raw["reused"]) if "reused" in raw else Reused(),
            everything_because=str(raw.get("everything_because", "")),
            read_again=Names.from_dict(raw["read_again"]) if "read_again" in raw else Names(0, ()),
        )
