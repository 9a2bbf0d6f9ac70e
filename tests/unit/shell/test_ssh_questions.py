"""What a person is asked at the end, at a real terminal: answers, none, an interrupt, a terminal that is closed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.shell.person import Person

PROGRAM = """
import datetime as dt
from callout.cli.ssh_questions import questions_at_the_end
from callout.worklog.idle import Idle, Stretch
from callout.worklog.recorded_work import Measured
now = dt.datetime.now(dt.UTC)
idle = Idle(1300, (Stretch(0, 700), Stretch(900, 600)))
said = questions_at_the_end(asks_for_note=True)(Measured(now, now, 3600, 0, True, idle, "exited", 0))
open("said", "w").write(repr((said.idle_counts, said.note)))
"""


def answers(count: bytes, note: bytes) -> Callable[[Person], None]:
    def script(person: Person) -> None:
        person.wait_for(b"Idle, 2 times: nothing was typed for 0:21:40 of 1:00:00")
        person.wait_for(b"[y/n] ")
        person.types(count)
        person.wait_for(b"on the bill): ")
        person.types(note)

    return script


def leaves(by: Callable[[Person], None]) -> Callable[[Person], None]:
    def script(person: Person) -> None:
        person.wait_for(b"[y/n] ")
        time.sleep(0.1)
        by(person)

    return script


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (answers(b"n\n", b"Reset \xc3\xa4\xff\x1b[31m\n"), "(False, 'Reset ä\ufffd [31m')"),
        (answers(b"yes\n", b"\n"), "(True, '')"),
        (answers(b"what?\n", b"\x04"), "(None, '')"),
        (leaves(lambda person: person.types(b"\x03")), "(None, '')"),
        (
            leaves(lambda person: subprocess.run(["kill", "-HUP", str(person.program)], check=True) and None),
            "(None, '')",
        ),
    ],
)
def test_what_is_said_is_taken_and_nothing_is_lost_without(
    script: Callable[[Person], None], said: str, tmp_path: Path
) -> None:
    with Person(script) as person:
        slave = person.slave
        words = ["setsid", "--ctty", sys.executable, "-c", PROGRAM]
        asking = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, cwd=tmp_path)
        person.program = asking.pid
        assert asking.wait(60) == 0
        assert asking.returncode != -signal.SIGHUP
    assert (tmp_path / "said").read_text() == said
