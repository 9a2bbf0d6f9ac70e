"""Action plugin custom_patch: a signed bundle in, exactly as planned, or out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.steps.gate_word import require_confirmed
from callout.steps.patch import apply_bundle, newest_plan
from callout.steps.patch_health import health_for_change, health_once
from callout.steps.roll_back import bundle_id_of, roll_back


class ActionModule(CalloutAction):
    """See library/custom_patch.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "required": True},
        "bundle": {"type": "path", "required": True},
        "plan": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """Present executes the plan; absent puts the originals back."""
        context, system, given = task.context, task.system, task.arguments
        callout, bundle = given["callout"], Path(given["bundle"])
        if given["state"] == "absent":
            named = bundle_id_of(context, system, given["bundle"])
            outcome = roll_back(context, system, callout, named, health_once(context, system), task.check)
        else:
            plan = given["plan"] or newest_plan(context, callout)
            if not task.check:
                require_confirmed(context, system, callout)
            health = health_for_change(context, system, callout)
            outcome = apply_bundle(context, system, callout, bundle, plan, health, task.check)
        return outcome.as_dict(diff=task.diff)
