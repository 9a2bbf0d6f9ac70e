"""How a deadline came about, sentence by sentence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from callout.desk.explaining import explained
from callout.errors import BadInput
from tests.unit.desk.case_story import GOALS, PATCH, Story, moment, published

NEW_YORK = ZoneInfo("America/New_York")
HOURS = "mon to fri 09:00 Europe/Berlin to 17:00 America/New_York"


def steps(story: Story, clock: str, now: str) -> tuple[str, ...]:
    return explained(story.case(), story.standing(clock, now), published(), NEW_YORK, HOURS)


def test_a_pause_over_the_weekend() -> None:
    story = Story("2026-03-06T12:00Z")
    story.pause("2026-03-06T20:00Z", reason="asked for a trace")
    story.resume("2026-03-09T10:00Z")
    assert steps(story, "first_reply", "2026-03-09T11:00Z") == (
        "Start of the clock first reply: Fri 2026-03-06 12:00:00 UTC, when the case was opened (event 1).",
        "Rule: within 1 business day (callout_policy.desk.first_reply).",
        f"Calendar: the vendor's hours, {HOURS}.",
        "These are 14:00:00 open hours: due Mon 2026-03-09 12:00:00 UTC if nothing pauses it.",
        "No working days between, which do not count: 2026-03-07, 2026-03-08.",
        (
            "Paused from Fri 2026-03-06 20:00:00 UTC to Mon 2026-03-09 10:00:00 UTC (the customer's turn: asked for a "
            "trace; event 2): held back 4:00:00 open hours."
        ),
        "Due: Mon 2026-03-09 16:00:00 UTC, that is Mon 2026-03-09 12:00:00 in America/New_York.",
        "It runs; 5:00:00 open hours are left.",
    )


def test_what_comes_on_a_sunday_and_is_never_answered() -> None:
    story = Story("2026-03-01T12:00Z")
    told = steps(story, "first_reply", "2026-03-04T08:00Z")
    assert "Nobody was there at the start: the time counts from Mon 2026-03-02 08:00:00 UTC." in told
    assert "Missed, and still to be done: 24:00:00 hours by the wall clock over." in told
    assert told[-1] == "Nobody has said why yet: callout case justify."
    story.justify("2026-03-04T09:00Z", "first_reply", "2026-03-03T08:00Z")
    said = steps(story, "first_reply", "2026-03-04T10:00Z")[-1]
    assert said == "Justified on Wed 2026-03-04 09:00:00 UTC by eva@desk: ill (event 2)."


def test_nested_pauses_a_hand_and_a_changed_priority() -> None:
    story = Story("2026-03-02T10:00Z", rules=GOALS)
    story.pause("2026-03-02T11:00Z", reason="on holiday")
    story.pause("2026-03-02T12:00Z", "provider", "the carrier")
    story.hear("2026-03-02T13:00Z")
    story.resume("2026-03-02T14:00Z")
    changes = {"priority": ["normal", "high"]}
    story.tell("case_changed", "2026-03-02T15:00Z", changes=changes, rules=GOALS, reason="more phones")
    told = steps(story, "resolution", "2026-03-02T16:00Z")
    assert [one for one in told if one.startswith("Paused")] == [
        (
            "Paused from Mon 2026-03-02 11:00:00 UTC to Mon 2026-03-02 13:00:00 UTC (the customer's turn: on holiday; "
            "event 2): held back 2:00:00 open hours."
        ),
        (
            "Paused from Mon 2026-03-02 12:00:00 UTC to Mon 2026-03-02 14:00:00 UTC (the network provider's turn: the "
            "carrier; event 3): held back 1:00:00 open hours more."
        ),
    ]
    assert any("priority from normal to high; more phones (event 6)" in one for one in told)
    story.by_hand("2026-03-02T16:00Z", "resolution", "2026-03-06T12:00Z", "as agreed")
    told = steps(story, "resolution", "2026-03-02T17:00Z")
    assert any("by eva@desk: due Fri 2026-03-06 12:00:00 UTC; as agreed (event 7). It stays" in one for one in told)
    assert all("moves no deadline" in one for one in told if one.startswith("Paused"))


def test_a_paused_clock_says_what_it_would_be() -> None:
    story = Story("2026-03-02T10:00Z")
    story.reply("2026-03-02T11:00Z", reply=False, asks=True)
    told = steps(story, "first_reply", "2026-03-02T12:00Z")
    assert any(one.endswith("it holds 13:00:00 open hours back that were left.") for one in told)
    assert any(one.endswith("if the pause ended now.") for one in told)


def test_a_critical_patch_minds_no_pause() -> None:
    story = Story("2026-03-06T10:00Z", rules={"critical_patch": PATCH})
    story.pause("2026-03-06T11:00Z")
    story.end("2026-03-06T12:00Z", "bug", critical=True, confirmed_at="2026-03-06T11:30:00.000000Z")
    told = steps(story, "critical_patch", "2026-03-06T13:00Z")
    assert told[0].endswith("when the critical bug was confirmed (event 3).")
    assert "A critical patch is never paused: the case's pauses do not count for it." in told
    assert not any(one.startswith("No working days") for one in told)


def test_doubts_are_told_with_every_deadline() -> None:
    story = Story("2026-03-02T10:00Z")
    story.hear("2038-03-02T11:00Z", recorded="2026-03-02T11:00Z")
    told = steps(story, "first_reply", "2026-03-02T12:00Z")
    assert told[-1].startswith("Doubt: Event 2 (case_heard) says that it happened at 2038-03-02")


def test_a_standing_of_another_case_is_refused() -> None:
    standing = Story(rules=GOALS).standing("plan", "2026-03-02T12:00Z")
    with pytest.raises(BadInput, match="no such clock"):
        explained(Story().case(), standing, published(), NEW_YORK)


def test_reasons_stay_words() -> None:
    story = Story("2026-03-02T10:00Z")
    story.pause("2026-03-02T11:00Z", reason="{{7*7}}")
    assert moment("2026-03-02T12:00Z")
    assert any("{{7*7}}" in one for one in steps(story, "first_reply", "2026-03-02T12:00Z"))
