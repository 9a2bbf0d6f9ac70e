"""Health of a system: look, judge, and for a change compare with how it was before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from callout.findings import Finding
from callout.health.calls import CallsVerdict, wait_for_idle
from callout.health.collect import collect, look_by_shell
from callout.health.compare import compare
from callout.health.judge import judge
from callout.health.waiting import wait_until_well
from callout.inventory.models import System
from callout.steps.context import Context

Moment = Literal["before", "after"]
Sleep = Callable[[float], None]


def health_findings(context: Context, system: System) -> list[Finding]:
    """How the system is now, by one look; nothing is recorded. Raises TrustRefused."""
    session = context.connect(system.target)
    return judge(collect(session, system.target, system.operation), system.target)


def check_health(
    context: Context, system: System, callout: str, moment: Moment, *, sleep: Sleep = time.sleep
) -> list[Finding]:
    """The findings of `moment`, recorded.

    Before a change: one look, recorded as `health_checked`. After it: looks until the system is as well as
    it was at that call-out's last look before, at most the profile's `health_wait_s` seconds; what comes
    back is the comparison. It is recorded as `verified` where nothing blocks, else as `health_checked`.
    Raises TrustRefused.
    """
    if moment == "before":
        findings = health_findings(context, system)
        context.record("health_checked", system, callout, {"moment": moment, **_body(findings)})
        return findings
    before = findings_before(context, system, callout)
    findings = _settled(context, system, before, sleep)
    comparison = compare(before, findings)
    kind = "health_checked" if any(finding.blocks for finding in comparison) else "verified"
    body = {"moment": moment, "compared_with_before": bool(before), **_body(findings)}
    body["comparison"] = [finding.as_dict() for finding in comparison]
    context.record(kind, system, callout, body)
    return comparison


def findings_before(context: Context, system: System, callout: str) -> list[Finding]:
    """What the last look before the change of that call-out found; empty where there was none."""
    looks = context.ledger.events(kind="health_checked", callout=callout, system=system.name)
    bodies = [event.body for event in looks]
    last = next((body for body in reversed(bodies) if body.get("moment") == "before"), None)
    return [Finding.from_dict(raw) for raw in last["findings"]] if last else []


def calls_in_progress(context: Context, system: System) -> int | None:
    """Calls (not channels) in progress now; None where the answer was not understood or there was none."""
    seen = look_by_shell(context.connect(system.target), system.operation)
    return seen.calls.calls if seen.calls else None


def wait_for_calls(
    context: Context, system: System, limit_minutes: int, *, sleep: Sleep = time.sleep, every_s: float = 10
) -> CallsVerdict:
    """Waits until no call is in progress, at most `limit_minutes`; 0 asks once. Only `idle` lets a change begin."""
    return wait_for_calls_until(context, system, limit_minutes * 60, sleep=sleep, every_s=every_s)


def wait_for_calls_until(
    context: Context, system: System, limit_s: float, *, sleep: Sleep = time.sleep, every_s: float = 10
) -> CallsVerdict:
    """The same with the limit in seconds."""
    return wait_for_idle(lambda: calls_in_progress(context, system), time.monotonic, sleep, limit_s, every_s)


def _settled(context: Context, system: System, before: list[Finding], sleep: Sleep) -> list[Finding]:
    """The findings once nothing blocks that did not before, or at the deadline; then the profile's settling time."""
    findings: list[Finding] = []

    def look() -> list[Finding]:
        findings[:] = health_findings(context, system)
        return compare(before, findings)

    wait_until_well(look, time.monotonic, sleep, system.operation.health_wait_s)
    if system.operation.settle_s:
        sleep(system.operation.settle_s)
        look()
    return findings


def _body(findings: list[Finding]) -> dict[str, Any]:
    evidence = {finding.check: finding.evidence for finding in findings}
    return {
        "findings": [finding.as_dict() for finding in findings],
        "calls": evidence.get("asterisk.calls", {}).get("calls"),
        "product_version": evidence.get("api.licence", {}).get("version"),
    }
