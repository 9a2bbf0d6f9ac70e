"""Pure: may this backup be put back onto that system now? All reasons at once; nothing unknown passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callout.findings import Finding, Move, Status
from callout.policy.consents import ConsentGiven, usable
from callout.policy.windows import Closed, Window, blackout_refusal, window_refusal


class Identity(StrEnum):
    """Is the system the very installation that was backed up? Told by its SSH host keys."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RestoreFacts:
    """All that the rules ask about.

    `named` is what --onto says, empty where it was not given; `overwrite_live` the flag of that name. `running`
    and `calls` are None where they could not be found out; `calls` 0 where nothing runs that could have any.
    """

    now: dt.datetime
    callout: str
    ticket: str
    contract: str
    emergency: str
    backup_system: str
    backup_customer: str
    backup_good: bool
    target: str
    target_customer: str
    target_product: str
    backup_product: str
    named: str
    overwrite_live: bool
    identity: Identity
    running: bool | None
    calls: int | None
    plan_hash: str
    consents: Sequence[ConsentGiven]
    consent_valid_days: int
    zone: str
    window: Window | None
    blackouts: Sequence[Closed]


def is_live(facts: RestoreFacts) -> bool:
    """Whether somebody's working system would be overwritten.

    A reinstalled one has other host keys and no calls; what is not known counts as live.
    """
    if facts.calls is None or facts.calls:
        return True
    return facts.identity is not Identity.OTHER and facts.running is not False


def judge_restore(facts: RestoreFacts) -> list[Finding]:
    """One finding per rule. Source: published procedure (tickets, maintenance); restore onto the live system only by
    name; a system in use is changed only with consent, inside the customer's window, and without calls."""
    live = is_live(facts)
    findings = [_ticket(facts), _backup(facts), _target(facts), _live(facts, live), _calls(facts)]
    if live:
        findings += [_consent(facts), _window(facts)]
    return [*findings, _entitled(facts)]


def _finding(check: str, status: Status, code: str, seen: str, move: Move = Move.US, remedy: str = "") -> Finding:
    return Finding(f"restore.{check}", status, code, seen, move, remedy)


def _ticket(facts: RestoreFacts) -> Finding:
    if facts.ticket.strip():
        return Finding("restore.ticket", Status.PASS, "ok", f"Ticket {facts.ticket}.")
    return _finding("ticket", Status.FAIL, "none", "There is no ticket.", remedy="Open the call-out with --ticket.")


def _backup(facts: RestoreFacts) -> Finding:
    if facts.backup_good:
        return Finding("restore.backup", Status.PASS, "ok", "The backup was verified.")
    seen = "The backup's last verification did not come to a good end."
    return _finding("backup", Status.FAIL, "unverified", seen, remedy="Take another one: callout backup list.")


def _target(facts: RestoreFacts) -> Finding:
    if facts.backup_customer != facts.target_customer:
        seen = f"The backup is {facts.backup_customer}'s, and {facts.target} is {facts.target_customer}'s."
        return _finding("target", Status.FAIL, "other-customer", seen, remedy="Restore a backup of this customer.")
    if facts.backup_product != facts.target_product:
        seen = f"The backup is of a {facts.backup_product}, and {facts.target} is a {facts.target_product}."
        return _finding("target", Status.FAIL, "other-product", seen, remedy="Restore a backup of this product.")
    if facts.named and facts.named != facts.target:
        seen = f"--onto names {facts.named}, and this is {facts.target}."
        return _finding("target", Status.FAIL, "other-name", seen, remedy="Name the system that is meant.")
    if facts.backup_system != facts.target and not facts.named:
        seen = f"The backup is of {facts.backup_system}."
        return _finding("target", Status.FAIL, "not-named", seen, remedy=f"Say it: --onto {facts.target}")
    return Finding("restore.target", Status.PASS, "ok", f"{facts.backup_system}'s backup onto {facts.target}.")


def _live(facts: RestoreFacts, live: bool) -> Finding:
    told = {
        Identity.SAME: "has the host keys of the backup",
        Identity.OTHER: "has other host keys than the backup",
        Identity.UNKNOWN: "cannot be told from the one that was backed up by its host keys",
    }[facts.identity]
    runs = {True: "runs", False: "does not run", None: "may run"}[facts.running]
    seen = f"{facts.target} {told}, and its product {runs}."
    if not live:
        return Finding("restore.live", Status.PASS, "not-live", f"{seen} It is not in use.")
    if not facts.named:
        remedy = f"If it is really to be overwritten: --onto {facts.target} --overwrite-live"
        return _finding("live", Status.FAIL, "live", f"{seen} It is taken for the live system.", remedy=remedy)
    if not facts.overwrite_live:
        remedy = "If it is really to be overwritten, add --overwrite-live."
        return _finding("live", Status.FAIL, "not-confirmed", f"{seen} It is the live system.", remedy=remedy)
    return _finding("live", Status.WARN, "overwritten", f"{seen} The live system is overwritten, as was asked for.")


def _calls(facts: RestoreFacts) -> Finding:
    if facts.calls is None:
        seen = "Whether calls are in progress is not known."
        return _finding("calls", Status.UNKNOWN, "unknown", seen, remedy="Look at Asterisk by hand.")
    if facts.calls:
        seen = f"{facts.calls} calls are in progress."
        return _finding("calls", Status.FAIL, "busy", seen, remedy="Wait until they have ended.")
    return Finding("restore.calls", Status.PASS, "ok", "No calls in progress.")


def _consent(facts: RestoreFacts) -> Finding:
    found, why_not = _usable(facts)
    if found is None:
        remedy = f"callout consent {facts.callout} --plan {facts.plan_hash}, with the customer's answer."
        return _finding("consent", Status.FAIL, "none", why_not, Move.CUSTOMER, remedy)
    return Finding("restore.consent", Status.PASS, "ok", f"{found.by} consented by {found.channel}.")


def _window(facts: RestoreFacts) -> Finding:
    refusals = [
        window_refusal(facts.now, facts.zone, facts.window),
        blackout_refusal(facts.now, facts.zone, facts.blackouts),
    ]
    said = " ".join(refusal for refusal in refusals if refusal)
    if not said:
        return Finding("restore.window", Status.PASS, "ok", "Inside the customer's window and outside blackouts.")
    if facts.emergency:
        return _finding("window", Status.WARN, "emergency", f"{said} It is an emergency: {facts.emergency}.")
    return _finding("window", Status.FAIL, "closed", said, remedy="Come back inside it, or state the emergency.")


def _entitled(facts: RestoreFacts) -> Finding:
    """Restoring is maintenance. Without entitlement it is done all the same (the system is down), and told."""
    if facts.contract == "maintenance":
        return Finding("restore.entitled", Status.PASS, "ok", "The maintenance contract covers the work.")
    found, _ = _usable(facts)
    if found is not None and found.covers_charging:
        return Finding("restore.entitled", Status.PASS, "ok", "The consent covers charging for the work.")
    seen = "The support contract does not cover a restore, and no consent to a charge is on record."
    return _finding("entitled", Status.WARN, "not-covered", seen, Move.CUSTOMER, "Have the customer agree to a quote.")


def _usable(facts: RestoreFacts) -> tuple[ConsentGiven | None, str]:
    return usable(facts.consents, facts.plan_hash, facts.callout, facts.now, facts.consent_valid_days)
