"""How a case's clocks stand: pauses, changes, hands, breaches; what other help desks got wrong is tried by name."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.desk.clock import clocks_of
from callout.desk.standing import ClockState, standing_of, standings
from callout.policy.desk_words import ClockName
from tests.unit.desk.case_story import GOAL, GOALS, RULES, Story, moment, published

# A Monday: 08:00 to 22:00 UTC are the published hours, before the US change their clocks on the 8th.
MONDAY = "2026-03-02T10:00Z"


def at(written: str) -> dt.datetime:
    return moment(written).astimezone(dt.UTC)


def test_a_first_reply_is_due_as_far_into_the_next_business_day() -> None:
    standing = Story(MONDAY).standing("first_reply", "2026-03-02T11:00Z")
    assert standing.due_at == at("2026-03-03T10:00Z")
    assert standing.state is ClockState.RUNNING
    assert standing.left_s == 13 * 3600
    assert standing.budget_s == 14 * 3600
    assert standing.justified


def test_what_comes_on_sunday_counts_from_monday_and_is_due_when_the_desk_opens_on_tuesday() -> None:
    standing = Story("2026-03-01T12:00Z").standing("first_reply", "2026-03-02T08:00Z")
    assert standing.due_at == at("2026-03-03T08:00Z")


def test_the_later_rule_counts_24_hours_on_business_days() -> None:
    later = {"first_reply": {"within": "24 hours", "runs": "business_days", "source": "x"}}
    # From Friday 10:00 in Berlin: 14 hours until midnight, the rest from Monday's midnight on.
    standing = Story("2026-03-06T09:00Z", rules=later).standing("first_reply", "2026-03-06T10:00Z")
    assert standing.due_at == at("2026-03-09T09:00Z")


def test_the_critical_patch_runs_over_the_weekend_and_is_never_paused() -> None:
    story = Story("2026-03-06T09:00Z")
    story.pause("2026-03-06T10:00Z")
    story.end("2026-03-06T12:00Z", "bug", critical=True, confirmed_at="2026-03-06T11:00:00.000000Z")
    standing = story.standing("critical_patch", "2026-03-06T13:00Z")
    assert standing.due_at == at("2026-03-07T11:00Z")
    assert standing.state is ClockState.RUNNING
    assert story.standing("critical_patch", "2026-03-07T12:00Z").state is ClockState.BREACHED
    story.tell("case_linked", "2026-03-07T10:00Z", what="bundle", id="hotfix-17", reason="the patch")
    assert story.standing("critical_patch", "2026-03-07T12:00Z").state is ClockState.MET


def test_a_bug_that_is_no_bug_after_all_needs_no_patch() -> None:
    story = Story(MONDAY)
    story.end("2026-03-02T11:00Z", "bug", critical=True, confirmed_at="2026-03-02T11:00:00.000000Z")
    story.tell("case_reopened", "2026-03-02T12:00Z", reason="it was a cable")
    assert story.standing("critical_patch", "2026-03-02T13:00Z").state is ClockState.RUNNING
    story.end("2026-03-02T14:00Z", "satisfied")
    assert story.standing("critical_patch", "2026-03-09T13:00Z").state is ClockState.STOPPED


def test_the_patch_is_there_when_its_bundle_was_announced_and_at_once_if_that_was_before() -> None:
    story = Story(MONDAY)
    confirmed = "2026-03-02T12:00:00.000000Z"
    story.end("2026-03-02T13:00Z", "bug", critical=True, confirmed_at=confirmed)
    story.tell("patch_announced", "2026-03-03T09:00Z", bundle="hotfix-16", sha256="")
    assert story.standing("critical_patch", "2026-03-04T12:00Z").state is ClockState.BREACHED
    story.tell("patch_announced", "2026-03-03T10:00Z", bundle="hotfix-17", sha256="")
    story.tell("case_linked", "2026-03-03T16:00Z", what="bundle", id="hotfix-17", reason="the patch")
    standing = story.standing("critical_patch", "2026-03-04T12:00Z")
    assert (standing.state, standing.stopped_at) == (ClockState.MET, at("2026-03-03T10:00Z"))
    early = Story(MONDAY)
    early.tell("case_linked", "2026-03-02T11:00Z", what="bundle", id="hotfix-17", reason="tried")
    early.end("2026-03-02T13:00Z", "bug", critical=True, confirmed_at=confirmed, bundle="hotfix-17")
    standing = early.standing("critical_patch", "2026-03-04T12:00Z")
    assert (standing.state, standing.stopped_at) == (ClockState.MET, at("2026-03-02T12:00Z"))


def test_a_patch_that_a_hand_has_promised_after_the_end_is_owed() -> None:
    story = Story(MONDAY)
    story.end("2026-03-02T13:00Z")
    story.by_hand("2026-03-02T14:00Z", "critical_patch", "2026-03-04T12:00Z", "promised by phone")
    assert story.standing("critical_patch", "2026-03-03T12:00Z").state is ClockState.RUNNING
    story.tell("case_linked", "2026-03-03T16:00Z", what="bundle", id="hotfix-17", reason="the patch")
    assert story.standing("critical_patch", "2026-03-05T12:00Z").state is ClockState.MET


def test_a_pause_over_the_weekend_adds_no_business_minute() -> None:
    story = Story("2026-03-06T12:00Z")
    story.pause("2026-03-06T22:00Z")
    story.resume("2026-03-09T08:00Z")
    # The US are on summer time by Monday: it closes at 21:00 UTC.
    assert story.standing("first_reply", "2026-03-09T09:00Z").due_at == at("2026-03-09T12:00Z")


def test_a_paused_case_does_not_breach_and_is_breached_from_the_resumption_if_a_hand_set_the_deadline() -> None:
    story = Story(MONDAY)
    story.by_hand("2026-03-02T10:30Z", "first_reply", "2026-03-02T16:00Z")
    story.pause("2026-03-02T15:00Z")
    paused = story.standing("first_reply", "2026-03-04T12:00Z")
    assert (paused.state, paused.due_at, paused.by_hand) == (ClockState.PAUSED, at("2026-03-02T16:00Z"), True)
    assert paused.left_s == 0
    story.resume("2026-03-04T13:00Z")
    breached = story.standing("first_reply", "2026-03-04T14:00Z")
    assert breached.state is ClockState.BREACHED
    assert breached.breached_at == at("2026-03-04T13:00Z")
    assert breached.left_s == -46 * 3600
    assert not breached.justified


def test_a_breach_stays_one_in_a_later_pause_and_wants_its_justification() -> None:
    story = Story(MONDAY)
    story.pause("2026-03-03T11:00Z")
    breached = story.standing("first_reply", "2026-03-05T12:00Z")
    assert (breached.state, breached.justified) == (ClockState.BREACHED, False)
    story.justify("2026-03-05T12:00Z", "first_reply", "2026-03-03T11:00Z")
    assert not story.standing("first_reply", "2026-03-05T12:00Z").justified
    story.justify("2026-03-05T12:10Z", "first_reply", "2026-03-03T10:00Z")
    assert story.standing("first_reply", "2026-03-05T13:00Z").justified


@pytest.mark.parametrize("resumed", ["2026-03-02T18:00Z", None])
def test_pauses_that_overlap_and_nest_hold_each_second_once(resumed: str | None) -> None:
    story = Story(MONDAY)
    story.pause("2026-03-02T11:00Z", "customer")
    story.pause("2026-03-02T12:00Z", "third_party", "the carrier looks")
    story.hear("2026-03-02T13:00Z")
    if resumed:
        story.resume(resumed)
        assert story.standing("first_reply", "2026-03-02T19:00Z").due_at == at("2026-03-03T17:00Z")
    else:
        standing = story.standing("first_reply", "2026-03-02T18:00Z")
        assert (standing.state, standing.due_at) == (ClockState.PAUSED, at("2026-03-03T17:00Z"))
        assert standing.left_s == 13 * 3600


def test_a_pause_that_is_told_late_moves_the_deadline_all_the_same() -> None:
    story = Story(MONDAY)
    story.resume("2026-03-03T09:00Z", recorded="2026-03-05T09:00Z")
    story.pause("2026-03-02T12:00Z", recorded="2026-03-05T09:01Z")
    standing = story.standing("first_reply", "2026-03-05T10:00Z")
    assert standing.due_at == at("2026-03-03T21:00Z")
    assert len(story.case().told_late) == 2
    assert story.case().doubts == ()


def test_a_new_priority_brings_its_rule_to_the_same_start_and_the_same_pauses() -> None:
    story = Story(MONDAY, rules=GOALS)
    story.pause("2026-03-02T12:00Z")
    story.resume("2026-03-02T14:00Z")
    assert story.standing("resolution", "2026-03-02T15:00Z").due_at == at("2026-03-02T20:00Z")
    rules = {**GOALS, "resolution": {**GOAL, "within": "4 hours"}}
    changes = {"priority": ["normal", "high"]}
    story.tell("case_changed", "2026-03-02T15:00Z", changes=changes, rules=rules, reason="half of the office")
    assert story.standing("resolution", "2026-03-02T15:00Z").due_at == at("2026-03-02T16:00Z")
    assert story.case().priority == "high"


def test_what_was_done_by_then_is_judged_by_the_rule_of_then() -> None:
    story = Story(MONDAY)
    story.reply("2026-03-03T09:00Z")
    strict = {**RULES, "first_reply": {**GOAL, "within": "15 minutes"}}
    changes = {"priority": ["normal", "emergency"]}
    story.tell("case_changed", "2026-03-03T10:00Z", changes=changes, rules=strict, reason="all calls fail")
    assert story.standing("first_reply", "2026-03-03T11:00Z").state is ClockState.MET


def test_the_next_update_starts_again_with_each_word_and_keeps_what_was_missed() -> None:
    story = Story(MONDAY, rules=GOALS)
    story.reply("2026-03-02T12:00Z")
    story.reply("2026-03-03T12:00Z", asks=True)
    story.hear("2026-03-05T12:00Z")
    running = story.standing("next_update", "2026-03-05T13:00Z")
    assert (running.part, running.due_at) == (2, at("2026-03-09T13:00Z") - dt.timedelta(hours=1))
    story.reply("2026-03-11T12:00Z")
    updates = [one for one in standings(story.case(), published(), at("2026-03-11T13:00Z"))
               if one.clock is ClockName.NEXT_UPDATE]  # fmt: skip
    assert [(one.part, one.state) for one in updates] == [(2, ClockState.LATE), (3, ClockState.RUNNING)]
    assert not updates[0].justified


@pytest.mark.parametrize("how", ["quote", "quoted", "instructions", "mode"])
def test_a_plan_is_a_quote_instructions_or_the_word_who_does_it(how: str) -> None:
    story = Story(MONDAY, rules=GOALS)
    if how == "quote":
        story.tell("case_linked", "2026-03-02T12:00Z", what="quote", id="Q-1", reason="")
    elif how == "quoted":
        story.tell("quoted", "2026-03-02T12:00Z", quote="Q-0001", ticket="CS-000001")
    elif how == "instructions":
        story.reply("2026-03-02T12:00Z", letter="instructions", links=["https://docs.example/x"])
    else:
        story.tell("case_changed", "2026-03-02T12:00Z", changes={"mode": ["", "we_do"]}, reason="asked for")
    standing = story.standing("plan", "2026-03-05T12:00Z")
    assert (standing.state, standing.stopped_at) == (ClockState.MET, at("2026-03-02T12:00Z"))


def test_a_reopened_case_goes_on_where_it_ended() -> None:
    story = Story(MONDAY, rules=GOALS)
    story.end("2026-03-02T14:00Z")
    ended = story.standings("2026-03-05T12:00Z")
    assert ended[ClockName.RESOLUTION].state is ClockState.MET
    assert ended[ClockName.PLAN].state is ClockState.STOPPED
    assert ended[ClockName.FIRST_REPLY].state is ClockState.STOPPED
    story.tell("case_reopened", "2026-03-05T10:00Z", reason="again")
    again = story.standing("resolution", "2026-03-05T11:00Z")
    assert (again.state, again.started_at) == (ClockState.RUNNING, at(MONDAY))
    assert again.due_at == at("2026-03-05T14:00Z")
    assert story.case().endings[0].reopened_why == "again"


def test_the_letter_that_tells_an_ending_is_the_reply() -> None:
    story = Story(MONDAY)
    story.end("2026-03-02T14:00Z")
    story.reply("2026-03-02T14:00:30Z")
    assert story.standing("first_reply", "2026-03-09T14:00Z").state is ClockState.MET


def test_each_level_of_escalation_has_its_own_clock() -> None:
    story = Story(MONDAY)
    rules = {"acknowledgement": {**GOAL, "within": "2 hours"}}
    for level, told in ((1, "2026-03-02T11:00Z"), (2, "2026-03-02T14:00Z")):
        story.tell(
            "case_escalated", told, level=level, by="Ada", concern="not_understood", statement="?", copies=[],
            attempts=[], rules=rules, skipped_why="",
        )  # fmt: skip
    found = [one for one in standings(story.case(), published(), at("2026-03-02T15:00Z")) if one.part]
    assert [(one.part, one.state) for one in found] == [(1, ClockState.BREACHED), (2, ClockState.RUNNING)]
    story.tell("case_acknowledged", "2026-03-02T15:00Z", level=2, text="We look.")
    found = [one for one in standings(story.case(), published(), at("2026-03-02T15:00Z")) if one.part]
    assert [(one.part, one.state) for one in found] == [(1, ClockState.LATE), (2, ClockState.MET)]


def test_warnings_stand_at_parts_of_the_run_time_and_move_with_pauses() -> None:
    story = Story(MONDAY)
    story.pause("2026-03-02T11:00Z")
    story.resume("2026-03-02T12:00Z")
    standing = story.standing("first_reply", "2026-03-02T18:30Z")
    hours = dict(standing.warn_at)
    assert hours[50] == at("2026-03-02T18:00Z")
    assert hours[75] == at("2026-03-02T21:30Z")
    assert hours[90] == at("2026-03-03T09:36Z")
    assert standing.warned == 50


def test_a_deadline_by_hand_needs_no_rule() -> None:
    story = Story(MONDAY)
    story.by_hand("2026-03-02T11:00Z", "next_update", "2026-03-04T12:00Z", "as agreed by phone")
    standing = story.standing("next_update", "2026-03-03T12:00Z")
    assert (standing.rule, standing.due_at) == (None, at("2026-03-04T12:00Z"))
    story.reply("2026-03-05T12:00Z")
    assert story.standing("next_update", "2026-03-06T12:00Z").state is ClockState.LATE


def test_a_stop_that_is_dated_ahead_does_not_count_yet() -> None:
    story = Story(MONDAY)
    story.reply("2026-03-02T12:00Z")
    standing = story.standing("first_reply", "2026-03-02T11:00Z")
    assert standing.state is ClockState.RUNNING
    assert "one of the two clocks is wrong" in standing.doubt


def test_nobody_hears_of_an_open_case_for_years() -> None:
    assert "is it right?" in Story(MONDAY).standing("first_reply", "2027-12-01T11:00Z").doubt


def test_a_clock_needs_no_more_than_its_own_numbers_to_stand() -> None:
    story = Story(MONDAY)
    (clock,) = (one for one in clocks_of(story.case(), published()) if one.name is ClockName.FIRST_REPLY)
    now = at("2026-03-02T11:00Z")
    assert standing_of(clock, published(), int(now.timestamp())) == story.standing("first_reply", "2026-03-02T11:00Z")
