"""The board beside the same worked out directly; asked at any time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.desk.board_agenda import Agenda, Question
from callout.desk.board_rows import Band, Place, band, warned
from callout.desk.standing import ClockState
from callout.errors import BadInput
from callout.inventory.policy import Policy
from tests.unit.steps.board_desk import FIRST_REPLY_ONLY, RULES, Desk, told_of
from tests.unit.steps.conftest import Clock


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.context.ledger.close()


def shown(found: Agenda) -> list[tuple[str, str, str]]:
    """Case, clock and how it stands, in the agenda's order."""
    return [(row.case.number, row.clock, band(row, found.second).word) for row in found.rows]


def test_the_next_to_breach_is_first_and_what_is_breached_above_all(desk: Desk) -> None:
    desk.open()
    desk.clock.forward(hours=2)
    desk.open(priority="high", subject="Second")
    desk.open(rules={})
    found = desk.ask()
    assert shown(found) == [
        ("CS-000001", "first_reply", "running"),
        ("CS-000002", "first_reply", "running"),
        ("CS-000003", "", "idle"),
    ]
    assert (found.exit_status, found.cases) == (0, 3)
    desk.clock.forward(hours=14)
    assert desk.ask().exit_status == 4
    desk.clock.forward(hours=8, seconds=1)
    found = desk.ask()
    assert shown(found)[:2] == [("CS-000001", "first_reply", "breached"), ("CS-000002", "first_reply", "running")]
    assert found.exit_status == 3


