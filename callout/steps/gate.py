"""The two looks of the gate: gather what the rules ask about, let them decide, append the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callout.errors import Refused
from callout.findings import Finding
from callout.ledger.event import Event
from callout.policy.gate import (
    BeforeAnything,
    Dated,
    PlanSeen,
    RightBefore,
    look_before_anything,
    look_right_before,
)
from callout.steps.backup import latest_verified
from callout.steps.backup_evidence import backup_for_change
from callout.steps.consent import adopt_consent, consents_for
from callout.steps.context import Context
from callout.steps.drift_standing import asked_drift
from callout.steps.drill import asked_drill
from callout.steps.health import calls_in_progress
from callout.steps.plan import still_as_planned
from callout.steps.quote import quote_seen
from callout.steps.record import require_open

if TYPE_CHECKING:
    from callout.inventory.models import System


def pass_gate(context: Context, system: System, callout: str) -> list[Finding]:
    """The first look, before anything is touched; appends `gate_passed` or `gate_refused`.

    Raises Refused with all reasons at once.
    """
    require_open(context.ledger, callout, system.name)
    plan = _last(context, callout, "planned")
    if plan is not None:
        adopt_consent(context, system, callout, plan.body["hash"])
    findings = look_before_anything(_facts(context, system, callout, plan))
    _settle(context, system, callout, "gate_passed", findings)
    return findings


def confirm_gate(
    context: Context, system: System, callout: str, bundle: Path, *, assume_backup: bool = False
) -> list[Finding]:
    """The second look, right before the change; appends `gate_confirmed` or `gate_refused`. Raises Refused.

    `assume_backup` is for check mode, where the backup that would have been made just before was not.
    """
    rules = system.policy.gate
    first, plan = _last(context, callout, "gate_passed"), _last(context, callout, "planned")
    backup, seen = (None, []) if assume_backup else backup_for_change(context, system, callout)
    again = _facts(context, system, callout, plan)
    newest = latest_verified(context.ledger, system.name)
    drill = asked_drill(context, system, newest[1].id if newest else "", to_come=assume_backup)
    facts = RightBefore(
        now=context.now(),
        backup=backup,
        backup_seen=seen,
        assume_backup=assume_backup,
        backup_max_age=dt.timedelta(minutes=rules.backup_max_age_minutes),
        calls=calls_in_progress(context, system),
        as_planned=still_as_planned(context, system, plan.body["plan"], bundle) if plan else [],
        first_look_at=first.happened_at if first else None,
        first_look_max_age=dt.timedelta(minutes=rules.backup_max_age_minutes),
        again=replace(again, drill=drill),
    )
    findings = look_right_before(facts)
    _settle(context, system, callout, "gate_confirmed", findings)
    return findings


def _facts(context: Context, system: System, callout: str, plan: Event | None) -> BeforeAnything:
    opened = require_open(context.ledger, callout, system.name)
    access = _last(context, callout, "access_checked")
    customer, policy = system.customer, system.policy
    return BeforeAnything(
        now=context.now(),
        callout=callout,
        ticket=opened.body.get("ticket", ""),
        contract=customer.contract,
        emergency=opened.body.get("emergency", ""),
        emergency_phone=customer.emergency_phone,
        access=Dated(access.happened_at, _findings(access.body["findings"])) if access else None,
        access_max_age=dt.timedelta(minutes=policy.gate.access_max_age_minutes),
        plan=PlanSeen(plan.body["hash"], plan.body["verdict"]) if plan else None,
        consents=consents_for(context.ledger, system.name),
        consent_valid_days=policy.consent.valid_days,
        zone=customer.time_zone,
        window=customer.change_window,
        blackouts=customer.blackouts,
        drill=asked_drill(context, system, "", to_come=True),
        drift=asked_drift(context.ledger, system, context.now()),
        quote=quote_seen(context, customer.id, opened.body.get("ticket", ""), callout),
    )


def _settle(context: Context, system: System, callout: str, passed: str, findings: list[Finding]) -> None:
    blocking = [finding for finding in findings if finding.blocks]
    look = "right before" if passed == "gate_confirmed" else "before anything"
    body = {"look": look, "findings": [finding.as_dict() for finding in findings]}
    context.record("gate_refused" if blocking else passed, system, callout, body)
    if blocking:
        count = f"{len(blocking)} reason{'s' if len(blocking) > 1 else ''}"
        raise Refused(
            f"{system.name}: refused by the gate for {count}; nothing was changed.",
            f"callout show {callout} tells the whole story.",
            [finding.as_dict() for finding in blocking],
        )


def _last(context: Context, callout: str, kind: str) -> Event | None:
    events = list(context.ledger.events(callout=callout, kind=kind))
    return events[-1] if events else None


def _findings(raw: list[dict[str, Any]]) -> list[Finding]:
    return [Finding.from_dict(one) for one in raw]
