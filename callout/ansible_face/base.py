"""Base of all action plugins: arguments in, one call of a step, result out, errors as sentences."""

from __future__ import annotations

import gc
import os
from abc import abstractmethod
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from access_check.errors import AccessCheckError
from access_check.inventory_source import raw_system
from callout.ansible_face.interruption import interrupted_as_exception
from callout.errors import CalloutError, Refused
from callout.findings import Finding
from callout.inventory.models import System
from callout.inventory.reading import system_from_raw
from callout.ledger.store import open_ledger
from callout.places import Places, find_places
from callout.steps.context import Context
from callout.steps.record import require_open
from callout.steps.world import context_at, now


@dataclass(frozen=True, slots=True)
class Task:
    """What one task asks for. `check` and `diff` are Ansible's modes; `arguments` are validated, with defaults."""

    context: Context
    system: System
    arguments: dict[str, Any]
    check: bool
    diff: bool


class CalloutAction(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """An action plugin on the engineer's side.

    A subclass gives `ARGUMENTS` (Ansible's argument spec; a house test holds it against library/NAME.py)
    and `perform`. Nothing is copied to the system, no Python is looked for there.
    """

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    ARGUMENTS: ClassVar[dict[str, dict[str, Any]]] = {}
    # Nothing is added to a call-out that is closed or about another system; only finishing may come later.
    NEEDS_OPEN_CALLOUT: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        """A plugin is loaded once, in the process that each of its tasks is forked from."""
        super().__init_subclass__()
        # What is loaded by now stays: a collection in a fork would only look at it, and so copy all of its pages.
        gc.freeze()

    @abstractmethod
    def perform(self, task: Task) -> dict[str, Any]:
        """The task's result: `changed` and whatever library/NAME.py promises. Raises CalloutError."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's entry point; may be called once per task and system."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _, arguments = self.validate_argument_spec(self.ARGUMENTS)
        try:
            places = find_places(_inventory(variables), os.environ, Path.cwd())
            raw = raw_system(
                variables["inventory_hostname"],
                variables.get("group_names", ()),
                variables,
                self._templar.template,
                now(),
            )
            system = system_from_raw(raw, places.known_hosts)
            with closing(open_ledger(_ledger(places, check=self._task.check_mode), now)) as ledger:
                context = context_at(places, ledger)
                if self.NEEDS_OPEN_CALLOUT and arguments.get("callout"):
                    require_open(ledger, arguments["callout"], system.name)
                with interrupted_as_exception():
                    outcome = self.perform(
                        Task(context, system, arguments, bool(self._task.check_mode), bool(self._task.diff))
                    )
        except (CalloutError, AccessCheckError) as error:
            return {**result, **failure(error)}
        except KeyboardInterrupt:
            told = {"msg": "Interrupted.", "hint": "callout list shows what was recorded.", "exit_code": 130}
            return {**result, "failed": True, **told}
        return {"changed": False, **result, **outcome}


def failure(error: CalloutError | AccessCheckError) -> dict[str, Any]:
    """The failing result of an error: message, remedy, all reasons, and the exit status it stands for."""
    told = {"failed": True, "msg": error.message, "hint": error.hint, "exit_code": error.exit_status}
    return {**told, "reasons": error.reasons} if isinstance(error, Refused) else told


def told(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as data for a result."""
    return [finding.as_dict() for finding in findings]


def _ledger(places: Places, *, check: bool) -> str:
    """Where the ledger is that this task works on: in check mode a copy of the real one."""
    if not check:
        return places.ledger
    from callout.ansible_face.rehearsal import rehearsal_ledger

    return rehearsal_ledger(places, now, os.getppid())


def _inventory(variables: dict[str, Any]) -> Path:
    folder = variables.get("inventory_dir")
    if not folder:
        raise AnsibleError("callout's modules need an inventory folder: run with -i inventory/NAME.")
    return Path(folder)
