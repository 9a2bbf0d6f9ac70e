"""What the ledger keeps of a restore drill."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callout.backups.drill_rules import Outcome
from callout.findings import Finding


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """One drill. `root_hash` and `dump_sha256` are those of the backup that was restored, as it was restored.

    Times are UTC. `parts_ms` is how long each part took.
    """

    backup: str
    system: str
    product: str
    backup_taken: dt.datetime
    started: dt.datetime
    ended: dt.datetime
    duration_ms: int
    parts_ms: Mapping[str, int]
    entries: int
    restored_bytes: int
    root_hash: str
    dump_sha256: str
    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def proven(self) -> bool:
        """True where everything was looked at and nothing failed."""
        return self.outcome is Outcome.PROVEN

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, without floats: the body of a `drilled` event."""
        return {
            "backup": self.backup,
            "system": self.system,
            "product": self.product,
            "outcome": str(self.outcome),
            "backup_taken": self.backup_taken.astimezone(dt.UTC).isoformat(),
            "started": self.started.astimezone(dt.UTC).isoformat(),
            "ended": self.ended.astimezone(dt.UTC).isoformat(),
            "duration_ms": self.duration_ms,
            "parts_ms": dict(self.parts_ms),
            "entries": self.entries,
            "restored_bytes": self.restored_bytes,
            "root_hash": self.root_hash,
            "dump_sha256": self.dump_sha256,
            "findings": [finding.as_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> DrillRecord:
        """The record that `as_dict` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            backup=raw["backup"],
            system=raw["system"],
            product=raw["product"],
            backup_taken=dt.datetime.fromisoformat(raw["backup_taken"]),
            started=dt.datetime.fromisoformat(raw["started"]),
            ended=dt.datetime.fromisoformat(raw["ended"]),
            duration_ms=int(raw["duration_ms"]),
            parts_ms=dict(raw["parts_ms"]),
            entries=int(raw["entries"]),
            restored_bytes=int(raw["restored_bytes"]),
            root_hash=raw["root_hash"],
            dump_sha256=raw["dump_sha256"],
            outcome=Outcome(raw["outcome"]),
            findings=tuple(Finding.from_dict(finding) for finding in raw["findings"]),
        )
