"""The board killed at every line that writes it, and at moments between; and written by several at once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.desk.board_agenda import Question
from callout.steps import board, board_basis, board_cases, board_events, board_file, board_known, board_lock
from callout.steps.board_file import open_board
from tests.faults.kills import killed_at
from tests.team_server import TeamServer
from tests.unit.steps.board_desk import FIRST_REPLY_ONLY, RULES, Desk
from tests.unit.steps.conftest import Clock
from tests.unit.steps.test_board import lived

WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.faults
_MODULES = (board, board_basis, board_cases, board_events, board_file, board_known, board_lock)
WRITING = frozenset(str(module.__file__) for module in _MODULES)
Harm = Callable[[Desk], None]


def nothing_yet(desk: Desk) -> None:
    """The first board of all."""
    desk.places.board.unlink(missing_ok=True)


def some_events(desk: Desk) -> None:
    """Two cases are touched."""
    desk.reply("CS-000001", asks=True)
    desk.tell("case_paused", "CS-000002", turn="provider", reason="they look")
    desk.clock.forward(minutes=5)


def other_hours(desk: Desk) -> None:
    """All of it is made anew."""
    desk.touch(desk.places.inventory / "hosts.yml", f"all: {{}}  # {random.random()}\n")
    desk.policy = desk.policy.model_copy(
        update={"desk": desk.policy.desk.model_copy(update={"warn_at_percent": (random.randint(1, 49), 50)})}
    )


def damaged(desk: Desk) -> None:
    """Nobody can read what lies there."""
    desk.places.board.write_bytes(b"torn" * 4096)


class Begun:
    """Ledger and board as they are now, to begin from again: a case does not grow with every kill."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._at = desk, desk.clock.now
        self._files = {path: path.read_bytes() for path in (desk.folder / "ledger.sqlite", desk.places.board)}

    def again(self) -> None:
        """Puts both back, and the clock."""
        self._desk.context.ledger.close()
        for path, content in self._files.items():
            path.write_bytes(content)
        self._desk.clock.now = self._at
        self._desk.open_ledger()


def asked_in_a_child(desk: Desk) -> None:
    """With a ledger of its own: a connection is not for two processes."""
    desk.open_ledger()
    desk.ask()


@pytest.mark.parametrize("step", [pytest.param(113, id="slice"), pytest.param(1, id="whole", marks=WHOLE)])
@pytest.mark.parametrize("before", [nothing_yet, some_events, other_hours, damaged])
def test_killed_at_every_line_the_old_board_or_the_new_one_is_there(
    before: Harm, step: int, tmp_path: Path, record_property: Any
) -> None:
    desk = Desk(tmp_path, Clock())
    desk.open(2, rules=FIRST_REPLY_ONLY)
    desk.ask()
    begun = Begun(desk)
    place = kills = 0
    before(desk)
    while killed_at(place, WRITING, lambda: asked_in_a_child(desk)):
        if before is not damaged:
            whole_or_none(desk)
        found = desk.ask()
        assert found.rows == desk.worked_out()[0]
        assert before is damaged or found.notes == ()
        assert sorted(path.name for path in desk.places.data.iterdir()) == ["board.lock", "board.sqlite"]
        place, kills = place + step, kills + 1
        begun.again()
        before(desk)
    assert kills >= 3
    record_property(f"kills, {before.__name__}", kills)
    desk.context.ledger.close()


def whole_or_none(desk: Desk) -> None:
    """What a kill leaves under the board's name can be read at once; it may know less than the ledger."""
    there = open_board(desk.places.board)
    if there is not None:
        there.known()
        there.rows(Question(), int(desk.clock().timestamp()))
        there.close()


@pytest.mark.parametrize("kills", [3, pytest.param(150, marks=WHOLE)])
def test_killed_at_any_moment(kills: int, tmp_path: Path, record_property: Any) -> None:
    """Also within SQLite's own writing: equally far apart through the time that it takes."""
    desk = Desk(tmp_path, Clock())
    desk.open(80, rules=RULES)
    desk.ask()
    every = [f"CS-{number:06d}" for number in range(1, 81)]
    reply = {"letter": "update", "text": "x", "reply": True, "asks": False, "links": [], "language": "en"}

    def written() -> None:
        desk.clock.forward(minutes=1)
        desk.tell_all(("case_told", {"case": case, **reply}) for case in every)

    begun = Begun(desk)
    written()
    began = time.monotonic()
    desk.ask()
    takes_s = time.monotonic() - began
    died = 0
    for kill in range(kills):
        begun.again()
        written()
        child = os.fork()
        if child == 0:
            try:
                asked_in_a_child(desk)
            finally:
                os._exit(0)
        time.sleep(takes_s * (kill + 0.5) / kills)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        died += os.WIFSIGNALED(status)
        found = desk.ask()
        assert (found.rows, found.notes) == (desk.worked_out()[0], ())
    record_property("killed while it was written", died)
    desk.context.ledger.close()


def ask_often(folder: Path, clock: Clock, times: int, failed: Any) -> None:
    """One of several: asks again and again, and now and then finds the board gone or its inventory changed."""
    desk = Desk(folder, clock)
    drawn = random.Random(os.getpid())
    for _ in range(times):
        if drawn.random() < 0.2:
            desk.places.board.unlink(missing_ok=True)
        found = desk.ask()
        if any("memory" in note or "cannot" in note for note in found.notes):
            failed.put(found.notes)
    desk.context.ledger.close()


@pytest.mark.parametrize(("processes", "times"), [(3, 6), pytest.param(8, 60, marks=WHOLE)])
def test_several_ask_and_write_at_once(processes: int, times: int, tmp_path: Path) -> None:
    desk = Desk(tmp_path, Clock())
    desk.open(20, rules=RULES)
    fork = multiprocessing.get_context("fork")
    failed = fork.Queue()
    others = [fork.Process(target=ask_often, args=(tmp_path, desk.clock, times, failed)) for _ in range(processes)]
    for process in others:
        process.start()
    for number in range(1, times + 1):
        desk.reply(f"CS-{number % 20 + 1:06d}")
        time.sleep(0.01)
    for process in others:
        process.join(240)
        assert process.exitcode == 0
    assert failed.empty(), failed.get()
    found = desk.ask()
    assert (found.rows, found.notes) == (desk.worked_out()[0], ())
    desk.context.ledger.close()


@pytest.mark.parametrize("seed", [pytest.param(range(1000, 1080), marks=WHOLE, id="whole")])
def test_random_desks_are_what_direct_computation_gives(seed: range, tmp_path: Path, record_property: Any) -> None:
    for one in seed:
        folder = tmp_path / str(one)
        folder.mkdir()
        desk = Desk(folder, Clock())
        lived(desk, random.Random(one))
        desk.context.ledger.close()
    record_property("random desks", len(seed))


@pytest.mark.parametrize("desks", [pytest.param(8, marks=WHOLE, id="whole")])
def test_a_teams_ledger_gives_the_same(desks: int, tmp_path: Path, team_server: TeamServer) -> None:
    """In PostgreSQL, on a board that each of them keeps for itself."""
    for one in range(desks):
        folder = tmp_path / str(one)
        folder.mkdir()
        desk = Desk(folder, Clock(), ledger=team_server.database())
        lived(desk, random.Random(one))
        desk.context.ledger.close()
