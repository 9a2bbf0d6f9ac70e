"""Action plugin patch_inventory: which bundles lie on a system, by a look at it or by the ledger alone."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task, told
from callout.findings import exit_code, worst
from callout.steps.patch_read_back import inventory_patches
from callout.steps.waves import standing_of


class ActionModule(CalloutAction):
    """See library/patch_inventory.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "look": {"type": "str", "choices": ["system", "ledger"], "default": "system"},
        "bundle": {"type": "path"},
        "callout": {"type": "str", "default": ""},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """What lies there, recorded; or what the ledger says of one bundle, which asks nothing of the system."""
        given = task.arguments
        if given["look"] == "ledger":
            return standing_of(task.context, task.system, given["bundle"] or "").as_dict()
        seen = inventory_patches(task.context, task.system, given["callout"])
        findings = seen.findings
        outcome = {"findings": told(findings), "worst": str(worst(findings)), "exit_code": exit_code(findings)}
        return {"changed": True, **seen.as_dict(), **outcome}
