"""Pure: is a system still as it was when the plan was made? Every difference is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callout.findings import Finding, Move, Status
from callout.patches.plan import plan_hash

_NOTHING_TO_DO = {"already-in": "is in already", "superseded": "is superseded by a patch that is in"}
_REMEDY = "Plan again, and have the customer consent to the new plan."
_WORDS = {
    "bundle": "the bundle is another one",
    "version": "the product's version is another one",
    "restart": "the services to restart, or their commands, are others",
    "ticket": "the ticket is another one",
    "charging": "what would be charged is something else",
    "address": "the address is another one",
    "port": "the port is another one",
    "reasons": "there are reasons against it now",
    "sql": "what is done to the database, or which one that is",
    "superseded_by": "another patch that does the same is in, or is not in any more",
}


def plan_differences(planned: Mapping[str, Any], present: Mapping[str, Any]) -> list[Finding]:
    """One passing finding where both have the same hash, else a failing one per difference.

    Both are dictionaries of plans. A version that cannot be had now is unknown, and blocks as such. A patch
    that is wholly in already, or superseded by one that is, is no difference: nothing will be done.
    """
    if plan_hash(planned) == plan_hash(present):
        seen = f"{present['system']} is as it was when the plan was made."
        return [Finding("patch.plan", Status.PASS, "as-planned", seen)]
    if present["verdict"] in _NOTHING_TO_DO and present["bundle"] == planned.get("bundle"):
        seen = f"{present['bundle']['id']} {_NOTHING_TO_DO[present['verdict']]}."
        return [Finding("patch.plan", Status.PASS, present["verdict"], seen)]
    before = {one["path"]: one for one in planned.get("files", [])}
    findings = [
        _differs(f"patch.file@{one['path']}", f"{one['path']} is not as it was when the plan was made.")
        for one in present["files"]
        if before.get(one["path"]) != one
    ]
    for key, words in _WORDS.items():
        if planned.get(key) != present.get(key):
            unknown = key == "version" and present.get(key) is None
            told = "the product's version cannot be had now" if unknown else words
            status = Status.UNKNOWN if unknown else Status.FAIL
            findings.append(_differs(f"patch.plan@{key}", f"Not as planned: {told}.", status))
    return findings or [_differs("patch.plan", "The plan is not the one that would be made now.")]


def _differs(check: str, seen: str, status: Status = Status.FAIL) -> Finding:
    return Finding(check, status, "not-as-planned", seen, Move.US, _REMEDY)
