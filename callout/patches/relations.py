"""Pure: how a bundle stands to the patches that a system had before, by the ledger; each obstacle as a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callout.findings import Finding, Move, Status
from callout.patches.manifest import Manifest


@dataclass(frozen=True, slots=True)
class AppliedPatch:
    """A bundle that was once put into a system. `standing` is False where it was rolled back since."""

    id: str
    sha256: str
    sequence: int = 0
    supersedes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    standing: bool = True


def superseded_by(manifest: Manifest, history: Sequence[AppliedPatch]) -> str:
    """The id of a patch that is in and does what this bundle does; empty where there is none."""
    return next((one.id for one in history if one.standing and manifest.id in one.supersedes), "")


def binding_reasons(manifest: Manifest, customer: str, system: str, history: Sequence[AppliedPatch]) -> list[Finding]:
    """Made for another customer, or older than what the system has had. Nothing but another bundle helps."""
    reasons = []
    if manifest.customers and customer not in manifest.customers:
        seen = f"{manifest.id} is for {', '.join(manifest.customers)} only; {system} is {customer}'s."
        reasons.append(_fails("patch.customer", "other-customer", seen, "Use a bundle that is made for this customer."))
    newest = max((one.sequence for one in history if one.id == manifest.id), default=0)
    if manifest.sequence < newest:
        seen = f"{system} has had {manifest.id} with sequence {newest}; this one has {manifest.sequence}."
        reasons.append(_fails("patch.sequence", "downgrade", seen, f"Use the bundle with sequence {newest} or later."))
    return reasons


def relation_reasons(manifest: Manifest, system: str, history: Sequence[AppliedPatch]) -> list[Finding]:
    """What is in and must not be, and what must be in and is not. A patch does what those do that it supersedes."""
    there = {one.id: one for one in history if one.standing and one.id != manifest.id}
    reasons = []
    for one in there.values():
        if one.id in manifest.supersedes:
            continue
        if one.id in manifest.conflicts or manifest.id in one.conflicts:
            seen = f"{one.id} is in on {system}; it and {manifest.id} cannot both be."
            remedy = f"Take it back first: callout patch roll-back ID --bundle {one.id}."
            reasons.append(_fails(f"patch.conflict@{one.id}", "conflicts", seen, remedy))
    provided = {*there, *(each for one in there.values() for each in one.supersedes)}
    for wanted in manifest.requires:
        if wanted not in provided:
            seen = f"{manifest.id} needs {wanted}, which is not in on {system}, by the ledger."
            reasons.append(_fails(f"patch.requires@{wanted}", "missing-prerequisite", seen, f"Put {wanted} in first."))
    return reasons


def _fails(check: str, code: str, seen: str, remedy: str) -> Finding:
    return Finding(check, Status.FAIL, code, seen, Move.US, remedy)
