"""A case as its events tell it: state, turn, messages, endings; and events that are not whole."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from callout.desk.case import CaseState, case_of
from callout.desk.case_parts import Way
from callout.desk.pauses import Turn
from callout.errors import BadInput, CalloutError
from callout.policy.desk_words import Priority
from tests.unit.desk.case_story import GOALS, NUMBER, Story, moment


def test_a_new_case_is_open_and_our_turn() -> None:
    case = Story().case()
    assert (case.number, case.customer, case.contract, case.state, case.turn, case.level) == (
        NUMBER, "globex", "support", CaseState.OPEN, Turn.US, 0,
    )  # fmt: skip
    assert case.unanswered_since == case.opened_at
    assert case.messages[0].way is Way.HEARD


def test_whose_turn_it_is() -> None:
    story = Story()
    story.reply("2026-03-02T11:00Z", asks=True)
    assert (story.case().state, story.case().turn) == (CaseState.PAUSED, Turn.CUSTOMER)
    story.pause("2026-03-02T12:00Z", "provider", "the carrier")
    assert story.case().turn is Turn.PROVIDER
    story.hear("2026-03-02T13:00Z")
    case = story.case()
    assert (case.state, case.turn, case.unanswered_since) == (
        CaseState.PAUSED, Turn.PROVIDER, moment("2026-03-02T13:00Z"),
    )  # fmt: skip
    story.resume("2026-03-02T14:00Z")
    assert story.case().turn is Turn.US


def test_a_pause_that_is_our_turn_holds_nothing() -> None:
    story = Story()
    story.pause("2026-03-02T11:00Z", "customer")
    story.pause("2026-03-02T12:00Z", "us", "no time")
    case = story.case()
    assert case.state is CaseState.OPEN
    assert "holds no clock back" in case.doubts[0]


def test_receipts_are_no_answers() -> None:
    story = Story()
    story.reply("2026-03-02T10:01Z", letter="received", reply=False)
    assert story.case().first_reply_at is None
    assert story.case().unanswered_since == moment("2026-03-02T10:00Z")
    story.reply("2026-03-02T11:00Z")
    assert story.case().unanswered_since is None


def test_an_escalation_is_the_customers_word() -> None:
    story = Story()
    story.pause("2026-03-02T11:00Z", "customer")
    story.tell("case_escalated", "2026-03-02T12:00Z", level=1, by="Ada", concern="not_understood", statement="?")
    assert (story.case().state, story.case().level) == (CaseState.OPEN, 1)
    assert story.case().escalations[0].rule is None


def test_changes_are_applied_and_kept() -> None:
    story = Story()
    changes = {"priority": ["normal", "high"], "contract": ["support", "maintenance"], "subject": ["No calls", "x"]}
    story.tell("case_changed", "2026-03-02T11:00Z", changes=changes, rules=GOALS, reason="r")
    case = story.case()
    assert (case.priority, case.contract, case.subject) == (Priority.HIGH, "maintenance", "x")
    assert len(case.opened_rules) == 2
    assert len(case.rules) == 5
    assert case.changes[0].changes["priority"] == ("normal", "high")


def test_an_ending_stands_until_it_is_reopened_and_nothing_is_lost() -> None:
    story = Story()
    story.end("2026-03-02T11:00Z", "not-possible", why="no such codec")
    case = story.case()
    assert (case.state, case.outcome) == (CaseState.ENDED, case.endings[0])
    story.hear("2026-03-02T12:00Z")
    assert story.case().state is CaseState.ENDED
    story.tell("case_reopened", "2026-03-02T13:00Z", reason="there is one")
    again = story.case()
    assert (again.state, again.outcome, again.endings[0].why) == (CaseState.OPEN, None, "no such codec")
    assert [(pause.begin, pause.end) for pause in again.pauses] == [
        (moment("2026-03-02T11:00Z"), moment("2026-03-02T13:00Z"))
    ]


def test_what_cannot_be_is_said() -> None:
    story = Story()
    story.tell("case_reopened", "2026-03-02T11:00Z", reason="?")
    story.by_hand("2026-03-02T12:00Z", "resolution", "2026-03-02T11:00Z")
    again = story.tell("case_opened", "2026-03-02T13:00Z", channel="chat", priority="low")
    case = story.case()
    assert [doubt.split(" ")[1] for doubt in case.doubts] == ["2", "3", str(again.seq)]
    assert case.channel == "email"


def test_call_outs_belong_to_it_by_link_and_by_ticket() -> None:
    story = Story()
    story.tell("case_linked", "2026-03-02T11:00Z", what="callout", id="CO-0007", reason="patch")
    before = story.tell("opened", "2026-03-01T11:00Z", recorded="2026-03-02T12:00Z", ticket=NUMBER)
    opened = dataclasses.replace(before, callout="CO-0008")
    case = case_of([*story.events[:-1], opened])
    assert set(case.callouts) == {"CO-0007", "CO-0008"}
    assert case.doubts == ()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("case_paused", {"turn": "nobody", "reason": ""}),
        ("case_told", {"letter": 7}),
        ("case_told", {"reply": "yes"}),
        ("case_told", {"links": "https://docs.example"}),
        ("case_deadline_set", {"clock": "resolution", "due_at": "tomorrow"}),
        ("case_deadline_set", {"clock": "lunch", "due_at": "2026-03-02T11:00:00.000000Z"}),
        ("case_deadline_set", {"clock": "plan", "due_at": "2026-03-02T11:00:00"}),
        ("case_escalated", {"level": "one"}),
        ("case_changed", {"changes": {"priority": "high"}}),
        ("case_changed", {"changes": {"priority": ["normal", "asap"]}}),
        ("case_changed", {"changes": {}, "rules": {"plan": {"within": "soon", "runs": "hours"}}}),
        ("case_changed", {"changes": {}, "rules": {"plan": {"within": "1 hour"}}}),
    ],
)
def test_an_event_that_is_not_whole_is_named(kind: str, body: dict[str, Any]) -> None:
    story = Story()
    story.tell(kind, "2026-03-02T11:00Z", **body)
    with pytest.raises(CalloutError, match=rf"number 2\) is no whole {kind} event"):
        story.case()


def test_two_cases_are_not_one() -> None:
    story = Story()
    other = Story()
    other.tell("case_heard", "2026-03-02T12:00Z", case="CS-000002", text="x")
    with pytest.raises(BadInput, match="CS-000002"):
        case_of([story.events[0], other.events[1]])
