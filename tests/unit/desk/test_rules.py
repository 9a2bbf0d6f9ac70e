"""Which promise a clock has, and which key says so."""

from __future__ import annotations

import pytest

from callout.desk.rules import Rule, acknowledgement_rule, rules_for, rules_from, snapshot
from callout.errors import BadInput
from callout.inventory.desk import CustomerDesk, Desk
from callout.policy.desk_words import ClockName, Priority, Runs


def test_the_published_procedure_promises_two_things() -> None:
    assert rules_for(Desk(), CustomerDesk(), Priority.NORMAL) == {
        ClockName.FIRST_REPLY: Rule("1 business day", Runs.HOURS, "callout_policy.desk.first_reply"),
        ClockName.CRITICAL_PATCH: Rule("24 hours", Runs.ALWAYS, "callout_policy.desk.critical_patch"),
    }


def test_a_customers_goal_stands_in_place_of_the_houses_and_that_in_place_of_the_published_rule() -> None:
    goals = {"high": {"first_reply": {"within": "4 hours"}, "plan": {"within": "8 hours"}}}
    desk = Desk.model_validate({"goals": goals})
    customer = CustomerDesk.model_validate({"goals": {"high": {"first_reply": {"within": "1 hour"}}}})
    rules = rules_for(desk, customer, Priority.HIGH)
    assert rules[ClockName.FIRST_REPLY] == Rule("1 hour", Runs.HOURS, "callout_customer.desk.goals.high.first_reply")
    assert rules[ClockName.PLAN].source == "callout_policy.desk.goals.high.plan"
    assert rules_for(desk, customer, Priority.LOW)[ClockName.FIRST_REPLY].within == "1 business day"


def test_an_emergency_runs_round_the_clock_where_nothing_else_is_said() -> None:
    goals = {"emergency": {"first_reply": {"within": "30 minutes"}, "plan": {"within": "2 hours", "runs": "hours"}}}
    rules = rules_for(Desk.model_validate({"goals": goals}), CustomerDesk(), Priority.EMERGENCY)
    assert rules[ClockName.FIRST_REPLY].runs is Runs.ALWAYS
    assert rules[ClockName.PLAN].runs is Runs.HOURS
    assert rules_for(Desk(), CustomerDesk(), Priority.EMERGENCY)[ClockName.FIRST_REPLY].runs is Runs.HOURS


def test_each_level_is_acknowledged_by_its_own_rule_or_as_a_first_reply() -> None:
    desk = Desk.model_validate({"acknowledgements": {3: {"within": "2 hours"}}})
    rules = rules_for(desk, CustomerDesk(), Priority.NORMAL)
    assert acknowledgement_rule(desk, rules, 3, Priority.NORMAL).source == "callout_policy.desk.acknowledgements.3"
    first = acknowledgement_rule(desk, rules, 1, Priority.NORMAL)
    assert (first.within, first.source.split(",")[0]) == ("1 business day", "callout_policy.desk.first_reply")


def test_a_snapshot_is_read_as_it_was_written() -> None:
    rules = rules_for(Desk(), CustomerDesk(), Priority.NORMAL)
    assert rules_from(snapshot(rules)) == rules
    assert rules_from({"plan": {"within": "1 hour", "runs": "hours"}})[ClockName.PLAN].source == ""


@pytest.mark.parametrize(
    "raw", [{"plan": {"within": "0 hours", "runs": "hours"}}, {"lunch": {"within": "1 hour", "runs": "hours"}},
            {"plan": {"within": "1 business day", "runs": "always"}}, {"plan": 3}]
)  # fmt: skip
def test_a_snapshot_that_nobody_could_count_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        rules_from(raw)


def test_seconds_of_business_days_are_asked_of_a_calendar() -> None:
    assert Rule("90 minutes", Runs.HOURS).seconds == 5400
    with pytest.raises(BadInput):
        _ = Rule("2 business days", Runs.HOURS).seconds
