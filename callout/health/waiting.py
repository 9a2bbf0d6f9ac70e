"""Waits until a system is well again, up to a limit: after a restart health takes its time."""

from __future__ import annotations

from collections.abc import Callable

from callout.findings import Finding


def wait_until_well(
    look: Callable[[], list[Finding]],
    now: Callable[[], float],
    sleep: Callable[[float], None],
    deadline_s: float,
    every_s: float = 5,
) -> list[Finding]:
    """The findings of the first look in which nothing blocks, else of the last one before the deadline.

    `now` and `sleep` are in seconds of a clock that never goes back. Looks at least once.
    """
    began = now()
    findings: list[Finding] = []
    for _ in range(int(deadline_s // every_s) + 2):
        findings = look()
        left_s = deadline_s - (now() - began)
        if left_s <= 0 or not any(finding.blocks for finding in findings):
            break
        sleep(min(every_s, left_s))
    return findings
