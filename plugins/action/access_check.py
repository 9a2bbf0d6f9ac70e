"""Action plugin access_check: walks from the address to the shell and the web pages."""

from __future__ import annotations

from typing import Any, ClassVar

from access_check.verdicts import broken_steps
from callout.ansible_face.base import CalloutAction, Task, told
from callout.errors import ChecksFailed
from callout.findings import exit_code, worst
from callout.policy.gate import in_the_way
from callout.steps.access import check_access


class ActionModule(CalloutAction):
    """See library/access_check.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "default": ""},
        "fail_on_findings": {"type": "bool", "default": True},
        "fail_on_steps": {"type": "list", "elements": "str", "default": []},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """The walk's findings; in check mode the same look, recorded in a copy of the ledger."""
        findings = check_access(task.context, task.system, task.arguments["callout"])
        outcome = {"findings": told(findings), "worst": str(worst(findings)), "exit_code": exit_code(findings)}
        blocking = in_the_way(task.system.target, findings, task.arguments["fail_on_steps"])
        if blocking and task.arguments["fail_on_findings"]:
            first = next(iter(broken_steps(blocking)), blocking[0])
            error = ChecksFailed(f"{task.system.name} cannot be reached as it must be: {first.seen}", first.remedy)
            return {**outcome, "failed": True, "msg": error.message, "hint": error.hint, "reasons": told(blocking)}
        return outcome
