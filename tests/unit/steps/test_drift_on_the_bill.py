"""From a look's finding to the bill, over a real ledger: `--evidence D-…` names it, the bill reads it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from callout.errors import BadInput
from callout.inventory import System
from callout.inventory.policy import Money
from callout.policy.chargeable import Rule
from callout.steps.bill_events import bill_events
from callout.steps.context import Context
from callout.steps.past_work import add_work, amend, evidence_ids
from callout.steps.work import Subject
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.details import Details
from callout.worklog.month import parse_month
from callout.worklog.past import Told
from tests.unit.drift.judging_desk import changed, verdict
from tests.unit.steps.conftest import Clock

JUDGED = verdict(changed("/etc/profile"))
MONEY = Money.model_validate({"rates": {"engineer": "120.00"}})


def look(context: Context, system: System) -> str:
    """A recorded look that found it; the event's id."""
    body = {"baseline_at": "2026-02-20T12:00:00.000000Z", "findings": [JUDGED.as_dict()], "outcome": "drift"}
    return context.record("drift_looked", system, "", body).id


def worked(context: Context, clock: Clock, *evidence: str) -> str:
    """An hour of work with that evidence for its cause."""
    cause = "unsupported_modification"
    ids = evidence_ids(context.ledger, evidence)
    begun = clock.now
    clock.forward(hours=1)
    details = Details("T-1", cause=cause, cause_evidence=ids)
    return add_work(context, Subject("globex", "globex-sw1"), details, Told(begun, clock.now, 3600)).id


def bill(context: Context, system: System) -> Bill:
    """March's, out of what is read for it and no more."""
    month = parse_month("2026-03")
    events = bill_events(context.ledger, system.customer, MONEY, month)
    return bill_for(events, system.customer, MONEY, month)


def test_a_finding_is_named_by_its_own_name(context: Context, system: System, clock: Clock) -> None:
    look(context, system)
    newest = look(context, system)
    worked(context, clock, JUDGED.id)
    (line,) = bill(context, system).lines
    assert line.verdict.evidence == (f"{newest}#{JUDGED.id}",)
    assert (line.verdict.rule, line.amount) == (Rule.UNSUPPORTED_MODIFICATION, Decimal("120.00"))
    assert "/etc/profile" in line.drift[0].sentence


def test_two_looks_of_one_day_are_told_by_that_day(context: Context, system: System, clock: Clock) -> None:
    body = {"baseline_at": f"{clock.now:%Y-%m-%d}T08:00:00.000000Z", "findings": [JUDGED.as_dict()], "outcome": "drift"}
    context.record("drift_looked", system, "", body)
    worked(context, clock, JUDGED.id)
    assert "on 2026-03-03; it is" in bill(context, system).lines[0].drift[0].sentence


def test_a_look_of_long_ago_is_read_too(context: Context, system: System, clock: Clock) -> None:
    older = look(context, system)
    clock.forward(days=20)
    worked(context, clock, f"{older}#{JUDGED.id}")
    assert bill(context, system).lines[0].drift[0].proves


def test_it_can_be_named_afterwards(context: Context, system: System, clock: Clock) -> None:
    look(context, system)
    work = worked(context, clock)
    assert bill(context, system).findings
    amend(context, work, {"evidence": JUDGED.id}, "found out later", clock.now.tzinfo)
    found = bill(context, system)
    assert found.lines[0].drift[0].finding == JUDGED.id
    assert not found.findings


@pytest.mark.parametrize("named", ["D-0123456789", "D-012", "aaaa#D-0123456789"])
def test_a_finding_that_no_look_has_is_refused(context: Context, system: System, named: str) -> None:
    look(context, system)
    with pytest.raises(BadInput) as told:
        evidence_ids(context.ledger, [named])
    assert told.value.exit_status == 2
