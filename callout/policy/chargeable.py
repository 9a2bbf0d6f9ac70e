"""Is this work chargeable? Decided by contract and cause, with the rule and its evidence as data.

Published procedure: support means that we tell and the customer does; maintenance means that we do it. A
customer with a support contract who has maintenance done is charged by the time spent, and so is what follows from
an unsupported modification. What went wrong on our side is nobody's bill but ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callout.policy.causes import CHARGED_ON_TOP, Cause


class Activity(StrEnum):
    """What kind of work it was: answering and explaining, doing, writing code, or going there."""

    SUPPORT = "support"
    MAINTENANCE = "maintenance"
    DEVELOPMENT = "development"
    TRAVEL = "travel"


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
    QUOTE_ACCEPTED = "quote_accepted"
    OWN_BUG = "own_bug"
    UNSUPPORTED_MODIFICATION = "unsupported_modification"
    MAN_MADE_EMERGENCY = "man_made_emergency"
    DOCUMENTED_SUPPORT = "documented_support"
    INCLUDED = "included"
    INCLUDED_HOURS = "included_hours"
    BEYOND_MAINTENANCE = "beyond_maintenance"
    CAUSE_IN_DOUBT = "cause_in_doubt"
    FINDING_IN_DOUBT = "finding_in_doubt"
    IDLE_IN_DOUBT = "idle_in_doubt"
    CLOCK_TIMES_NEEDED = "clock_times_needed"
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
    """A consent that was there before the work ended; `quote` where it was the acceptance of one."""

    event_id: str
    covers_charging: bool
    quote: bool = False


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What the ledger says about one piece of work; tuples hold event ids, oldest first.

    `contract` is the one that the call-out was opened under. `outcome` is a `RunOutcome` for a run, empty
    for a person's work. `refusals`, `changes` and `failures` happened during the
    work; so did `undone`, which are changes that a person had rolled back. `cause` is a `Cause`, as a person said it
    on the evidence of `cause_evidence`; `finding_in_doubt` says that a drift finding among it shows no unsupported
    modification. `covered` are the kinds of work that a maintenance contract covers,
    `included_hours` the contract whose hours are for this work, empty where its hours are not counted. `idle` says
    that for long nothing was done in the session.
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
    cause: str = ""
    cause_evidence: tuple[str, ...] = ()
    finding_in_doubt: bool = False
    covered: tuple[str, ...] = (Activity.SUPPORT, Activity.MAINTENANCE, Activity.TRAVEL)
    included_hours: str = ""
    idle: bool = False


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
    Rule.QUOTE_ACCEPTED: "The customer accepted a quote for it.",
    Rule.OWN_BUG: "The cause was a bug of our own.",
    Rule.UNSUPPORTED_MODIFICATION: "It followed from an unsupported modification: charged as maintenance.",
    Rule.MAN_MADE_EMERGENCY: "The emergency was man-made: charged afterwards.",
    Rule.DOCUMENTED_SUPPORT: "Support on what is documented, covered by the support contract.",
    Rule.INCLUDED: "Included in the maintenance contract.",
    Rule.INCLUDED_HOURS: "Maintenance, for the hours that the maintenance contract includes; charged beyond them.",
    Rule.BEYOND_MAINTENANCE: "Not among the work that the maintenance contract covers.",
    Rule.CAUSE_IN_DOUBT: "The stated cause and the contract contradict each other: a person has to decide.",
    Rule.FINDING_IN_DOUBT: "The finding that is named shows no unsupported modification: a person has to decide.",
    Rule.IDLE_IN_DOUBT: "For long nothing was done in this session: a person has to decide.",
    Rule.CLOCK_TIMES_NEEDED: "An hour's price depends on the time of that day: the clock times have to be stated.",
    Rule.CLOCK_IN_DOUBT: "The clock was changed or the time is implausible: a person has to confirm it.",
    Rule.OUTCOME_UNKNOWN: "How the run ended is not known: a person has to decide.",
    Rule.CONTRACT_UNKNOWN: "The contract is not known: a person has to decide.",
}


def decide(facts: WorkFacts) -> Verdict:
    """The verdict of the first rule that applies, in this order:

    what went wrong on our side → what the contract covers → a change taken back on purpose → a clock in
    doubt → a cause that is charged whatever the contract → the customer's consent.
    """
    for rule in (_our_side, _covered, _on_purpose, _in_doubt, _by_cause):
        verdict = rule(facts)
        if verdict is not None:
            return verdict
    return _by_consent(facts)


def _our_side(facts: WorkFacts) -> Verdict | None:
    if facts.cause == Cause.OWN_BUG:
        return Verdict(Charge.NO, Rule.OWN_BUG, facts.cause_evidence or facts.opened)
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
    if facts.cause in CHARGED_ON_TOP:
        return None
    if facts.cause not in set(Cause):
        return Verdict(Charge.UNDECIDED, Rule.CAUSE_IN_DOUBT, facts.cause_evidence or facts.opened)
    if facts.contract == "maintenance":
        return _maintained(facts)
    if facts.contract != "support":
        return Verdict(Charge.UNDECIDED, Rule.CONTRACT_UNKNOWN, facts.opened)
    if facts.cause == Cause.INCLUDED:
        return Verdict(Charge.UNDECIDED, Rule.CAUSE_IN_DOUBT, facts.cause_evidence or facts.opened)
    if facts.activity == Activity.SUPPORT:
        if facts.cause == Cause.DOCUMENTED_SUPPORT:
            return Verdict(Charge.NO, Rule.DOCUMENTED_SUPPORT, facts.cause_evidence or facts.opened)
        return Verdict(Charge.NO, Rule.SUPPORT_GIVEN, facts.opened)
    return None


def _maintained(facts: WorkFacts) -> Verdict | None:
    """What a maintenance contract covers: all, or so many hours of it, which are then counted like paid ones."""
    said = facts.cause == Cause.INCLUDED
    if facts.activity not in facts.covered and not said:
        return None
    if facts.included_hours:
        return _on_purpose(facts) or _in_doubt(facts) or Verdict(Charge.YES, Rule.INCLUDED_HOURS, facts.opened)
    if said:
        return Verdict(Charge.NO, Rule.INCLUDED, facts.cause_evidence or facts.opened)
    return Verdict(Charge.NO, Rule.MAINTENANCE_CONTRACT, facts.opened)


def _on_purpose(facts: WorkFacts) -> Verdict | None:
    if facts.outcome and facts.undone:
        return Verdict(Charge.UNDECIDED, Rule.ROLLED_BACK_ON_PURPOSE, facts.undone)
    return None


def _in_doubt(facts: WorkFacts) -> Verdict | None:
    if facts.clock_flags:
        return Verdict(Charge.UNDECIDED, Rule.CLOCK_IN_DOUBT, facts.opened)
    return Verdict(Charge.UNDECIDED, Rule.IDLE_IN_DOUBT, facts.opened) if facts.idle else None


def _by_cause(facts: WorkFacts) -> Verdict | None:
    if facts.cause not in CHARGED_ON_TOP:
        return None
    if facts.contract not in ("support", "maintenance"):
        return Verdict(Charge.UNDECIDED, Rule.CONTRACT_UNKNOWN, facts.opened)
    modified = facts.cause == Cause.UNSUPPORTED_MODIFICATION
    if modified and facts.finding_in_doubt:
        # A wrong accusation costs a customer: what nobody can tell the maker of is charged to nobody.
        return Verdict(Charge.UNDECIDED, Rule.FINDING_IN_DOUBT, facts.cause_evidence)
    rule = Rule.UNSUPPORTED_MODIFICATION if modified else Rule.MAN_MADE_EMERGENCY
    return Verdict(Charge.YES, rule, facts.cause_evidence)


def _by_consent(facts: WorkFacts) -> Verdict:
    """The newest consent counts: a customer may have said yes to a charge, and no to the next one."""
    newest = facts.consents[-1] if facts.consents else None
    if newest is not None and not newest.covers_charging:
        return Verdict(Charge.UNDECIDED, Rule.CONSENT_WITHOUT_CHARGING, (newest.event_id,))
    if newest is not None and newest.quote:
        return Verdict(Charge.YES, Rule.QUOTE_ACCEPTED, (newest.event_id,))
    if facts.contract == "maintenance":
        return Verdict(Charge.YES, Rule.BEYOND_MAINTENANCE, (newest.event_id,) if newest else facts.opened)
    if newest is not None:
        return Verdict(Charge.YES, Rule.CONSENT_COVERS_CHARGING, (newest.event_id,))
    return Verdict(Charge.YES, Rule.NO_CONSENT_ON_RECORD, facts.opened)
