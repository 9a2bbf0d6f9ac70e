"""Step: can we get into the system? Looks, judges, and records the evidence."""

from __future__ import annotations

from collections import deque

from access_check.findings import Finding, worst
from access_check.last_seen import LastSeen, last_seen
from access_check.sweep import DEFAULT_TIMEOUT_S, check_system
from callout.inventory.models import System
from callout.steps.context import Context
from callout.steps.record import require_open

# How many earlier looks are searched for one in which the system was open: a ban may have lasted for some.
_SEARCHED_LOOKS = 20


def check_access(
    context: Context, system: System, callout: str = "", timeout_s: float = DEFAULT_TIMEOUT_S
) -> list[Finding]:
    """All findings of one walk to `system`, in the order of the walk.

    With `callout` an `access_checked` event is appended, whatever was found: a refusal is evidence too.
    Findings never hold a secret. Logs in once: one password attempt, never a retry. Raises BadInput, before
    anything is looked at, for a call-out that is unknown, closed or another system's.
    """
    if callout:
        require_open(context.ledger, callout, system.name)
    findings = list(check_system(system.target, timeout_s, before=last_open(context, system)).findings)
    if callout:
        body = {
            "findings": [finding.as_dict() for finding in findings],
            "worst": str(worst(findings)),
            "work_port": system.target.port,
        }
        context.record("access_checked", system, callout, body)
    return findings


def last_open(context: Context, system: System) -> LastSeen | None:
    """When the system was last open to us, by the last 20 access checks in the ledger; None where it was not."""
    newest = deque(context.ledger.events(kind="access_checked", system=system.name), maxlen=_SEARCHED_LOOKS)
    looks = (
        (event.happened_at, [Finding.from_dict(raw) for raw in event.body["findings"]]) for event in reversed(newest)
    )
    return last_seen(looks, context.now())
