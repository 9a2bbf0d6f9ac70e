"""Which moment counts of an event, where clocks disagree; nothing is taken silently."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.desk.case import case_of
from callout.errors import BadInput
from tests.unit.desk.case_story import Story, moment

OPENED = "2026-03-02T10:00Z"


def replied(story: Story) -> dt.datetime:
    found = story.case().first_reply_at
    assert found is not None
    return found


def test_what_is_told_late_counts_when_it_happened_and_is_no_doubt() -> None:
    story = Story(OPENED)
    story.reply("2026-03-02T12:00Z", recorded="2026-03-04T12:00Z")
    assert replied(story) == moment("2026-03-02T12:00Z")
    case = story.case()
    assert case.told_late == ("Event 2 (case_told) was told 2 days after it happened.",)
    assert case.doubts == ()


def test_nobody_tells_what_has_not_happened_yet() -> None:
    story = Story(OPENED)
    story.reply("2038-03-02T12:00Z", recorded="2026-03-02T12:00Z")
    assert replied(story) == moment("2026-03-02T12:00Z")
    (doubt,) = story.case().doubts
    assert "says that it happened at 2038-03-02 12:00:00 UTC, 12 years after it was recorded" in doubt
    assert "it counts as at 2026-03-02 12:00:00 UTC" in doubt


def test_five_minutes_between_two_clocks_are_no_doubt() -> None:
    story = Story(OPENED)
    story.reply("2026-03-02T12:04Z", recorded="2026-03-02T12:00Z")
    assert replied(story) == moment("2026-03-02T12:04Z")
    assert story.case().doubts == ()


def test_nothing_happens_before_the_opening() -> None:
    story = Story(OPENED)
    story.reply("2026-03-01T12:00Z", recorded="2026-03-02T12:00Z")
    assert replied(story) == moment("2026-03-02T12:00Z")
    assert "before the case was opened" in story.case().doubts[0]


def test_a_clock_that_was_never_set_is_told_and_not_believed() -> None:
    story = Story("1970-01-01T00:03Z")
    story.reply("2026-03-02T12:00Z")
    case = story.case()
    assert case.opened_at == moment("2026-03-02T12:00Z")
    assert case.doubts


def test_a_laptop_of_2038_is_found_by_what_was_recorded_after_it() -> None:
    story = Story(OPENED)
    story.reply("2038-03-02T12:00Z")
    story.hear("2026-03-02T14:00Z")
    story.reply("2026-03-02T15:00Z")
    assert replied(story) == moment("2026-03-02T14:00Z")
    assert any("does not agree with the events around it" in doubt for doubt in story.case().doubts)


def test_a_laptop_of_1970_is_found_by_what_was_recorded_before_it() -> None:
    story = Story(OPENED)
    story.reply("1970-01-01T00:03Z")
    assert replied(story) == moment(OPENED)
    assert story.case().doubts


def test_an_opening_of_2038_is_found_by_what_was_recorded_after_it() -> None:
    story = Story("2038-03-02T10:00Z")
    story.reply("2026-03-02T12:00Z")
    story.reply("2026-03-02T13:00Z")
    assert story.case().opened_at == moment("2026-03-02T12:00Z")


def test_the_moment_at_which_a_bug_was_confirmed_is_judged_likewise() -> None:
    story = Story(OPENED)
    story.end("2026-03-02T12:00Z", "bug", critical=True, confirmed_at="2038-01-01T00:00:00.000000Z")
    assert story.case().endings[0].confirmed_at == moment("2026-03-02T12:00Z")
    assert "that the bug was confirmed at" in story.case().doubts[0]


def test_the_same_event_twice_is_once_in_whatever_order() -> None:
    story = Story(OPENED)
    story.pause("2026-03-02T12:00Z")
    story.hear("2026-03-02T13:00Z")
    assert case_of([*reversed(story.events), *story.events]) == story.case()


def test_without_an_opening_there_is_no_case() -> None:
    story = Story(OPENED)
    story.reply("2026-03-02T12:00Z")
    with pytest.raises(BadInput, match="No event opens this case"):
        case_of(story.events[1:])
