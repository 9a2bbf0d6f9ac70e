"""Action plugin access_check: walks from the address to the shell and the web pages."""

from __future__ import annotations

from typing import Any, ClassVar

from access_check.verdicts import first_broken
from callout.ansible_face.base import CalloutAction, Task, told
from callout.errors import ChecksFailed
from callout.findings import exit_code, worst
from callout.steps.access import check_access


class ActionModule(CalloutAction):
    """See library/access_check.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "default": ""},
        "fail_on_findings": {"type": "bool", "default": True},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """The walk's findings; in check mode the same look, recorded in a copy of the ledger."""
        findings = check_access(task.context, task.system, task.arguments["callout"])
        outcome = {"findings": told(findings), "worst": str(worst(findings)), "exit_code": exit_code(findings)}
        broken = first_broken(findings)
        if broken is not None and broken.blocks and task.arguments["fail_on_findings"]:
            error = ChecksFailed(f"{task.system.name} cannot be reached as it must be: {broken.seen}", broken.remedy)
            reasons = told([finding for finding in findings if finding.blocks])
            return {**outcome, "failed": True, "msg": error.message, "hint": error.hint, "reasons": reasons}
        return outcome
