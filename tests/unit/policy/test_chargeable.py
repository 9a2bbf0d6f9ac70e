"""Contract + cause → chargeable or not, by which rule, on which evidence."""

from __future__ import annotations

import pytest

from callout.policy.chargeable import SENTENCES, Charge, ConsentSeen, Rule, WorkFacts, decide

YES, NO, OPEN = Charge.YES, Charge.NO, Charge.UNDECIDED
AGREED, FREE = ConsentSeen("c1", True), ConsentSeen("c2", False)
MODIFIED, FREE_RULE = Rule.UNSUPPORTED_MODIFICATION, Rule.CONSENT_WITHOUT_CHARGING
SUPPORT = {"contract": "support", "opened": ("o1",)}


@pytest.mark.parametrize(
    ("facts", "charge", "rule", "evidence"),
    [
        (WorkFacts("maintenance", opened=("o1",)), NO, Rule.MAINTENANCE_CONTRACT, ("o1",)),
        (WorkFacts(**SUPPORT, consents=(AGREED,)), YES, Rule.CONSENT_COVERS_CHARGING, ("c1",)),
        (WorkFacts(**SUPPORT, consents=(AGREED, FREE)), OPEN, Rule.CONSENT_WITHOUT_CHARGING, ("c2",)),
        (WorkFacts(**SUPPORT), YES, Rule.NO_CONSENT_ON_RECORD, ("o1",)),
        (WorkFacts(**SUPPORT, activity="support"), NO, Rule.SUPPORT_GIVEN, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="refused", refusals=("r1",)), NO, Rule.REFUSED_BY_GATE, ("r1",)),
        (WorkFacts("maintenance", outcome="refused", refusals=("r1",)), NO, Rule.REFUSED_BY_GATE, ("r1",)),
        # "refused", but something was changed: not the gate's doing any more.
        (WorkFacts(**SUPPORT, outcome="refused", changes=("p1",)), NO, Rule.RUN_FAILED, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="rolled_back", failures=("f1", "f2")), NO, Rule.OUR_PATCH_FAILED, ("f1", "f2")),
        (WorkFacts(**SUPPORT, outcome="rollback_failed"), NO, Rule.OUR_PATCH_FAILED, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="done", failures=("f1",)), NO, Rule.OUR_PATCH_FAILED, ("f1",)),
        (WorkFacts(**SUPPORT, outcome="failed"), NO, Rule.RUN_FAILED, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="unchanged", consents=(AGREED,)), NO, Rule.NOTHING_TO_DO, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="done", consents=(AGREED,)), YES, Rule.CONSENT_COVERS_CHARGING, ("c1",)),
        (WorkFacts(**SUPPORT, outcome="splendid", consents=(AGREED,)), OPEN, Rule.OUTCOME_UNKNOWN, ("o1",)),
        (WorkFacts(**SUPPORT, clock_flags=("jumped",), consents=(AGREED,)), OPEN, Rule.CLOCK_IN_DOUBT, ("o1",)),
        (WorkFacts(**SUPPORT, outcome="rolled_back", undone=("b1",)), OPEN, Rule.ROLLED_BACK_ON_PURPOSE, ("b1",)),
        (WorkFacts("maintenance", outcome="rolled_back", undone=("b1",)), NO, Rule.MAINTENANCE_CONTRACT, ()),
        (
            WorkFacts(**SUPPORT, outcome="rolled_back", failures=("f1",), undone=("b1",)),
            NO,
            Rule.OUR_PATCH_FAILED,
            ("f1",),
        ),
        (WorkFacts("platinum"), OPEN, Rule.CONTRACT_UNKNOWN, ()),
        (WorkFacts(**SUPPORT, cause="own_bug", cause_evidence=("b1",)), NO, Rule.OWN_BUG, ("b1",)),
        (WorkFacts("maintenance", cause="unsupported_modification", cause_evidence=("d1",)), YES, MODIFIED, ("d1",)),
        (WorkFacts(**SUPPORT, activity="support", cause="unsupported_modification"), YES, MODIFIED, ()),
        (
            WorkFacts("maintenance", cause="unsupported_modification", cause_evidence=("d1",), finding_in_doubt=True),
            OPEN,
            Rule.FINDING_IN_DOUBT,
            ("d1",),
        ),
        (WorkFacts("maintenance", cause="man_made_emergency"), YES, Rule.MAN_MADE_EMERGENCY, ()),
        (WorkFacts(**SUPPORT, outcome="refused", cause="man_made_emergency"), NO, Rule.REFUSED_BY_GATE, ("o1",)),
        (
            WorkFacts(**SUPPORT, cause="unsupported_modification", clock_flags=("x",)),
            OPEN,
            Rule.CLOCK_IN_DOUBT,
            ("o1",),
        ),
        (WorkFacts("platinum", cause="man_made_emergency"), OPEN, Rule.CONTRACT_UNKNOWN, ()),
        (WorkFacts(**SUPPORT, activity="support", cause="documented_support"), NO, Rule.DOCUMENTED_SUPPORT, ("o1",)),
        (
            WorkFacts(**SUPPORT, cause="documented_support", consents=(AGREED,)),
            YES,
            Rule.CONSENT_COVERS_CHARGING,
            ("c1",),
        ),
        (WorkFacts("maintenance", cause="included"), NO, Rule.INCLUDED, ()),
        (WorkFacts(**SUPPORT, cause="included"), OPEN, Rule.CAUSE_IN_DOUBT, ("o1",)),
        (WorkFacts(**SUPPORT, cause="sunspots"), OPEN, Rule.CAUSE_IN_DOUBT, ("o1",)),
        (WorkFacts("maintenance", included_hours="I"), YES, Rule.INCLUDED_HOURS, ()),
        (WorkFacts("maintenance", activity="travel"), NO, Rule.MAINTENANCE_CONTRACT, ()),
        (WorkFacts("maintenance", activity="development", opened=("o1",)), YES, Rule.BEYOND_MAINTENANCE, ("o1",)),
        (WorkFacts(**SUPPORT, idle=True, consents=(AGREED,)), OPEN, Rule.IDLE_IN_DOUBT, ("o1",)),
        (
            WorkFacts(**SUPPORT, consents=(AGREED, ConsentSeen("q1", True, quote=True))),
            YES,
            Rule.QUOTE_ACCEPTED,
            ("q1",),
        ),
        (WorkFacts(**SUPPORT, consents=(ConsentSeen("q1", True, quote=True), FREE)), OPEN, FREE_RULE, ("c2",)),
    ],
)
def test_the_first_rule_that_applies_decides(
    facts: WorkFacts, charge: Charge, rule: Rule, evidence: tuple[str, ...]
) -> None:
    verdict = decide(facts)
    assert (verdict.charge, verdict.rule, verdict.evidence) == (charge, rule, evidence)


def test_every_rule_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Rule)
