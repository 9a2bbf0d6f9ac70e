"""Action plugin system_drill: a backup restored into a container of its own, or a failure."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task, told
from callout.errors import BackupFailed
from callout.steps.drill import drill, drill_is_due, newest_to_drill


class ActionModule(CalloutAction):
    """See library/system_drill.py."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "backup": {"type": "str", "default": ""},
        "callout": {"type": "str", "default": ""},
        "only_when_due": {"type": "bool", "default": False},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """The drill; one that does not prove the backup fails the task with all its findings."""
        given = task.arguments
        if given["only_when_due"] and not drill_is_due(task.context, task.system):
            return {"changed": False, "due": False}
        if task.check:
            return {"changed": True, "due": True}
        backup = given["backup"] or newest_to_drill(task.context, task.system.name)
        _, record = drill(task.context, task.system, backup, given["callout"], tell=self._display.vv)
        outcome = {"changed": True, "due": True, "drill": record.as_dict(), "findings": told(list(record.findings))}
        if record.proven:
            return outcome
        blocking = next(finding for finding in record.findings if finding.blocks)
        failed = {"failed": True, "msg": f"{backup} is not proven: {blocking.seen}", "hint": blocking.remedy}
        return {**outcome, **failed, "exit_code": BackupFailed.exit_status}
