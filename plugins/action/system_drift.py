"""system_drift: a baseline recorded or renewed, or drift found."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.errors import BadInput, ChecksFailed
from callout.steps.baseline import record_baseline, rehearse_baseline, renew_after_change
from callout.steps.drift import compare_now, find_drift
from callout.steps.drift_report import said_of


class ActionModule(CalloutAction):
    """See library/system_drift.py."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "state": {"type": "str", "choices": ["found", "baseline", "renewed"], "default": "found"},
        "callout": {"type": "str", "default": ""},
        "full": {"type": "bool", "default": False},
        "because": {"type": "str", "default": ""},
        "fail_on_drift": {"type": "bool", "default": True},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """The verdicts, or the baseline; drift that nobody has explained or waived fails the task."""
        given, callout = task.arguments, task.arguments["callout"]
        if given["state"] == "renewed":
            if not callout:
                raise BadInput("state=renewed needs the call-out after which it is.", "Give callout=.")
            said = "not in check mode" if task.check else renew_after_change(task.context, task.system, callout)
            return {"renewed": said, "exit_code": 0}
        if given["state"] == "baseline":
            if task.check:
                rehearse_baseline(task.context, task.system, full=given["full"])
                return {"changed": True, "exit_code": 0}
            done = record_baseline(task.context, task.system, callout, because=given["because"], full=given["full"])
            return {"changed": True, "look": done.event.body["look"], "exit_code": 0}
        if task.check:
            report = compare_now(task.context, task.system, full=given["full"]).report
        else:
            report = find_drift(task.context, task.system, callout, full=given["full"])[1].report
        standing = [one.as_dict() for one in report.judged if not one.provenance.explains]
        unknown = [{"section": str(section), "why": why} for section, why in report.unknown]
        outcome: dict[str, Any] = {"outcome": str(report.outcome), "counts": dict(report.counts), "findings": standing}
        outcome |= {"unknown": unknown, "look": report.look.id, "exit_code": report.exit_status}
        if report.exit_status and given["fail_on_drift"]:
            error = ChecksFailed(said_of(report), f"See each one: callout drift show {task.system.name}")
            return {**outcome, "failed": True, "msg": error.message, "hint": error.hint}
        return outcome
