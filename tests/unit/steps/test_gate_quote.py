"""The gate's first look over a real ledger: an accepted quote pays for the change, and its cap ends it."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.errors import Refused
from callout.findings import Finding, Status
from callout.inventory import System
from callout.inventory.policy import Policy
from callout.ledger import Draft
from callout.ledger.event import format_utc
from callout.steps.consent import record_consent
from callout.steps.context import Context
from callout.steps.gate import pass_gate
from callout.steps.quote import accept_quote, make_quote
from callout.steps.record import open_callout
from callout.worklog.offer import Wanted
from tests.unit.steps.conftest import Clock

HASH = "ab" * 32
FINE = Finding("ssh.login@2020", Status.PASS, "accepted", "Logged in.").as_dict()
POLICY = Policy.model_validate({"money": {"rates": {"engineer": "120.00"}}})
YES = {"by": "it@globex.example", "channel": "email", "reference": "<52@x>"}


def ready(context: Context, system: System) -> str:
    """A call-out with all that the gate asks for but an agreement to be charged."""
    callout = open_callout(context, system, "T-1", "Patch").callout
    context.record("access_checked", system, callout, {"findings": [FINE]})
    context.record("planned", system, callout, {"hash": HASH, "verdict": "applicable", "plan": {}})
    record_consent(context, system.customer, callout, HASH, without_charging=True, **YES)
    return callout


def worked(context: Context, minutes: int) -> None:
    start = context.now()
    body = {
        "source": "person", "started_at": format_utc(start), "seconds": 60 * minutes, "role": "engineer",
        "ended_at": format_utc(start + dt.timedelta(minutes=minutes)), "ticket": "T-1", "note": "x",
    }  # fmt: skip
    context.ledger.append(Draft("work_logged", start, "eva@desk", "globex", "globex-sw1", "", body))


def refused(context: Context, system: System, callout: str) -> list[str]:
    with pytest.raises(Refused) as told:
        pass_gate(context, system, callout)
    assert told.value.exit_status == 8
    return [f"{reason['check']}: {reason['code']}" for reason in told.value.reasons]


def warned(context: Context, system: System, callout: str) -> list[str]:
    """What the gate warns of, but for the baseline that this system has none of."""
    findings = pass_gate(context, system, callout)
    assert {finding.status for finding in findings} <= {Status.PASS, Status.WARN}
    return [one.seen for one in findings if one.status is Status.WARN and one.check != "gate.drift"]


def test_a_quote_opens_the_gate_and_its_cap_shuts_it(context: Context, system: System, clock: Clock) -> None:
    callout = ready(context, system)
    assert refused(context, system, callout) == ["gate.entitled: not-covered"]
    make_quote(context, system.customer, POLICY, Wanted(ticket="T-1", text="Patch", minutes=60, cap="100m"))
    assert refused(context, system, callout) == ["gate.entitled: not-covered"]
    clock.forward(minutes=1)
    accept_quote(context, system.customer, "Q-0001", order_reference="PO-7", **YES)
    assert warned(context, system, callout) == []
    worked(context, 80)
    assert warned(context, system, callout) == ["80 of 100 minutes of quote Q-0001 are used: 80 %."]
    clock.forward(minutes=1, hours=0)
    worked(context, 100)
    assert refused(context, system, callout) == ["gate.quote: cap-reached"]
