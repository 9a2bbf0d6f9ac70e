"""A machine that dies at every line while a letter is written or sent: nothing is lost, nothing goes twice unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import access_check.whole_files as whole_files
import callout.desk.letter_shelf as shelf
import callout.desk.smtp as smtp
import callout.desk.smtp_client as smtp_client
import callout.desk.smtp_lines as smtp_lines
import callout.ledger.sqlite as store
import callout.steps.case_letter as case_letter
import callout.steps.case_send as case_send
from callout.desk.outbox import KINDS, LetterState, letters_of
from callout.steps.case_send import outbox, send_all
from tests.faults.kills import killed_at
from tests.unit.desk.letter_desk import LetterDesk
from tests.unit.desk.mail_server import Mailbox, mail_server

WRITING = {str(module.__file__) for module in (whole_files, shelf, case_letter, store)}
SENDING = {str(module.__file__) for module in (case_send, smtp, smtp_client, smtp_lines, store)}
# Every place is tried in the whole suite, every so many of them in the slice.
SLICE_STEP = 83


def write(folder: Path) -> None:
    desk = LetterDesk(folder)
    desk.written("CS-000001")


def writing(folder: Path, step: int) -> int:
    """How many places were tried until the work was over."""
    for place in range(0, 100_000, step):
        there = folder / str(place)
        there.mkdir()
        desk = LetterDesk(there)
        desk.opened()
        desk.ledger.close()
        killed = killed_at(place, WRITING, lambda there=there: write(there))  # type: ignore[misc]
        desk = desk.again()
        waiting = outbox(desk.context)
        # All of it or nothing: what the ledger names is on the shelf, as it was written.
        assert len(waiting) in ((0, 1) if killed else (1,))
        assert all(desk.raw(letter).endswith(b"--\r\n") for letter in waiting)
        desk.written("CS-000001")
        assert len(outbox(desk.context)) == 1
        assert [path.name for path in (there / ".callout" / "letters").rglob(".*")] == []
        desk.ledger.close()
        if not killed:
            return place
    raise AssertionError("it never came to an end")


def sending(folder: Path, box: Mailbox, step: int) -> dict[str, int]:
    """How often a kill left the letter in each state."""
    found: dict[str, int] = {}
    with mail_server(box) as settings:
        for place in range(0, 100_000, step):
            there = folder / str(place)
            there.mkdir()
            desk = LetterDesk(there, settings)
            letter = desk.written(desk.opened())
            desk.ledger.close()
            box.raws.clear()
            killed = killed_at(place, SENDING, lambda desk=desk: send_all(desk.again().context, desk.inventory))  # type: ignore[misc]
            desk = desk.again()
            (now,) = letters_of(desk.ledger.events(kinds=KINDS))
            arrived = len(box.raws)
            # What the ledger says is true: sent is there, untried is not; perhaps may be either.
            assert (
                arrived in {LetterState.SENT: (1,), LetterState.WRITTEN: (0,), LetterState.PERHAPS: (0, 1)}[now.state]
            )
            name = f"{now.state}, {'there' if arrived else 'not there'}"
            found[name] = found.get(name, 0) + 1
            # The next run sends what was never begun, and nothing else.
            told = send_all(desk.context, desk.inventory)
            assert len(box.raws) == (arrived if now.state is not LetterState.WRITTEN else 1)
            if now.state is LetterState.PERHAPS:
                assert "Perhaps it was sent" in told[0].why
                assert told[0].letter.message_id == letter.message_id
            desk.ledger.close()
            if not killed:
                assert now.state is LetterState.SENT
                return found
    raise AssertionError("it never came to an end")


@pytest.mark.faults
def test_kills_while_a_letter_is_written(tmp_path: Path) -> None:
    assert writing(tmp_path, SLICE_STEP) > 100


@pytest.mark.faults
def test_kills_while_a_letter_is_sent(tmp_path: Path) -> None:
    found = sending(tmp_path, Mailbox(), SLICE_STEP)
    assert found["written, not there"]
    assert found["sent, there"]


@pytest.mark.faults_whole
def test_kills_at_every_line_while_a_letter_is_written(tmp_path: Path, record_property: Any) -> None:
    kills = writing(tmp_path, 1)
    record_property("kills", kills)
    assert kills > 100


@pytest.mark.faults_whole
def test_kills_at_every_line_while_a_letter_is_sent(tmp_path: Path, record_property: Any) -> None:
    found = sending(tmp_path, Mailbox(), 1)
    for state, count in found.items():
        record_property(state, count)
    assert set(found) == {"written, not there", "perhaps, not there", "perhaps, there", "sent, there"}
