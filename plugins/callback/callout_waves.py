"""Ends a run over many systems with one table: what is done, what failed and how, what was never begun."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback import CallbackBase

from callout.views.waves import WaveRow, waves_text

DOCUMENTATION = r"""
name: callout_waves
type: aggregate
short_description: One table at the end of a run that changes many systems
description:
  - Listens to the records that a run opens and finishes, on which system, in which wave (C(serial)).
  - At the end of a run over more than one system prints one line per system, those that failed last, and the systems
    that no wave reached. Says nothing of runs that open no records.
"""

# Words for an exit status of the house (design: exit codes).
ENDED = {6: "distrusted", 8: "refused", 9: "locked", 10: "rolled back", 11: "NOT ROLLED BACK"}


class CallbackModule(CallbackBase):
    """See DOCUMENTATION. Works in Ansible's main process only."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "callout_waves"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._rows: dict[str, WaveRow] = {}
        self._meant: list[str] = []
        self._wave = 0

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A wave begins: Ansible starts the play anew for each."""
        self._wave += 1
        hosts = play.get_variable_manager()._inventory.get_hosts(play.hosts, ignore_restrictions=True)
        names = [host.get_name() for host in hosts]
        self._meant += [name for name in names if name not in self._meant]

    def v2_runner_on_ok(self, result: Any) -> None:
        """A record was opened, a patch is in or was before, a record was finished."""
        told, name = result.result, result.host.get_name()
        action = result.task.action.rpartition(".")[2]
        if action == "callout_record" and told.get("started_at"):
            self._row(name).callout = str(told.get("callout", ""))
        elif action == "patch_inventory" and told.get("done"):
            row = self._row(name)
            row.callout, row.ended = str(told.get("callout", "")), "done before"
        elif action == "custom_patch":
            row = self._row(name)
            row.ended = "patched" if told.get("changed") else "was in already"
            row.downtime_ms = told.get("downtime_ms") if told.get("changed") else None
        elif action == "callout_record" and "closed" in told:
            row = self._row(name)
            row.ended = "nothing done" if row.ended == "begun" and not row.failed else row.ended

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """The first failure of a system is what is told of it."""
        name = result.host.get_name()
        action = result.task.action.rpartition(".")[2]
        if ignore_errors or action == "fail" or (name in self._rows and self._rows[name].failed):
            return
        told, row = result.result, self._row(name)
        row.ended = ENDED.get(told.get("exit_code", 0), "failed")
        row.step, row.why = result.task.get_name(), str(told.get("msg") or "a step failed")
        row.remedy = str(told.get("hint") or "")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A system did not answer."""
        row = self._row(result.host.get_name())
        row.ended, row.why = "unreachable", str(result.result.get("msg") or "It does not answer.")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The table, where there was more than one system and a record for any."""
        if len(self._meant) > 1 and any(row.callout for row in self._rows.values()):
            never_begun = [name for name in self._meant if name not in self._rows]
            self._display.display(waves_text(list(self._rows.values()), never_begun))

    def _row(self, name: str) -> WaveRow:
        return self._rows.setdefault(name, WaveRow(name, self._wave))
