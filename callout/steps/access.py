"""Step: can we get into the system? Looks, judges, and records the evidence."""

from __future__ import annotations

from access_check.findings import Finding, worst
from access_check.sweep import DEFAULT_TIMEOUT_S, check_system
from callout.inventory.models import System
from callout.steps.context import Context
from callout.steps.record import require_open


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
    findings = list(check_system(system.target, timeout_s).findings)
    if callout:
        body = {
            "findings": [finding.as_dict() for finding in findings],
            "worst": str(worst(findings)),
            "work_port": system.target.port,
        }
        context.record("access_checked", system, callout, body)
    return findings
