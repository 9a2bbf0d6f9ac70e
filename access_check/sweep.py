"""Many systems side by side: each has its own deadline, so a dead one costs one timeout and slows no other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from access_check.errors import AccessCheckError
from access_check.findings import Finding, Move, Status, worst
from access_check.last_seen import LastSeen
from access_check.observations import Observations
from access_check.targets import Target
from access_check.verdicts import judge

DEFAULT_JOBS = 16
DEFAULT_TIMEOUT_S = 20.0
Look = Callable[[Target, float], Observations]


@dataclass(frozen=True, slots=True)
class SystemReport:
    """The findings of one system, in the order of the walk."""

    target: Target
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """The worst of its findings."""
        return worst(self.findings)


def check_system(
    target: Target,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    look: Look | None = None,
    before: LastSeen | None = None,
) -> SystemReport:
    """Looks at one system and judges it; returns at the latest 1 s after `timeout_s`.

    `look` is the probe (default: the real walk). What keeps *us* from looking becomes one unknown finding.
    `before` is when it was last open to us.
    """
    try:
        seen = (look or _real_look())(target, timeout_s)
    except AccessCheckError as error:
        failed = Finding("walk", Status.UNKNOWN, "could-not-look", error.message, Move.US, error.hint)
        return SystemReport(target, (failed,))
    return SystemReport(target, tuple(judge(target, seen, before)))


def _real_look() -> Look:
    """The walk, imported late: Paramiko takes half a second and not every reader of reports needs it."""
    from access_check.probes.walk import look

    return look


def sweep(
    targets: Sequence[Target],
    *,
    jobs: int = DEFAULT_JOBS,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    look: Look | None = None,
    before: Mapping[str, LastSeen] | None = None,
) -> list[SystemReport]:
    """A report for each target, in their order, at most `jobs` systems at once.

    `before` tells by name when a system was last open to us. The workers are daemon threads: an interrupt ends
    the program at once. An exception that is our own fault ends the sweep.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, SystemReport | BaseException]] = queue.SimpleQueue()
    for place in range(len(targets)):
        waiting.put(place)

    def work() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                target = targets[place]
                done.put((place, check_system(target, timeout_s, look, (before or {}).get(target.name))))
            except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread, not swallowed
                done.put((place, error))

    for _ in range(min(jobs, len(targets))):
        threading.Thread(target=work, name="access-check", daemon=True).start()
    reports: dict[int, SystemReport] = {}
    while len(reports) < len(targets):
        place, result = done.get()
        if isinstance(result, BaseException):
            raise result
        reports[place] = result
    return [reports[place] for place in range(len(targets))]
