"""Budgets and due moments, held against a count of every single second."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from callout.desk.deadline import Budget, breaks_at, budget_of, due_after, resumed
from callout.desk.pauses import Span
from callout.desk.rules import Rule
from callout.policy.desk_words import Runs
from callout.policy.working_time import WorkingTime

# Open from 10 to 20, from 30 to 40 and so on; each a working day.
STARTS = tuple(range(10, 2000, 20))
ENDS = tuple(start + 10 for start in STARTS)
TIME = WorkingTime(
    Runs.HOURS, 0, 2000, STARTS, ENDS, tuple(range(0, 10 * len(STARTS) + 1, 10)), tuple(range(len(STARTS))),
    tuple(range(len(STARTS) + 1)), tuple(dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in range(len(STARTS))),
)  # fmt: skip
SPANS = st.lists(st.integers(0, 300), max_size=8, unique=True).map(sorted)


def counted(start: int, budget: int, pauses: list[Span]) -> int:
    """Second by second."""
    at = start
    while budget:
        held = any(begin <= at and (end is None or at < end) for begin, end in pauses)
        budget -= TIME.is_open(at) and not held
        at += 1
    return at


def pairs(edges: list[int], start: int) -> list[Span]:
    later = [edge for edge in edges if edge >= start]
    return [(begin, end) for begin, end in zip(later[::2], later[1::2], strict=False)]


@given(st.integers(0, 100), st.integers(1, 200), SPANS)
def test_due_is_when_the_budget_has_passed_outside_of_pauses(start: int, budget: int, edges: list[int]) -> None:
    spans = pairs(edges, start)
    assert due_after(start, Budget(budget), TIME, spans).moment == counted(start, budget, spans)


@given(st.integers(0, 100), st.integers(1, 200), SPANS, st.integers(0, 300))
def test_a_pause_without_an_end_keeps_what_was_left(start: int, budget: int, edges: list[int], more: int) -> None:
    spans = pairs(edges, start)
    since = max([start, *(end for _, end in spans if end is not None)]) + more
    due = due_after(start, Budget(budget), TIME, [*spans, (since, None)])
    if due.moment is not None:
        assert due.moment == counted(start, budget, spans) <= since
    else:
        assert due.held_since == since
        later = since + 77
        assert resumed(due, at_opening=False, now=later, time=TIME) == counted(start, budget, [*spans, (since, later)])


def test_a_rule_gives_open_seconds_and_what_comes_at_night_is_due_at_an_opening() -> None:
    day = Rule("1 business day", Runs.HOURS)
    assert budget_of(day, 14, TIME) == Budget(10)
    assert budget_of(day, 22, TIME) == Budget(10, at_opening=True)
    assert due_after(22, Budget(10, at_opening=True), TIME, []).moment == 50
    assert budget_of(Rule("45 minutes", Runs.HOURS), 14, TIME) == Budget(2700)


def test_an_opening_in_a_pause_waits_for_the_next_one() -> None:
    at_opening = Budget(10, at_opening=True)
    assert due_after(22, at_opening, TIME, [(45, 65)]).moment == 70
    held = due_after(22, at_opening, TIME, [(45, None)])
    assert (held.moment, held.held_since, held.left) == (None, 45, 0)
    assert resumed(held, at_opening=True, now=85, time=TIME) == 90


def test_a_paused_case_does_not_breach() -> None:
    assert breaks_at(30, [(10, 20)]) == 30
    assert breaks_at(30, [(30, 40)]) == 40
    assert breaks_at(30, [(20, 30)]) == 30
    assert breaks_at(30, [(20, None)]) is None


def test_a_part_of_a_budget_is_rounded_up() -> None:
    assert [Budget(5).part(percent).seconds for percent in (50, 75, 90)] == [3, 4, 5]
