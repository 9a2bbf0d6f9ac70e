"""Action plugin callout_record: opens, plans and finishes a call-out in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.steps.plan import make_plan
from callout.steps.run import finish_run, start_run
from callout.steps.waves import waiting_callout


class ActionModule(CalloutAction):
    """See library/callout_record.py for what goes in and comes out."""

    NEEDS_OPEN_CALLOUT = False
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "state": {"type": "str", "required": True, "choices": ["opened", "planned", "finished"]},
        "callout": {"type": "str", "default": ""},
        "ticket": {"type": "str", "default": ""},
        "reason": {"type": "str", "default": ""},
        "emergency": {"type": "str", "default": ""},
        "take_up": {"type": "bool", "default": False},
        "bundle": {"type": "path"},
        "started_at": {"type": "str", "default": ""},
        "failure": {"type": "str", "default": ""},
        "steady": {"type": "str", "default": ""},
        "first_seq": {"type": "int", "default": 0},
        "playbook": {"type": "str", "default": "maintain"},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """Appends what the state asks for; in check mode to a copy of the ledger."""
        given = task.arguments
        if given["state"] == "opened":
            waiting = waiting_callout(task.context, task.system, given["ticket"]) if given["take_up"] else ""
            return start_run(
                task.context,
                task.system,
                given["callout"] or waiting,
                given["ticket"],
                given["reason"],
                given["emergency"],
                given["playbook"],
            )
        if given["state"] == "planned":
            plan = make_plan(task.context, task.system, given["callout"], Path(given["bundle"] or ""))
            return {"changed": True, "plan": plan.as_dict(), "hash": plan.hash, "verdict": plan.verdict}
        return finish_run(
            task.context,
            given["callout"],
            started_at=given["started_at"],
            started_steady=given["steady"],
            first_seq=given["first_seq"],
            failure=given["failure"],
            playbook=given["playbook"],
        )
