"""The gate: may this system be changed now? All reasons at once; nothing unknown passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from access_check.steps import needed, refuse_unknown_steps
from access_check.targets import Target
from callout.findings import Finding, Move, Status, worst
from callout.policy.consents import CLOCK_TOLERANCE, ConsentGiven, usable
from callout.policy.drifted import DriftAsked, judge_drifted
from callout.policy.drills import DrillAsked, judge_drill
from callout.policy.quotes import QuoteSeen, judge_cap
from callout.policy.windows import Closed, Window, blackout_refusal, window_refusal

# A change counts calls anew, right before it: how many there were at the access check stops nobody.
_COUNTED_ANEW = "facts.calls"
# Verdicts of plans that change nothing.
_NOTHING_TO_DO = ("already-in", "superseded")


@dataclass(frozen=True, slots=True)
class Dated:
    """Findings and when they were made (aware)."""

    at: dt.datetime
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """The call-out's plan as recorded: its hash, and `applicable`, `already-in`, `superseded` or `blocked`."""

    hash: str
    verdict: str


@dataclass(frozen=True, slots=True)
class BeforeAnything:
    """All that the first look asks about. `emergency` is the stated reason, empty where there is none."""

    now: dt.datetime
    callout: str
    ticket: str
    contract: str
    emergency: str
    emergency_phone: bool
    access: Dated | None
    access_max_age: dt.timedelta
    plan: PlanSeen | None
    consents: Sequence[ConsentGiven]
    consent_valid_days: int
    zone: str
    window: Window | None
    blackouts: Sequence[Closed]
    drill: DrillAsked | None = None
    quote: QuoteSeen | None = None
    drift: DriftAsked | None = None


@dataclass(frozen=True, slots=True)
class RightBefore:
    """All that the second look asks about. `calls` is None where they could not be counted.

    `backup_seen` is what the ledger and the store say of the backup, or why there is none.

    `again` are the first look's facts as they are now: a window may have closed while the backup ran, and
    another call-out may have spent the consent.
    """

    now: dt.datetime
    backup: Dated | None
    backup_seen: Sequence[Finding]
    backup_max_age: dt.timedelta
    calls: int | None
    as_planned: Sequence[Finding]
    first_look_at: dt.datetime | None
    first_look_max_age: dt.timedelta
    again: BeforeAnything
    assume_backup: bool = False


def keeps_from_work(finding: Finding) -> bool:
    """Whether a finding of the access check is a reason not to begin."""
    return finding.blocks and finding.check.partition("@")[0] != _COUNTED_ANEW


def in_the_way(target: Target, findings: Sequence[Finding], steps: Collection[str] = ()) -> list[Finding]:
    """What of an access check keeps from work that needs no more than `steps`, named as `--only` names them.

    Without steps it is all that must hold, as for a change. A backup reads and a roll back restores: both need the
    shell, and a full disk or a dead GUI is what they are wanted for. Raises UnknownStep.
    """
    refuse_unknown_steps(steps, [target])
    checks = {requirement.check for requirement in needed(target, steps)} | {"details.address", "walk"}
    return [finding for finding in findings if keeps_from_work(finding) and (not steps or finding.check in checks)]


def look_before_anything(facts: BeforeAnything) -> list[Finding]:
    """One finding per rule, by order: ticket, access, plan, consent, entitled, quote, window, drill, drift.

    Source: published procedure (tickets, support and maintenance) and the vendor's order of an upgrade.
    """
    consent, why_not = _usable(facts)
    return [
        _ticket(facts.ticket),
        _access(facts),
        _plan(facts.plan),
        _consent(facts, consent, why_not),
        _entitled(facts, consent),
        *_quote(facts),
        _window(facts),
        *_drill(facts),
        *(judge_drifted(facts.drift, facts.now, facts.emergency) if facts.drift else ()),
    ]


def look_right_before(facts: RightBefore) -> list[Finding]:
    """One finding per rule: first look, consent, quote and window as they are now, backup, calls, system as planned."""
    return [
        _first_look(facts),
        _consent(facts.again, *_usable(facts.again)),
        *_quote(facts.again),
        _window(facts.again),
        _backup(facts),
        *_drill(facts.again),
        _calls(facts.calls),
        *_as_planned(facts.as_planned),
    ]


