"""The board is never believed where it could be wrong: other ledgers, torn files, places that cannot be written."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.desk.board_agenda import Question
from callout.errors import Locked
from callout.steps.board import agenda
from callout.steps.board_file import journal, open_board
from callout.steps.board_lock import board_lock
from tests.unit.steps.board_desk import Desk
from tests.unit.steps.conftest import Clock


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = Desk(tmp_path, clock)
    yield made
    made.context.ledger.close()


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


def other_rules(desk: Desk) -> None:
    """Written by a callout that counts otherwise."""
    with closing(sqlite3.connect(desk.places.board)) as file:
        file.execute("""UPDATE known SET told = replace(told, '"code": "', '"code": "0')""")
        file.execute("UPDATE clocks SET due = due + 3600")
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
        (cut_off, ""), (another, ""), (gone, ""), (other_rules, ""),
        (garbage, "made anew"), (empty, "made anew"), (cut_file, "made anew"),
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
    desk.open(12)
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
    with board_lock(desk.places.board_lock, 1), pytest.raises(Locked):
        agenda(around, Question())


def test_a_board_is_none_where_there_is_none(tmp_path: Path) -> None:
    assert open_board(tmp_path / "board.sqlite") is None
