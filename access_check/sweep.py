"""Many systems side by side: each has its own deadline, so a dead one costs one timeout and slows no other.

Names and sockets in one event loop here, conversations in worker processes: see docs/decisions/0009.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from access_check.errors import AccessCheckError
from access_check.findings import Finding, Move, Status, worst
from access_check.last_seen import LastSeen
from access_check.masking import without_our_secrets
from access_check.observations import Observations
from access_check.proxy_words import proxy_secrets
from access_check.steps import refuse_unknown_steps, told
from access_check.targets import Target
from access_check.verdicts import judge

DEFAULT_JOBS = 64
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is. `waiting` are some of the systems that are under way, the first begun first."""

    done: int
    total: int
    amiss: int
    waiting: tuple[str, ...]


def check_system(
    target: Target,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    look: Look | None = None,
    before: LastSeen | None = None,
    only: Collection[str] = (),
) -> SystemReport:
    """Looks at one system and judges it; returns at the latest 1 s after `timeout_s`. May be called in any thread.

    `look` is another probe than the real walk. What keeps *us* from looking becomes one unknown finding.
    `before` is when it was last open to us. `only` are the steps to look at and tell (`steps.step_names`);
    without any, all are.
    """
    last = {} if before is None else {target.name: before}
    return sweep([target], timeout_s=timeout_s, look=look, before=last, only=only)[0]


def sweep(
    targets: Sequence[Target],
    *,
    jobs: int = DEFAULT_JOBS,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    look: Look | None = None,
    before: Mapping[str, LastSeen] | None = None,
    only: Collection[str] = (),
    progress: Callable[[Progress], None] | None = None,
    seen: Callable[[Target, Observations], None] | None = None,
) -> list[SystemReport]:
    """A report for each target, in their order, at most `jobs` logins at once.

    A login that has been waiting for a while does not count, so slow systems keep nobody from starting.
    `before` tells by name when a system was last open to us.
    `progress` hears of every system that is done, and twice a second what is waited for; `seen` gets the raw
    observations of each, in which our secrets are masked. Both are called in the caller's thread. Raises
    UnknownStep for a word in `only` that is no step. An exception that is our own fault ends the sweep.
    """
    refuse_unknown_steps(only, targets)
    last = before or {}

    def report(target: Target, observed: Observations) -> SystemReport:
        observed = without_our_secrets((target, proxy_secrets(target)), observed)
        if seen is not None:
            seen(target, observed)
        return SystemReport(target, tuple(told(target, judge(target, observed, last.get(target.name)), only)))

    if look is not None:
        from access_check.side_by_side import side_by_side

        probe = look
        return side_by_side(lambda target: _probed(probe, target, timeout_s, report), targets, jobs)
    from access_check.sweep_loop import Sweep

    return Sweep(jobs, timeout_s, only, report, progress).run(targets)


def _probed(
    look: Look, target: Target, timeout_s: float, report: Callable[[Target, Observations], SystemReport]
) -> SystemReport:
    try:
        return report(target, look(target, timeout_s))
    except AccessCheckError as error:
        failed = Finding("walk", Status.UNKNOWN, "could-not-look", error.message, Move.US, error.hint)
        return SystemReport(target, (failed,))
