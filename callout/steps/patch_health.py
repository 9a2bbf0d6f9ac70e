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


def health_for_change(
    context: Context, system: System, callout: str, sleep: Callable[[float], None] = time.sleep
) -> Callable[[], list[Finding]]:
    """Decides whether a change stays: looks until the system is as well as before, at most `health_wait_s`.

    "Before" is the call-out's last recorded look before the change; where there is none, everything must be
    well. Records nothing.
    """

    def check() -> list[Finding]:
        before = findings_before(context, system, callout)

        def look() -> list[Finding]:
            return compare(before, health_findings(context, system))

        return wait_until_well(look, time.monotonic, sleep, system.operation.health_wait_s)

    return check


def health_once(context: Context, system: System) -> Callable[[], list[Finding]]:
    """One look, nothing recorded: for a rollback, which the health does not decide."""
    return lambda: health_findings(context, system)
