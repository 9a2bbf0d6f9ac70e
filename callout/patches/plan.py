"""Pure: what a bundle would do to one system. The plan is what the customer says yes to, by its hash.

No time, no call-out number and nothing that changes by itself goes into it: the same bundle on the same
system in the same state for the same ticket has the same hash, on any day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.findings import Finding
from callout.ledger.event import canonical
from callout.patches.bundle import Bundle
from callout.patches.images import Observed
from callout.patches.manifest import Manifest
from callout.patches.obstacles import (
    SystemFacts,
    database_reasons,
    file_reason,
    leftover_reasons,
    product_reasons,
    restart_reasons,
    space_reasons,
    unseen_sql_reasons,
)
from callout.patches.plan_text import plan_text
from callout.patches.planned_file import PlannedFile, planned_file
from callout.patches.relations import binding_reasons, relation_reasons, superseded_by

# Of a bundle in format 1 the plan is as it always was, and so is its hash.
PLAN_VERSIONS = {1: 1, 2: 2}


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, or why nothing can be (`reasons`), or need be: `superseded_by` is a patch that is in."""

    facts: SystemFacts
    ticket: str
    bundle: Bundle
    signers: tuple[str, ...]
    files: tuple[PlannedFile, ...]
    reasons: tuple[Finding, ...]
    superseded_by: str = ""

    @property
    def verdict(self) -> str:
        """applicable, already-in, superseded or blocked."""
        if self.reasons:
            return "blocked"
        if self.superseded_by:
            return "superseded"
        return "already-in" if all(one.verdict == "already-in" for one in self.files) else "applicable"

    @property
    def nothing_to_do(self) -> bool:
        """True where the system has what the bundle does, by itself or by a later one."""
        return self.verdict in ("already-in", "superseded")

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, deterministic; what `hash` is made of."""
        manifest = self.bundle.manifest
        since_2: dict[str, Any] = {"bundle": {}, "plan": {}}
        if manifest.format_version > 1:
            since_2 = _since_2(manifest, self.facts)
        if self.superseded_by:
            since_2["plan"]["superseded_by"] = self.superseded_by
        return {
            "plan_version": PLAN_VERSIONS[manifest.format_version],
            "verdict": self.verdict,
            "customer": self.facts.customer,
            "system": self.facts.system,
            "address": self.facts.address,
            "port": self.facts.port,
            "product": self.facts.product,
            "version": self.facts.version,
            "ticket": self.ticket,
            "bundle": {
                "id": manifest.id,
                "title": manifest.title,
                "severity": manifest.severity,
                "bug": manifest.bug,
                "documentation": manifest.documentation,
                "sha256": self.bundle.sha256,
                "signers": list(self.signers),
                **since_2["bundle"],
            },
            "files": [one.as_dict() for one in self.files],
            "restart": [{"service": one, "command": self.facts.restart.get(one, "")} for one in manifest.restart],
            "downtime_minutes": manifest.downtime_minutes,
            "charging": dict(self.facts.charging),
            "reasons": [reason.as_dict() for reason in self.reasons],
            **since_2["plan"],
        }

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over the canonical JSON of `as_dict`; what a consent names."""
        return plan_hash(self.as_dict())

    @property
    def text(self) -> str:
        """For people; ends with a line's end."""
        return plan_text(self.as_dict(), self.hash)


def plan_hash(plan: Mapping[str, Any]) -> str:
    """The hash of a plan's dictionary."""
    return hashlib.sha256(canonical(plan).encode()).hexdigest()


def make_plan(
    bundle: Bundle, signers: Sequence[str], observed: Sequence[Observed], facts: SystemFacts, ticket: str
) -> Plan:
    """The plan. `observed` has one entry per file of the manifest, in its order; nothing unknown is read as fine."""
    changes = bundle.manifest.files
    files = tuple(planned_file(change, seen) for change, seen in zip(changes, observed, strict=True))
    history = facts.history
    reasons = [
        *leftover_reasons(observed, facts.unfinished),
        *binding_reasons(bundle.manifest, facts.customer, facts.system, history),
    ]
    missing = any(one.verdict != "already-in" for one in files)
    superseding = superseded_by(bundle.manifest, history) if missing else ""
    if not missing:
        reasons += unseen_sql_reasons(bundle.manifest, facts)
    # Where everything is in already nothing would be done, so nothing stands in its way.
    if missing and not superseding:
        reasons += [
            *product_reasons(bundle.manifest, facts),
            *relation_reasons(bundle.manifest, facts.system, history),
            *(file_reason(one) for one in files if one.verdict == "blocked"),
            *space_reasons(changes, files, observed),
            *restart_reasons(bundle.manifest, facts),
            *database_reasons(bundle.manifest, facts),
        ]
    return Plan(facts, ticket, bundle, tuple(signers), files, tuple(reasons), superseding)


def _since_2(manifest: Manifest, facts: SystemFacts) -> dict[str, dict[str, Any]]:
    """What a plan of format 2 says besides: of the bundle, and of what is done."""
    sql = None if manifest.sql is None else {**manifest.sql.model_dump(mode="json"), "database": facts.database}
    return {
        "bundle": {
            "sequence": manifest.sequence,
            "expires": manifest.expires,
            "requires": list(manifest.requires),
            "conflicts": list(manifest.conflicts),
            "supersedes": list(manifest.supersedes),
        },
        "plan": {"sql": sql, "health": list(manifest.health), "manual": list(manifest.manual)},
    }
