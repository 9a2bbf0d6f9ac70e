"""Pure: in which order applied bundles can be taken back. What stands on one goes first; all others, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.findings import Finding, Move, Status


@dataclass(frozen=True, slots=True)
class Applied:
    """One `patched` event, as far as the order goes: when (`seq`), by which call-out, what it touched and needs.

    `database` says that it changed the product's database, too.
    """

    bundle: str
    transaction: str
    callout: str
    seq: int
    paths: frozenset[str]
    database: bool
    requires: frozenset[str]


def applied_from(seq: int, callout: str, body: Mapping[str, Any]) -> Applied:
    """What a `patched` event says; events of before format 2 say nothing of databases and relations."""
    return Applied(
        bundle=body["bundle"],
        transaction=body["transaction"],
        callout=callout,
        seq=seq,
        paths=frozenset(one["path"] for one in body["files"]),
        database=bool(body.get("sql")),
        requires=frozenset(body.get("requires", ())),
    )


def stands_on(one: Applied, standing: Iterable[Applied]) -> list[Finding]:
    """Why `one` cannot be taken back yet: a failing finding for each later bundle that stands on it, newest first."""
    later = sorted((other for other in standing if other.seq > one.seq), key=lambda other: -other.seq)
    return [finding for other in later if (finding := _why(one, other)) is not None]


def _why(one: Applied, other: Applied) -> Finding | None:
    remedy = f"Take {other.bundle} back first: callout patch roll-back CALL-OUT --bundle {other.bundle}."
    after = f"{other.bundle} was applied after it ({other.callout})"
    evidence: dict[str, Any] = {"bundle": other.bundle, "applied_in": other.callout}
    shared: Sequence[str] = sorted(one.paths & other.paths)
    if shared:
        more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
        seen = f"{after} and changed {shared[0]}{more}; take that back first."
        evidence["paths"] = list(shared)
        return Finding(f"patch.order@{other.bundle}", Status.FAIL, "applied-after", seen, Move.US, remedy, evidence)
    if one.bundle in other.requires:
        seen = f"{after} and requires it; take that back first."
        return Finding(f"patch.order@{other.bundle}", Status.FAIL, "required", seen, Move.US, remedy, evidence)
    if one.database and other.database:
        seen = f"{after} and changed the database, too; take that back first."
        return Finding(f"patch.order@{other.bundle}", Status.FAIL, "database-after", seen, Move.US, remedy, evidence)
    return None