def _usable(facts: BeforeAnything) -> tuple[ConsentGiven | None, str]:
    if facts.plan is None:
        return None, ""
    return usable(facts.consents, facts.plan.hash, facts.callout, facts.now, facts.consent_valid_days)


def _dated_ahead(check: str, what: str, age: dt.timedelta) -> Finding | None:
    """Evidence from the future is of a wrong clock: how old it is nobody knows."""
    if age >= -CLOCK_TOLERANCE:
        return None
    seen = f"{what} is dated {-age.total_seconds() // 60:.0f} minutes ahead: how old it is is not known."
    return Finding(check, Status.UNKNOWN, "future", seen, Move.US, "Set the clocks of our machines, then do it again.")


def _pass(check: str, seen: str) -> Finding:
    return Finding(check, Status.PASS, "ok", seen)


def _fail(check: str, code: str, seen: str, move: Move, remedy: str) -> Finding:
    return Finding(check, Status.FAIL, code, seen, move, remedy)


def _ticket(ticket: str) -> Finding:
    if ticket.strip():
        return _pass("gate.ticket", f"Ticket {ticket}.")
    return _fail("gate.ticket", "none", "There is no ticket.", Move.US, "Open the call-out with --ticket.")


def _access(facts: BeforeAnything) -> Finding:
    check = "gate.access"
    if facts.access is None:
        return _fail(check, "never", "Access has not been checked.", Move.US, "Run check_access first.")
    age = facts.now - facts.access.at
    if ahead := _dated_ahead(check, "The access check", age):
        return ahead
    if age > facts.access_max_age:
        minutes = int(age.total_seconds() // 60)
        return _fail(check, "old", f"Access was checked {minutes} minutes ago.", Move.US, "Check it again.")
    blocking = [finding for finding in facts.access.findings if keeps_from_work(finding)]
    if blocking or not facts.access.findings:
        first = blocking[0] if blocking else None
        seen = first.seen if first else "The access check came to nothing."
        move, remedy = (first.move, first.remedy) if first else (Move.US, "Check access again.")
        return _fail(check, "broken", f"Access is not fine: {seen}", move, remedy)
    return _pass(check, f"Access is fine, checked {max(0, int(age.total_seconds()))} s ago.")


def _plan(plan: PlanSeen | None) -> Finding:
    check = "gate.plan"
    if plan is None:
        return _fail(check, "none", "There is no plan.", Move.US, "Run callout plan ID --bundle FILE.")
    if plan.verdict == "blocked":
        return _fail(check, "blocked", "The plan is blocked; it says by what.", Move.US, "Read callout show ID.")
    if plan.verdict not in ("applicable", *_NOTHING_TO_DO):
        return Finding(check, Status.UNKNOWN, "unknown", f"The plan's verdict is {plan.verdict!r}.", Move.US)
    return _pass(check, f"Plan {plan.hash[:12]} is {plan.verdict}.")


def _consent(facts: BeforeAnything, consent: ConsentGiven | None, why_not: str) -> Finding:
    check = "gate.consent"
    remedy = "Send the plan to the customer; record the answer with callout consent."
    if facts.plan is None:
        return _fail(check, "no-plan", "Without a plan there is nothing to consent to.", Move.US, remedy)
    if facts.plan.verdict in _NOTHING_TO_DO:
        return _pass(check, "Nothing would be changed, so there is nothing to consent to.")
    if consent is None:
        return _fail(check, "none", why_not, Move.CUSTOMER, f"{remedy} Plan: {facts.plan.hash}")
    seen = f"{consent.by} consented by {consent.channel} ({consent.reference})."
    if not consent.registered:
        return Finding(
            check, Status.WARN, "not-registered", f"{seen} That is no registered address.", Move.US,
            "Have the answer confirmed from a registered address.",
        )  # fmt: skip
    return _pass(check, seen)


def _entitled(facts: BeforeAnything, consent: ConsentGiven | None) -> Finding:
    check = "gate.entitled"
    if facts.contract == "maintenance":
        return _pass(check, "The maintenance contract covers the work.")
    if facts.plan is not None and facts.plan.verdict in _NOTHING_TO_DO:
        return _pass(check, "Nothing would be changed.")
    if consent is not None and consent.covers_charging:
        return _pass(check, "The support contract does not cover the work; the consent covers charging for it.")
    if facts.quote is not None and (consent is None or facts.quote.accepted_at >= consent.at):
        return _pass(check, f"The support contract does not cover the work; {facts.quote.sentence}")
    return _fail(
        check,
        "not-covered",
        "The support contract does not cover maintenance, and no consent covers charging for it.",
        Move.CUSTOMER,
        "Quote the work; have the customer consent to being charged.",
    )


def _quote(facts: BeforeAnything) -> list[Finding]:
    idle = facts.plan is not None and facts.plan.verdict in _NOTHING_TO_DO
    return [judge_cap(facts.quote.use)] if facts.quote and facts.quote.use and not idle else []


def _window(facts: BeforeAnything) -> Finding:
    check = "gate.window"
    refusals = [
        window_refusal(facts.now, facts.zone, facts.window),
        blackout_refusal(facts.now, facts.zone, facts.blackouts),
    ]
    said = " ".join(refusal for refusal in refusals if refusal)
    if not said:
        return _pass(check, "Inside the customer's window and outside blackouts.")
    if facts.emergency:
        code, remedy = "emergency", ""
        if not facts.emergency_phone:
            code, remedy = "emergency-without-contract", "There is no emergency contract: say what it will cost."
        return Finding(check, Status.WARN, code, f"{said} It is an emergency: {facts.emergency}.", Move.US, remedy)
    return _fail(check, "closed", said, Move.US, "Come back inside the window, or state the emergency.")


def _first_look(facts: RightBefore) -> Finding:
    check = "gate.first_look"
    if facts.first_look_at is None:
        return _fail(check, "never", "The gate has not been passed.", Move.US, "Run the gate's first look.")
    if ahead := _dated_ahead(check, "The gate's first look", facts.now - facts.first_look_at):
        return ahead
    if facts.now - facts.first_look_at > facts.first_look_max_age:
        return _fail(check, "old", "The gate was passed too long ago.", Move.US, "Run the gate's first look again.")
    return _pass(check, "The gate was passed in this call-out.")


def _backup(facts: RightBefore) -> Finding:
    check = "gate.backup"
    if facts.assume_backup:
        return _pass(check, "Check mode: a backup would have been made and verified just before.")
    blocking = next((finding for finding in facts.backup_seen if finding.blocks), None)
    if blocking is not None:
        return blocking
    if facts.backup is None or not facts.backup_seen:
        return _fail(check, "none", "There is no verified backup.", Move.US, "Run back_up first.")
    age = facts.now - facts.backup.at
    if ahead := _dated_ahead(check, "The newest backup", age):
        return ahead
    if age > facts.backup_max_age:
        minutes = int(age.total_seconds() // 60)
        return _fail(check, "old", f"The newest verified backup is {minutes} minutes old.", Move.US, "Back up again.")
    if any(finding.blocks for finding in facts.backup.findings) or worst(facts.backup.findings) is Status.UNKNOWN:
        return _fail(check, "unverified", "The newest backup is not verified.", Move.US, "Back up again.")
    return _pass(check, f"Verified backup, {max(0, int(age.total_seconds()))} s old.")


def _drill(facts: BeforeAnything) -> list[Finding]:
    return judge_drill(facts.drill, facts.now, facts.emergency) if facts.drill else []


def _calls(calls: int | None) -> Finding:
    check = "gate.calls"
    if calls is None:
        remedy = "Look at Asterisk by hand; unknown is not idle."
        return Finding(check, Status.UNKNOWN, "unknown", "Calls could not be counted.", Move.US, remedy)
    if calls:
        return _fail(check, "busy", f"{calls} calls are in progress.", Move.US, "Wait until they have ended.")
    return _pass(check, "No calls in progress.")


def _as_planned(findings: Sequence[Finding]) -> list[Finding]:
    if not findings:
        seen = "Whether the system is still as planned was not looked at."
        return [Finding("gate.as_planned", Status.UNKNOWN, "unknown", seen, Move.US, "Run the gate again.")]
    return list(findings)
