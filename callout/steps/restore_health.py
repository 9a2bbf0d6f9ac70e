"""How a restored system is, compared with how it was when the backup was taken."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from callout.backups.record import BackupRecord
from callout.findings import Finding
from callout.health.compare import compare
from callout.health.waiting import wait_until_well
from callout.inventory.models import System
from callout.steps.context import Context
from callout.steps.health import health_findings

# A look at the health belongs to a backup that was taken at most so long after it, or before it.
BELONGS = dt.timedelta(hours=24)


def health_after_restore(
    context: Context, system: System, sleep: Callable[[float], None] = time.sleep
) -> Callable[[BackupRecord], list[Finding]]:
    """A look that waits until the system is as well as it was then, at most the profile's `health_wait_s`.

    Where no look of that time is in the ledger everything must be well. Records nothing.
    """

    def check(record: BackupRecord) -> list[Finding]:
        before = findings_of_then(context, record)

        def look() -> list[Finding]:
            found = health_findings(context, system)
            return compare(before, found) if before else found

        return wait_until_well(look, time.monotonic, sleep, system.operation.health_wait_s)

    return check


def findings_of_then(context: Context, record: BackupRecord) -> list[Finding]:
    """The look at the backed-up system that is nearest to the backup in time; empty where there is none."""
    looks = [
        event
        for kind in ("health_checked", "verified")
        for event in context.ledger.events(kind=kind, system=record.system)
        if abs(event.happened_at - record.started) <= BELONGS
    ]
    nearest = min(looks, key=lambda event: abs(event.happened_at - record.started), default=None)
    return [Finding.from_dict(raw) for raw in nearest.body["findings"]] if nearest else []
