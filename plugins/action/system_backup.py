"""system_backup: a complete, verified backup of the system, or a failure."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.backups.record import Level
from callout.steps.backup import back_up, scope_for


class ActionModule(CalloutAction):
    """See library/system_backup.py."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "default": ""},
        "verify": {"type": "str", "choices": ["structure", "sample", "data"], "default": "data"},
        "full": {"type": "bool", "default": False},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        scope = scope_for(task.system).as_dict()
        if task.check:
            return {"changed": True, "scope": scope}
        given = task.arguments
        level = Level(given["verify"])
        record = back_up(task.context, task.system, given["callout"], level=level, full=given["full"])
        return {"changed": True, "scope": scope, "backup": record.as_dict()}
