"""A change as it is carried out: which path goes from which image to which. Plain data, JSON-able and back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from callout.patches.images import Image


class Phase(StrEnum):
    """How far a transaction is, as the journal on our side says it. What a cut in each of them means:

    begun: the system says it (all old, all new, a mixture) · committed: all new, services and health are due ·
    finishing: all new and well, only our temporary files are left · undoing: back to the old · done, undone: over.
    """

    BEGUN = "begun"
    COMMITTED = "committed"
    FINISHING = "finishing"
    UNDOING = "undoing"
    DONE = "done"
    UNDONE = "undone"

    @property
    def over(self) -> bool:
        """True where nothing of it can be left on the system."""
        return self in (Phase.DONE, Phase.UNDONE)


@dataclass(frozen=True, slots=True)
class Change:
    """One path's way from one image to another. `number` counts from 1 and names its temporary files."""

    number: int
    path: str
    before: Image
    after: Image

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "number": self.number,
            "path": self.path,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class SqlChange:
    """What is done to the product's database, and what undoes it.

    `kind` is mysql or sqlite, `database` its name or its file, `client` the command on the system, as words.
    `forward` and `backward` are the SHA-256 of the texts on the shelf. `transactional`: in one transaction.
    """

    kind: str
    database: str
    client: str
    forward: str
    backward: str
    transactional: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "kind": self.kind,
            "database": self.database,
            "client": self.client,
            "forward": self.forward,
            "backward": self.backward,
            "transactional": self.transactional,
        }

    def turned(self) -> SqlChange:
        """The way back."""
        return replace(self, forward=self.backward, backward=self.forward)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One all-or-nothing change of one system. `token` is random: it holds the system's lock for this run.

    `restart` are service and command. `restarted` says that services may have been restarted with the new files.
    `sequence` and `requires` are the bundle's own words, for the ledger. `callout` is the call-out that began it.
    `must_pass` are names of findings that must pass afterwards besides what must be well anyway. `named` is the id of
    the run that this one was taken over from: its temporary files are on the system under that name.
    """

    token: str
    bundle: str
    plan_hash: str
    changes: tuple[Change, ...]
    restart: tuple[tuple[str, str], ...]
    phase: Phase = Phase.BEGUN
    restarted: bool = False
    sql: SqlChange | None = None
    sequence: int = 0
    requires: tuple[str, ...] = ()
    callout: str = ""
    must_pass: tuple[str, ...] = ()
    named: str = ""

    @property
    def id(self) -> str:
        """Names its temporary files on the system; 12 hex digits."""
        return self.named or id_of(self.token)

    @property
    def specification(self) -> bytes:
        """As the scripts read it; the last line tells a whole one from one that was cut on its way."""
        lines = (f"{one.number} {one.before.word} {one.after.word} {one.path}\n" for one in self.changes)
        return ("".join(lines) + f"end {len(self.changes)}\n").encode()

    def at(self, phase: Phase) -> Transaction:
        """The same, that far."""
        return replace(self, phase=phase)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "format": 1,
            "token": self.token,
            "bundle": self.bundle,
            "plan_hash": self.plan_hash,
            "changes": [one.as_dict() for one in self.changes],
            "restart": [{"service": service, "command": command} for service, command in self.restart],
            "phase": str(self.phase),
            "restarted": self.restarted,
            "sql": self.sql.as_dict() if self.sql else None,
            "sequence": self.sequence,
            "requires": list(self.requires),
            "callout": self.callout,
            "must_pass": list(self.must_pass),
            "named": self.named,
        }


def id_of(token: str) -> str:
    """The id of the transaction that has this token."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def new_transaction(
    bundle: str,
    plan_hash: str,
    changes: Sequence[Change],
    restart: Sequence[tuple[str, str]],
    sql: SqlChange | None = None,
    *,
    sequence: int = 0,
    requires: Sequence[str] = (),
    callout: str = "",
    must_pass: Sequence[str] = (),
) -> Transaction:
    """A transaction that nothing was done for yet."""
    return Transaction(
        token=secrets.token_hex(16),
        bundle=bundle,
        plan_hash=plan_hash,
        changes=tuple(changes),
        restart=tuple(restart),
        sql=sql,
        sequence=sequence,
        requires=tuple(requires),
        callout=callout,
        must_pass=tuple(must_pass),
    )


def transaction_from_dict(raw: Mapping[str, Any]) -> Transaction:
    """What `as_dict` wrote. Raises KeyError, TypeError, ValueError or CalloutError for anything else."""
    changes = tuple(
        Change(one["number"], one["path"], Image.from_dict(one["before"]), Image.from_dict(one["after"]))
        for one in raw["changes"]
    )
    restart = tuple((one["service"], one["command"]) for one in raw["restart"])
    sql = SqlChange(**raw["sql"]) if raw.get("sql") else None
    return Transaction(
        token=raw["token"],
        bundle=raw["bundle"],
        plan_hash=raw["plan_hash"],
        changes=changes,
        restart=restart,
        phase=Phase(raw["phase"]),
        restarted=raw["restarted"],
        sql=sql,
        sequence=int(raw.get("sequence", 0)),
        requires=tuple(raw.get("requires", ())),
        callout=str(raw.get("callout", "")),
        must_pass=tuple(raw.get("must_pass", ())),
        named=str(raw.get("named", "")),
    )