def test_a_justified_breach_only_warns_and_a_late_reply_wants_its_word(desk: Desk) -> None:
    desk.open(2)
    desk.clock.forward(days=2)
    (first, _), _ = desk.ask().rows, desk.reply("CS-000002")
    assert first.due is not None
    due = dt.datetime.fromtimestamp(first.due, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    desk.tell("case_justified", "CS-000001", clock="first_reply", due_at=due, justification="ill")
    found = desk.ask()
    assert shown(found) == [("CS-000002", "first_reply", "late"), ("CS-000001", "first_reply", "justified")]
    assert found.exit_status == 4
    desk.tell("case_justified", "CS-000002", clock="first_reply", due_at=due, justification="ill")
    assert shown(desk.ask()) == [("CS-000001", "first_reply", "justified"), ("CS-000002", "", "idle")]


def test_what_is_paused_is_shown_as_such_for_ever_and_never_breached(desk: Desk) -> None:
    desk.open()
    desk.tell("case_paused", "CS-000001", turn="customer", reason="on holiday")
    desk.clock.forward(days=200)
    found = desk.ask()
    (row,) = found.rows
    assert (row.place, row.turn, found.exit_status) == (Place.PAUSED, "customer", 0)


def test_a_critical_patch_runs_after_the_end_until_its_bundle_is_linked(desk: Desk) -> None:
    desk.open()
    end = {"why": "", "reference": "B-1", "indication": "soon", "faq": "none yet", "bundle": ""}
    confirmed = desk.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    desk.tell("case_ended", "CS-000001", outcome="bug", critical=True, confirmed_at=confirmed, **end)
    assert shown(desk.ask()) == [("CS-000001", "critical_patch", "running")]
    desk.clock.forward(hours=3)
    desk.tell("case_linked", "CS-000001", what="bundle", id="fix-1", reason="mends it")
    found = desk.ask()
    assert (found.rows, found.cases, found.exit_status) == ([], 0, 0)


def test_only_one_customers_only_the_first_ones_only_those_in_time(desk: Desk) -> None:
    desk.open(3)
    desk.clock.forward(hours=5)
    desk.open()
    desk.tell("case_opened", "NEW", customer="acme", **{"channel": "chat", "rules": FIRST_REPLY_ONLY} | OPENING)
    assert len(desk.ask(Question(limit=2)).rows) == 2
    assert desk.ask(Question(limit=2)).left_out == 3
    # A customer who is not in the inventory any more still has cases.
    assert [row.case.customer for row in desk.ask(Question(customer="acme")).rows] == ["acme"]
    with pytest.raises(BadInput, match="no customer 'nobody'"):
        desk.ask(Question(customer="nobody"))
    soon = desk.ask(Question(within_s=20 * 3600))
    assert [row.case.number for row in soon.rows] == ["CS-000001", "CS-000002", "CS-000003"]
    assert soon.left_out == 0


OPENING = {"sender": "a@acme.example", "subject": "x", "text": "y", "priority": "low", "mode": "", "mail": ""} | {
    "entitlement": {"contract": "support"},
    "ticket": "",
}


def test_the_inventory_is_read_once_while_its_files_are_the_same(desk: Desk) -> None:
    desk.open()
    for _ in range(3):
        desk.ask()
        desk.reply()
    assert desk.reads == 1
    desk.touch(desk.places.inventory / "hosts.yml", "all: {hosts: {}}\n")
    desk.ask()
    desk.ask()
    assert desk.reads == 2
    assert desk.places.board.stat().st_mode & 0o777 == 0o600


def test_other_hours_move_the_deadlines(desk: Desk) -> None:
    desk.open()
    (before,) = desk.ask().rows
    desk.policy = Policy.model_validate(
        {"hours": {"closures": [{"first": "03-04", "last": "03-06", "reason": "moving"}]}}
    )
    desk.touch(desk.places.inventory / "hosts.yml", "all: {hosts: {}}\n")
    (after,) = desk.ask().rows
    assert before.due is not None
    assert after.due == before.due + 5 * 86_400


def test_other_percentages_warn_at_other_times(desk: Desk) -> None:
    desk.policy = Policy.model_validate({"desk": {"warn_at_percent": [90, 10]}})
    desk.open()
    desk.clock.forward(hours=2)
    found = desk.ask()
    assert (warned(found.rows[0], found.second), found.tally.warned, found.exit_status) == (10, {10: 1, 90: 0}, 4)


def test_a_case_that_cannot_be_told_is_shown_as_unknown(desk: Desk) -> None:
    desk.open(2)
    desk.tell("case_deadline_set", "CS-000002", clock="plan", due_at="no time at all", reason="x")
    found = desk.ask()
    assert shown(found) == [("CS-000002", "", "unknown"), ("CS-000001", "first_reply", "running")]
    assert "CS-000002" in found.rows[0].why or "event" in found.rows[0].why
    assert found.exit_status == 3


def test_figures_by_customer_and_clock_add_up_to_those_of_all(desk: Desk) -> None:
    fill(desk, random.Random(5), cases=12, rounds=4)
    found = desk.ask(by_clock=True)
    for one in Band:
        assert sum(part.count(one) for part in found.by_clock) == found.tally.count(one)
        assert sum(band(row, found.second) is one for row in found.rows) == found.tally.count(one)
    for percent, count in found.tally.warned.items():
        assert sum(part.warned[percent] for part in found.by_clock) == count
        assert sum(warned(row, found.second) == percent for row in found.rows) == count


def fill(desk: Desk, drawn: random.Random, cases: int, rounds: int) -> None:
    """Cases to which things happen, with time between."""
    for part in range(3):
        desk.open(cases // 3, rules=[RULES, FIRST_REPLY_ONLY, {}][part])
    for _ in range(rounds):
        desk.clock.forward(minutes=drawn.randint(1, 900))
        chosen = drawn.sample(range(1, cases + 1), k=max(1, cases // 3))
        desk.tell_all(one for case in chosen for one in told_of(drawn, f"CS-{case:06d}", desk.clock()))


@pytest.mark.parametrize("seed", range(2))
def test_asked_at_any_time_it_is_what_direct_computation_gives(desk: Desk, seed: int) -> None:
    lived(desk, random.Random(seed))


def lived(desk: Desk, drawn: random.Random) -> None:
    """Asked now and then through the life of nine cases, also where days pass without an event."""
    fill(desk, drawn, cases=9, rounds=1)
    for _ in range(6):
        fill_more(desk, drawn)
        if drawn.random() < 0.2:
            desk.tell("patch_announced", customer="", bundle="fix-1", sha256="0" * 64)
        if drawn.random() < 0.3:
            continue
        desk.clock.forward(minutes=drawn.choice([0, 7, 600, 5000]))
        same_as_direct(desk)
    same_as_direct(desk)


def fill_more(desk: Desk, drawn: random.Random) -> None:
    desk.clock.forward(minutes=drawn.randint(1, 300))
    desk.tell_all(told_of(drawn, f"CS-{drawn.randint(1, 9):06d}", desk.clock()))


def same_as_direct(desk: Desk) -> None:
    """Rows and order as from the cases; each row's state as its standing says, and no standing forgotten."""
    found = desk.ask()
    rows, stands = desk.worked_out()
    assert found.rows == rows
    assert found.notes == ()
    told = {(row.case.number, row.clock, row.seq): row for row in found.rows if row.clock}
    for key, standing in stands.items():
        row = told.pop(key, None)
        if standing.state in (ClockState.MET, ClockState.STOPPED) or (
            standing.state is ClockState.LATE and standing.justified
        ):
            assert row is None
            continue
        assert row is not None, (key, standing)
        state = band(row, found.second)
        if standing.state is ClockState.BREACHED:
            assert state is (Band.JUSTIFIED if standing.justified else Band.BREACHED)
        else:
            assert state.word == standing.state.value
        if standing.state is ClockState.RUNNING:
            assert warned(row, found.second) == standing.warned
        if standing.state is not ClockState.PAUSED or standing.by_hand:
            assert row.due == int(standing.due_at.timestamp())
    assert not told
