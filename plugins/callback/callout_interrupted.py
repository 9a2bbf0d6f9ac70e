"""Ends the record of a run that was interrupted: Ansible itself runs no `always` after Ctrl-C."""

from __future__ import annotations

import atexit
import datetime as dt
import multiprocessing
import os
from contextlib import closing
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

from callout.errors import CalloutError
from callout.ledger.store import Ledger, open_ledger
from callout.places import find_places
from callout.steps.world import actor, context_at, now

DOCUMENTATION = r"""
name: callout_interrupted
type: aggregate
short_description: Logs the time and closes the record of an interrupted run
description:
  - Remembers which call-outs this run has opened and not yet finished.
  - When ansible-playbook ends before its summary (Ctrl-C), logs the time as interrupted and closes them.
  - A playbook that comes to its end keeps what it left open; somebody goes on with it.
"""

# Longer than any undoing takes: its calls have deadlines of their own.
PATIENCE_S = 300


class CallbackModule(CallbackBase):
    """See DOCUMENTATION. Works in Ansible's main process only."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "callout_interrupted"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._open: dict[str, dict[str, Any]] = {}
        self._opening: dict[str, dt.datetime] = {}
        self._inventory: Path | None = None
        self._process = os.getpid()
        atexit.register(self._finish)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Notes where the inventory is: the ledger stands beside it."""
        manager = play.get_variable_manager()._inventory
        sources = [Path(source) for source in manager._sources] if manager else []
        self._inventory = next((source for source in sources if source.exists()), None)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A call-out is about to be opened: an interruption may come before we are told its number."""
        if task.action == "callout_record" and task.args.get("state") == "opened" and not task.check_mode:
            self._opening[host.get_name()] = now()

    def v2_runner_on_ok(self, result: Any) -> None:
        """A call-out was opened, or finished."""
        if result.task.action != "callout_record" or result.task.check_mode:
            return
        told = result.result
        self._opening.pop(result.host.get_name(), None)
        if told.get("started_at") and told.get("callout"):
            self._open[told["callout"]] = dict(told)
        elif "closed" in told:
            self._open.pop(told.get("callout", ""), None)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The playbook came to its end, well or not: nothing was interrupted."""
        self._open.clear()
        self._opening.clear()

    def _finish(self) -> None:
        if os.getpid() != self._process or not (self._open or self._opening):
            return
        # A step that was interrupted takes its change back first, and records that.
        for worker in multiprocessing.active_children():
            self._display.display("Waiting for the interrupted step to leave the system as it was …")
            worker.join(PATIENCE_S)
        # Hardly any run is interrupted, and this takes in most of the worklog.
        from callout.steps.run import finish_run

        try:
            places = find_places(self._inventory, os.environ, Path.cwd())
            with closing(open_ledger(places.ledger, now)) as ledger:
                self._open |= self._opened_unheard(ledger)
                for callout, run in self._open.items():
                    finish_run(
                        context_at(places, ledger),
                        callout,
                        started_at=run["started_at"],
                        started_steady=run["steady"],
                        first_seq=run["first_seq"],
                        failure="The run was interrupted.",
                        interrupted=True,
                        playbook=run["playbook"],
                    )
                    self._display.display(f"{callout}: interrupted; the time is logged and the record closed.")
        except CalloutError as error:
            self._display.error(f"The interrupted run could not be recorded: {error.message} {error.hint}")

    def _opened_unheard(self, ledger: Ledger) -> dict[str, dict[str, Any]]:
        """The call-outs that this run's steps have opened without our being told."""
        found: dict[str, dict[str, Any]] = {}
        for system, since in self._opening.items():
            for event in ledger.events(kind="opened", system=system):
                if event.actor == actor() and event.happened_at >= since and event.callout not in self._open:
                    run = {"started_at": event.at, "steady": "", "first_seq": event.seq, "playbook": "maintain"}
                    found[event.callout] = run
        return found
