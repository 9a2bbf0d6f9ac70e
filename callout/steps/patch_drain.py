"""No change cuts a call: waits for calls in progress to end, or says why the change is not begun."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callout.errors import Refused
from callout.findings import Finding, Move, Status
from callout.health.calls import CallsCode, CallsVerdict
from callout.inventory.models import System
from callout.policy.until import deadline
from callout.policy.windows import blackout_refusal, window_refusal
from callout.steps.context import Context
from callout.steps.health import Sleep, wait_for_calls_until
from callout.steps.record import opening_of


@dataclass(frozen=True, slots=True)
class Draining:
    """How a change waits for calls: at most `minutes` (0 asks once; None as the policy says), or until `until`.

    `until` is a time of the customer's, like `22:30`; see policy.until. It goes before `minutes`.
    """

    minutes: int | None = None
    until: str = ""


def drain_for_change(
    context: Context,
    system: System,
    callout: str,
    draining: Draining,
    *,
    sleep: Sleep = time.sleep,
    every_s: float = 10,
) -> Callable[[], None]:
    """What a change asks before its first file: comes back when no call is in progress, else raises Refused.

    May be asked again, within the same deadline. The customer's window must still be open then, but for an emergency,
    as the gate has it.
    An unknown number of calls is not none: it is asked again, and refused at the end. Raises BadInput for an `until`
    that is no time, or is past.
    """
    began = context.now()
    if draining.until:
        ends_at = deadline(draining.until, began, system.customer.time_zone)
    else:
        minutes = system.policy.gate.wait_for_calls_minutes if draining.minutes is None else draining.minutes
        ends_at = began + dt.timedelta(minutes=minutes)

    def drain() -> None:
        left_s = max(0.0, (ends_at - context.now()).total_seconds())
        verdict = wait_for_calls_until(context, system, left_s, sleep=sleep, every_s=every_s)
        if not verdict.idle:
            raise _refused(system, verdict, ends_at)
        if not opening_of(context.ledger, callout, system.name).body.get("emergency"):
            _require_open_window(context, system)

    return drain


def _refused(system: System, verdict: CallsVerdict, ends_at: dt.datetime) -> Refused:
    zone = system.customer.time_zone
    status = Status.UNKNOWN if verdict.code is CallsCode.UNKNOWN else Status.FAIL
    remedy = "Come back when it is quiet, or wait longer: when_idle, until a time of the customer's."
    if verdict.code is CallsCode.UNKNOWN:
        remedy = "Ask Asterisk there: core show channels count. Unknown is not none."
    evidence = {"calls": verdict.calls, "waited_s": verdict.waited_s}
    reason = Finding("patch.calls", status, str(verdict.code), verdict.seen, Move.CUSTOMER, remedy, evidence)
    until = f"{ends_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    return Refused(
        f"{system.name}: not begun, nothing was changed. {verdict.seen} It was waited for until {until}.",
        remedy,
        [reason.as_dict()],
    )


def _require_open_window(context: Context, system: System) -> None:
    customer, now = system.customer, context.now()
    why = window_refusal(now, customer.time_zone, customer.change_window)
    why = why or blackout_refusal(now, customer.time_zone, customer.blackouts)
    if why:
        reason = Finding("patch.window", Status.FAIL, "closed", why, Move.CUSTOMER, "Come back inside the window.")
        raise Refused(
            f"{system.name}: not begun, nothing was changed: the window has closed. {why}",
            reason.remedy,
            [reason.as_dict()],
        )
