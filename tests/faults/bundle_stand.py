"""A stand: a good bundle in parts, keys, and the files that say whose signatures count, for a case to change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callout.ledger.event import canonical
from callout.patches.archive import read_members, write_members
from callout.patches.bundle import Container
from callout.patches.signature import sign
from tests.unit.patches.conftest import public

# All these refuse with exit status 6, but `no bundle` (2) and `blocked` (the plan says by what).
TAMPERED, UNKNOWN, REVOKED, EXPIRED = "tampered", "unknown key", "revoked key", "expired"
NOT_YET, UNSIGNED, TOO_FEW, NO_BUNDLE, BLOCKED = "not yet valid", "is not signed", "too few", "no bundle", "blocked"
CANNOT_READ = "cannot be read"


@dataclass
class Stand:
    """A good bundle and all by which it is judged, to be changed by a case."""

    keys: dict[str, Path]
    inventory: Path
    payload: bytes
    now: dt.datetime
    signers: list[str] = field(default_factory=lambda: ["anna"])
    # Made of the payload and the signers unless a case puts something here.
    signatures: list[bytes] | None = None
    raw: bytes | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    customer: str = "acme"
    product: str = "pbxware"
    version: str | None = "8.1"
    applied: list[dict[str, Any]] = field(default_factory=list)

    def allow(self, *lines: str) -> None:
        """The file of allowed signers; `{anna}` stands for her public key."""
        named = {name: public(key) for name, key in self.keys.items()}
        (self.inventory / "allowed_signers").write_text("".join(line.format(**named) + "\n" for line in lines))

    def revoke(self, *names: str) -> None:
        """The file of revoked public keys."""
        (self.inventory / "revoked_keys").write_text("".join(public(self.keys[name]) + "\n" for name in names))

    def members(self) -> dict[str, bytes]:
        """The payload's members."""
        return read_members(self.payload, what="x", maximum_members=99)

    def tamper(self, change: Callable[[dict[str, Any], dict[str, bytes]], None], *, resign: bool = False) -> None:
        """Changes manifest and members behind the signers' backs, or with them."""
        signed = self.made_signatures()
        members = self.members()
        manifest = json.loads(members.pop("bundle.json"))
        change(manifest, members)
        self.payload = write_members([("bundle.json", canonical(manifest).encode()), *members.items()])
        self.signatures = None if resign else signed

    def made_signatures(self) -> list[bytes]:
        """Those that a case has put, else those of the signers over the payload as it is now."""
        if self.signatures is not None:
            return self.signatures
        return [sign(self.payload, self.keys[name]) for name in self.signers]

    def to_bytes(self) -> bytes:
        """The bundle file."""
        return self.raw if self.raw is not None else Container(self.payload, tuple(self.made_signatures())).to_bytes()


@dataclass(frozen=True)
class Case:
    """What is done, and how the answer begins."""

    name: str
    spoil: Callable[[Stand], Any]
    answer: str
