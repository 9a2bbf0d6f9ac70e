"""The shape of every result of a check: a value, never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What a check came to. `unknown` is never read as fine."""

    PASS = "pass"  # noqa: S105 - the word of the house, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Move(StrEnum):
    """Whose move it is, so that the right person gets the sentence."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    NETWORK_PROVIDER = "network provider"
    US = "us"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's verdict with what was seen, whose move it is and the remedy.

    `check` is dotted, with the port or path after `@` (`ssh.login@2020`); `code` is one word of a closed
    vocabulary (`refused`, `host-key-changed`); `seen` and `remedy` are whole sentences for people and carry
    no control characters; `evidence` is JSON-able and never holds a secret.
    """

    check: str
    status: Status
    code: str
    seen: str
    move: Move = Move.NOBODY
    remedy: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """True where work must not go on: a failure, or something we could not find out."""
        return self.status in (Status.FAIL, Status.UNKNOWN)

    def waived(self, reason: str) -> Finding:
        """This finding, set aside for a stated reason; what was seen stays in it."""
        return replace(self, status=Status.WAIVED, remedy=f"Waived: {reason}")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON-able dictionary, keys in the order of the fields."""
        return {
            "check": self.check,
            "status": str(self.status),
            "code": self.code,
            "seen": self.seen,
            "move": str(self.move),
            "remedy": self.remedy,
            "evidence": dict(self.evidence),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Finding:
        """The finding that `as_dict` wrote. Raises KeyError or ValueError for anything else."""
        return cls(
            check=raw["check"],
            status=Status(raw["status"]),
            code=raw["code"],
            seen=raw["seen"],
            move=Move(raw["move"]),
            remedy=raw.get("remedy", ""),
            evidence=raw.get("evidence", {}),
        )


def worst(findings: Iterable[Finding]) -> Status:
    """The status that speaks for all: fail, then unknown, warn, waived, pass. No findings is unknown."""
    order = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.WAIVED, Status.PASS)
    seen = {finding.status for finding in findings}
    return next((status for status in order if status in seen), Status.UNKNOWN)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 well, 3 findings that fail or are unknown, 4 warnings only (design: exit codes)."""
    return {Status.FAIL: 3, Status.UNKNOWN: 3, Status.WARN: 4}.get(worst(findings), 0)
