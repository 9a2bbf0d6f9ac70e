"""Action plugin custom_patch: a signed bundle in, exactly as planned, or out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.steps.gate_word import require_confirmed
from callout.steps.patch import apply_bundle, newest_plan
from callout.steps.patch_drain import Draining, drain_for_change
from callout.steps.patch_health import health_for_change, health_once
from callout.steps.roll_back import at_once, bundle_id_of, roll_back


class ActionModule(CalloutAction):
    """See library/custom_patch.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "required": True},
        "bundle": {"type": "path", "required": True},
        "plan": {"type": "str"},
        "wait_for_calls_minutes": {"type": "int"},
        "when_idle": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """Present executes the plan; absent puts the originals back."""
        context, system, given = task.context, task.system, task.arguments
        callout, bundle = given["callout"], Path(given["bundle"])
        minutes, until = given["wait_for_calls_minutes"], given["when_idle"] or ""
        drain = drain_for_change(context, system, callout, Draining(minutes, until))
        if given["state"] == "absent":
            named = bundle_id_of(context, system, given["bundle"])
            # Nobody waits for the calls of a system that is ill, unless that was asked for.
            waits = drain if until or minutes is not None else at_once
            health = health_once(context, system)
            outcome = roll_back(context, system, callout, named, health, task.check, waits)
        else:
            plan = given["plan"] or newest_plan(context, callout)
            if not task.check:
                require_confirmed(context, system, callout)
            health = health_for_change(context, system, callout)
            outcome = apply_bundle(context, system, callout, bundle, plan, health, drain, task.check)
        return outcome.as_dict(diff=task.diff)
