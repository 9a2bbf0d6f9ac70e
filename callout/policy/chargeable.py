"""Is this work chargeable? Decided by contract and cause, with the rule and its evidence as data.

Published procedure: support means that we tell and the customer does; maintenance means that we do it. A
customer with a support contract who has maintenance done is charged by the time spent. What went wrong on
our side is nobody's bill but ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Activity(StrEnum):
    """What kind of work it was: answering and explaining, or doing."""

    SUPPORT = "support"
    MAINTENANCE = "maintenance"


class RunOutcome(StrEnum):
    """How a playbook's run ended, as its `work_logged` says."""

    DONE = "done"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    ROLLBACK_FAILED = "rollback_failed"
    INTERRUPTED = "interrupted"


class Rule(StrEnum):
    """The rule that decided. Every view has a sentence for each."""

    REFUSED_BY_GATE = "refused_by_gate"
    OUR_PATCH_FAILED = "our_patch_failed"
    RUN_FAILED = "run_failed"
    NOTHING_TO_DO = "nothing_to_do"
    ROLLED_BACK_ON_PURPOSE = "rolled_back_on_purpose"
    MAINTENANCE_CONTRACT = "maintenance_contract"
    SUPPORT_GIVEN = "support_given"
    CONSENT_COVERS_CHARGING = "consent_covers_charging"
    CONSENT_WITHOUT_CHARGING = "consent_without_charging"
    NO_CONSENT_ON_RECORD = "no_consent_on_record"
    CLOCK_IN_DOUBT = "clock_in_doubt"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CONTRACT_UNKNOWN = "contract_unknown"


class Charge(StrEnum):
    """Yes, no, or a person has to decide. Undecided is never billed and never forgotten."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class ConsentSeen:
    """A consent that was there before the work ended."""

    event_id: str
    covers_charging: bool


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What the ledger says about one piece of work; tuples hold event ids, oldest first.

    `contract` is the one that the call-out was opened under. `outcome` is a `RunOutcome` for a run, empty
    for a person's work. `refusals`, `changes` and `failures` happened during the
    work; so did `undone`, which are changes that a person had rolled back.
    """

    contract: str
    activity: str = Activity.MAINTENANCE
    outcome: str = ""
    clock_flags: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    consents: tuple[ConsentSeen, ...] = ()
    refusals: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Chargeable or not, by which rule, on which evidence (event ids)."""

    charge: Charge
    rule: Rule
    evidence: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The rule as an English sentence."""
        return SENTENCES[self.rule]


SENTENCES = {
    Rule.REFUSED_BY_GATE: "Nothing was done: refused by our own gate.",
    Rule.OUR_PATCH_FAILED: "Our own patch failed.",
    Rule.RUN_FAILED: "The run did not come to its end.",
    Rule.NOTHING_TO_DO: "Nothing had to be changed.",
    Rule.ROLLED_BACK_ON_PURPOSE: "A change was rolled back on purpose: a person has to decide whose doing that was.",
    Rule.MAINTENANCE_CONTRACT: "Covered by the maintenance contract.",
    Rule.SUPPORT_GIVEN: "Support, covered by the support contract.",
    Rule.CONSENT_COVERS_CHARGING: "Maintenance on a support contract; the customer agreed to be charged.",
    Rule.CONSENT_WITHOUT_CHARGING: "The customer agreed to the work, but not to be charged: a person has to decide.",
    Rule.NO_CONSENT_ON_RECORD: "Maintenance on a support contract; no consent to a charge is on record.",
    Rule.CLOCK_IN_DOUBT: "The clock was changed or the time is implausible: a person has to confirm it.",
    Rule.OUTCOME_UNKNOWN: "How the run ended is not known: a person has to decide.",
    Rule.CONTRACT_UNKNOWN: "The contract is not known: a person has to decide.",
}


def decide(facts: WorkFacts) -> Verdict:
    """The verdict of the first rule that applies, in this order:

    what went wrong on our side → what the contract covers → a change taken back on purpose → a clock in
    doubt → the customer's consent.
    """
    for rule in (_our_side, _covered, _on_purpose, _in_doubt):
        verdict = rule(facts)
        if verdict is not None:
            return verdict
    return _by_consent(facts)


def _our_side(facts: WorkFacts) -> Verdict | None:
    if facts.outcome and facts.outcome not in set(RunOutcome):
        return Verdict(Charge.UNDECIDED, Rule.OUTCOME_UNKNOWN, facts.opened)
    broken = facts.outcome in (RunOutcome.ROLLED_BACK, RunOutcome.ROLLBACK_FAILED) and not facts.undone
    if broken or (facts.outcome and facts.failures):
        return Verdict(Charge.NO, Rule.OUR_PATCH_FAILED, facts.failures or facts.opened)
    if facts.outcome == RunOutcome.REFUSED and not facts.changes:
        return Verdict(Charge.NO, Rule.REFUSED_BY_GATE, facts.refusals or facts.opened)
    if facts.outcome in (RunOutcome.FAILED, RunOutcome.INTERRUPTED, RunOutcome.REFUSED):
        return Verdict(Charge.NO, Rule.RUN_FAILED, facts.opened)
    if facts.outcome == RunOutcome.UNCHANGED and not facts.changes:
        return Verdict(Charge.NO, Rule.NOTHING_TO_DO, facts.opened)
    return None


def _covered(facts: WorkFacts) -> Verdict | None:
    if facts.contract == "maintenance":
        return Verdict(Charge.NO, Rule.MAINTENANCE_CONTRACT, facts.opened)
    if facts.contract != "support":
        return Verdict(Charge.UNDECIDED, Rule.CONTRACT_UNKNOWN, facts.opened)
    if facts.activity == Activity.SUPPORT:
        return Verdict(Charge.NO, Rule.SUPPORT_GIVEN, facts.opened)
    return None


def _on_purpose(facts: WorkFacts) -> Verdict | None:
    if facts.outcome and facts.undone:
        return Verdict(Charge.UNDECIDED, Rule.ROLLED_BACK_ON_PURPOSE, facts.undone)
    return None


def _in_doubt(facts: WorkFacts) -> Verdict | None:
    return Verdict(Charge.UNDECIDED, Rule.CLOCK_IN_DOUBT, facts.opened) if facts.clock_flags else None


def _by_consent(facts: WorkFacts) -> Verdict:
    """The newest consent counts: a customer may have said yes to a charge, and no to the next one."""
    if not facts.consents:
        return Verdict(Charge.YES, Rule.NO_CONSENT_ON_RECORD, facts.opened)
    newest = facts.consents[-1]
    if newest.covers_charging:
        return Verdict(Charge.YES, Rule.CONSENT_COVERS_CHARGING, (newest.event_id,))
    return Verdict(Charge.UNDECIDED, Rule.CONSENT_WITHOUT_CHARGING, (newest.event_id,))
