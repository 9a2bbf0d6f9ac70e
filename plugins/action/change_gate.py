"""Action plugin change_gate: may this system be changed now? All reasons at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task, told
from callout.steps.gate import confirm_gate, pass_gate


class ActionModule(CalloutAction):
    """See library/change_gate.py for what goes in and comes out."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "required": True},
        "look": {"type": "str", "default": "before_anything", "choices": ["before_anything", "right_before"]},
        "bundle": {"type": "path"},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """The gate's findings; a refusal is raised by the step and fails the task with every reason."""
        given = task.arguments
        if given["look"] == "before_anything":
            findings = pass_gate(task.context, task.system, given["callout"])
        else:
            findings = confirm_gate(
                task.context, task.system, given["callout"], Path(given["bundle"] or ""), assume_backup=task.check
            )
        return {"changed": False, "findings": told(findings)}
