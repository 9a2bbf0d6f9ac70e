"""What to do next: unjustified breaches, justified ones, what breaks next, what is paused."""

from __future__ import annotations

from callout.desk.agenda import AgendaRow, agenda_rows, in_order
from callout.desk.case import case_of
from callout.desk.clock import clocks_of
from callout.desk.pauses import seconds_of
from callout.policy.desk_words import Priority
from tests.unit.desk.case_story import GOALS, Story, moment, published

NOW = seconds_of(moment("2026-03-04T12:00Z"))


def rows(name: str, story: Story, priority: Priority = Priority.NORMAL) -> list[AgendaRow]:
    return agenda_rows(name, priority, clocks_of(case_of(story.events), published()), NOW)


def test_the_order_of_the_day() -> None:
    missed = Story("2026-03-02T10:00Z")
    excused = Story("2026-03-02T09:00Z")
    excused.justify("2026-03-03T12:00Z", "first_reply", "2026-03-03T09:00Z")
    soon = Story("2026-03-03T13:00Z")
    later = Story("2026-03-04T11:00Z")
    waiting = Story("2026-03-03T20:00Z")
    waiting.pause("2026-03-03T21:00Z")
    found = in_order(
        row
        for name, story in (("w", waiting), ("l", later), ("s", soon), ("e", excused), ("m", missed))
        for row in rows(name, story)
    )
    assert [(row.case, row.place.rank, row.percent) for row in found] == [
        ("m", 0, 100), ("e", 1, 100), ("s", 2, 90), ("l", 2, 0), ("w", 3, 0),
    ]  # fmt: skip
    assert found[2].due == seconds_of(moment("2026-03-04T13:00Z"))
    assert found[4].due is None


def test_of_two_that_break_at_once_the_more_urgent_is_first() -> None:
    story = Story("2026-03-04T11:00Z")
    both = [*rows("a", story, Priority.LOW), *rows("b", story, Priority.HIGH)]
    assert [row.case for row in in_order(both)] == ["b", "a"]


def test_what_was_stopped_is_not_to_be_done() -> None:
    story = Story("2026-03-04T09:00Z", rules=GOALS)
    story.end("2026-03-04T10:00Z")
    assert rows("a", story) == []


def test_an_ended_case_with_a_critical_bug_still_wants_its_patch() -> None:
    story = Story("2026-03-04T09:00Z")
    story.end("2026-03-04T10:00Z", "bug", critical=True, confirmed_at="2026-03-04T10:00:00.000000Z")
    assert [row.clock for row in rows("a", story)] == ["critical_patch"]
