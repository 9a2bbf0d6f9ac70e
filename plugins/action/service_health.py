"""service_health: how a telephone system is, before, after or just now."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task, told
from callout.errors import ChecksFailed, Refused
from callout.findings import exit_code
from callout.steps.health import check_health, health_findings, wait_for_calls


class ActionModule(CalloutAction):
    """See library/service_health.py."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "default": ""},
        "moment": {"type": "str", "choices": ["before", "after", "now"], "default": "now"},
        "wait_for_calls_minutes": {"type": "int"},
        "fail_on_findings": {"type": "bool", "default": True},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        moment, callout, minutes = (task.arguments[key] for key in ("moment", "callout", "wait_for_calls_minutes"))
        outcome: dict[str, Any] = {"moment": moment}
        if minutes is not None:
            verdict = wait_for_calls(task.context, task.system, 0 if task.check else minutes)
            outcome["calls"] = verdict.as_dict()
            if not verdict.idle:
                reason = {"check": "asterisk.calls", "seen": verdict.seen, "remedy": "Wait, or come back later."}
                raise Refused(f"{task.system.name}: {verdict.seen}", "Nothing was changed; run again later.", [reason])
        if moment == "now" or not callout or task.check:
            findings = health_findings(task.context, task.system)
        else:
            findings = check_health(task.context, task.system, callout, moment)
        outcome |= {"findings": told(findings), "exit_code": exit_code(findings)}
        bad = [finding for finding in findings if finding.blocks]
        if bad and task.arguments["fail_on_findings"]:
            error = ChecksFailed(f"{task.system.name} is not well: {bad[0].seen}", bad[0].remedy)
            return {**outcome, "failed": True, "msg": error.message, "hint": error.hint, "reasons": told(bad)}
        return outcome
