"""system_restore: a backup back onto a system, as planned, or the system as it was."""

from __future__ import annotations

from typing import Any, ClassVar

from callout.ansible_face.base import CalloutAction, Task
from callout.backups.restoring.selection import Asked
from callout.steps.restore import judged, restore
from callout.steps.restore_carrier import Confirmed
from callout.steps.restore_health import health_after_restore
from callout.steps.restore_look import backup_to_restore, prospect


class ActionModule(CalloutAction):
    """See library/system_restore.py."""

    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {
        "callout": {"type": "str", "required": True},
        "backup": {"type": "str", "required": True},
        "onto": {"type": "str", "default": ""},
        "overwrite_live": {"type": "bool", "default": False},
        "paths": {"type": "list", "elements": "str", "default": []},
        "parts": {
            "type": "list",
            "elements": "str",
            "choices": ["files", "database"],
            "default": ["files", "database"],
        },
        "keep_host_keys": {"type": "bool", "default": False},
        "database_is_lost": {"type": "bool", "default": False},
    }

    def perform(self, task: Task) -> dict[str, Any]:
        """In check mode only the plan, with what speaks against it."""
        context, system, given = task.context, task.system, task.arguments
        parts = given["parts"]
        asked = Asked(tuple(given["paths"]), "files" in parts, "database" in parts, given["keep_host_keys"])
        confirmed = Confirmed(given["onto"], given["overwrite_live"], given["database_is_lost"])
        backup = backup_to_restore(context, given["backup"]).id
        if task.check:
            plan = prospect(context, system, backup, asked)
            findings = judged(context, system, given["callout"], plan, confirmed)
            done: dict[str, Any] = {"plan": plan.as_dict(), "findings": [finding.as_dict() for finding in findings]}
            done["changed"] = plan.plan.changed or plan.asked.database
        else:
            health = health_after_restore(context, system)
            done = restore(context, system, given["callout"], backup, asked, confirmed, health).as_dict()
        if task.diff:
            named = done["plan"]["files"]
            lines = (f"{act} {name}\n" for act in ("create", "replace") for name in named[act])
            done["diff"] = [{"prepared": "".join(lines)}]
        return done
