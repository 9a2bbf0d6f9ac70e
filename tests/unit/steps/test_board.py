"""The board beside the same worked out directly; and that it is never believed where it could be wrong."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.desk.board_agenda import Agenda, Question
from callout.desk.board_rows import Band, Place, band, warned
from callout.desk.standing import ClockState
from callout.errors import BadInput, Locked
from callout.inventory.policy import Policy
from callout.steps import board as board_step
from callout.steps.board import Surroundings, agenda
from callout.steps.board_file import journal, open_board
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


def cut_off(desk: Desk) -> None:
    """The newest events are gone, as after a backup was put back; then something else was written."""
    desk.context.ledger.close()
    path = desk.folder / "ledger.sqlite"
    shutil.copy(desk.folder / "earlier.sqlite", path)
    desk.open_ledger()


def another(desk: Desk) -> None:
    """A ledger that has as many events, of other cases."""
    desk.context.ledger.close()
    (desk.folder / "ledger.sqlite").unlink()
    desk.open_ledger()
    for _ in range(4):
        desk.open(subject="Somebody else's")


def garbage(desk: Desk) -> None:
    desk.places.board.write_bytes(b"not a database" * 1000)


def empty(desk: Desk) -> None:
    desk.places.board.write_bytes(b"")


def cut_file(desk: Desk) -> None:
    content = desk.places.board.read_bytes()
    desk.places.board.write_bytes(content[: len(content) // 2])


def rows_gone(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.places.board)) as file:
        file.execute("DELETE FROM clocks WHERE number = 'CS-000001'")
        file.commit()


def newer_schema(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.places.board)) as file:
        file.execute("""UPDATE known SET told = replace(told, '"schema": 1', '"schema": 2')""")
        file.commit()


def strange_words(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.places.board)) as file:
        file.execute("UPDATE known SET told = '[]'")
        file.commit()


def another_table(desk: Desk) -> None:
    desk.places.board.unlink()
    with closing(sqlite3.connect(desk.places.board)) as file:
        file.execute("CREATE TABLE known (told TEXT)")


def gone(desk: Desk) -> None:
    desk.places.board.unlink()


def a_folder(desk: Desk) -> None:
    desk.places.board.unlink()
    desk.places.board.mkdir()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (cut_off, ""), (another, ""), (gone, ""), (garbage, "made anew"), (empty, "made anew"), (cut_file, "made anew"),
        (rows_gone, "rows are missing"), (newer_schema, "another callout"), (strange_words, "what it was made from"),
        (another_table, "made anew"), (a_folder, "worked out in memory"),
    ],
)  # fmt: skip
def test_whatever_became_of_ledger_or_file_the_answer_is_the_ledgers(
    desk: Desk, harm: Callable[[Desk], None], told: str
) -> None:
    desk.open(2)
    shutil.copy(desk.folder / "ledger.sqlite", desk.folder / "earlier.sqlite")
    desk.reply("CS-000001")
    desk.open(40)
    desk.ask()
    harm(desk)
    found = desk.ask()
    assert found.rows == desk.worked_out()[0]
    assert told in " ".join(found.notes)
    assert bool(told) == bool(found.notes)
    if harm is not a_folder:
        assert desk.ask().notes == ()


def test_pages_that_are_nothing_but_zeros_are_never_believed(desk: Desk) -> None:
    desk.open(30)
    expected = desk.ask().rows
    content = desk.places.board.read_bytes()
    size = int.from_bytes(content[16:18], "big")
    for start in range(0, len(content), size):
        desk.places.board.write_bytes(content[:start] + bytes(size) + content[start + size :])
        assert desk.ask().rows == expected
        desk.reply(f"CS-{start // size + 1:06d}")
        found = desk.ask()
        assert found.rows == (expected := desk.worked_out()[0])
        content = desk.places.board.read_bytes()


def test_where_nothing_can_be_written_it_is_worked_out_in_memory(desk: Desk) -> None:
    desk.open(3)
    desk.places.data.write_text("a file where the folder should be")
    for _ in range(2):
        found = desk.ask()
        assert found.rows == desk.worked_out()[0]
        assert "worked out in memory" in found.notes[0]


def test_a_board_that_can_be_read_and_not_written_is_gone_on_from_in_memory(desk: Desk) -> None:
    desk.open(3)
    desk.ask()
    desk.reply("CS-000002")
    desk.places.board_lock.unlink()
    desk.places.board_lock.mkdir()
    found = desk.ask()
    assert found.rows == desk.worked_out()[0]
    assert "worked out in memory" in found.notes[0]


def test_a_dead_runs_journal_is_not_played_into_a_new_board(desk: Desk) -> None:
    desk.open(3)
    desk.ask()
    # The journal of a transaction that was killed, beside a file that cannot be read any more.
    with closing(sqlite3.connect(desk.places.board, isolation_level=None)) as file:
        file.execute("PRAGMA cache_size = 1")
        file.execute("BEGIN IMMEDIATE")
        file.execute("DELETE FROM clocks")
        left = journal(desk.places.board).read_bytes()
        file.execute("ROLLBACK")
    journal(desk.places.board).write_bytes(left)
    desk.places.board.write_bytes(b"torn" * 3000)
    assert desk.ask().rows == desk.worked_out()[0]
    assert not journal(desk.places.board).exists()


def test_whoever_waits_too_long_is_told(desk: Desk) -> None:
    desk.open()
    around = desk.around()
    around.longest_wait_s = 0.1
    with board_step._lock(desk.around()), pytest.raises(Locked):
        agenda(around, Question())


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


@pytest.mark.parametrize("seed", range(4))
def test_asked_at_any_time_it_is_what_direct_computation_gives(desk: Desk, seed: int) -> None:
    """Also where the board is only asked now and then, and where days pass without an event."""
    drawn = random.Random(seed)
    fill(desk, drawn, cases=9, rounds=1)
    for _ in range(8):
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


def test_a_board_is_none_where_there_is_none(tmp_path: Path) -> None:
    assert open_board(tmp_path / "board.sqlite") is None
    assert Surroundings.__doc__
