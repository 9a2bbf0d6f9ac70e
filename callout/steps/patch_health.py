"""The health checks that a patch is handed: the deciding one after a change, and a plain look."""

from __future__ import annotations

import time
from collections.abc import Callable

from callout.findings import Finding
from callout.health.compare import compare
from callout.health.waiting import wait_until_well
from callout.inventory.models import System
from callout.steps.context import Context
from callout.steps.health import findings_before, health_findings

# What comes up first.
_WEB = ("gui.", "api.")
EVERY_S = 5


def health_for_change(
    context: Context, system: System, callout: str, sleep: Callable[[float], None] = time.sleep
) -> Callable[[], list[Finding]]:
    """Decides whether a change stays: looks until the system is as well as before, within the profile's time.

    First the GUI and the API have `health_wait_s` to come up, then all the rest, Asterisk and SIP, as long again: as
    the vendor's own scripts wait. Where the profile says that it takes `settle_s` to settle, what is well must still
    be well after that. "Before" is the call-out's last recorded look before the change; where there is none,
    everything must be well. Records nothing.
    """

    def check() -> list[Finding]:
        before = findings_before(context, system, callout)
        wait_s = system.operation.health_wait_s

        latest: list[Finding] = []

        def look() -> list[Finding]:
            latest[:] = compare(before, health_findings(context, system))
            return list(latest)

        def look_at_web() -> list[Finding]:
            return [one for one in look() if one.check.startswith(_WEB)]

        if _blocks(wait_until_well(look_at_web, time.monotonic, sleep, wait_s)):
            return list(latest)
        if _blocks(latest):
            sleep(EVERY_S)
            wait_until_well(look, time.monotonic, sleep, wait_s, EVERY_S)
        settle_s = system.operation.settle_s
        if settle_s and not _blocks(latest):
            sleep(settle_s)
            look()
        return list(latest)

    return check


def _blocks(findings: list[Finding]) -> bool:
    return any(one.blocks for one in findings)


def health_once(context: Context, system: System) -> Callable[[], list[Finding]]:
    """One look, nothing recorded: for a rollback, which the health does not decide."""
    return lambda: health_findings(context, system)
