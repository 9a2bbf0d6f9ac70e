"""Many write at once, and any of them may be killed at any moment: no gap, nothing lost, nothing half."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import open_ledger
from callout.ledger.chain import verify_chain
from tests.faults.ledger_site import NOW, writer
from tests.team_server import TeamServer

WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
pytestmark = pytest.mark.faults
HOLDER = """
import datetime as dt, sys, time
from callout.ledger import Draft, open_ledger
now = lambda: dt.datetime.now(dt.UTC)
def decide(view):
    print("held", flush=True)
    time.sleep(2)
    return [Draft("noted", now(), "eva")]
open_ledger(sys.argv[1], now).append_after(decide)
"""
# Clocks of engineers' machines; one is in 2038.
WRONG_H = (0, -1, 24, 108_000, -24 * 365)


@pytest.fixture(scope="module")
def server() -> Iterator[TeamServer]:
    """As a team has it: what is committed is on the disk."""
    running = TeamServer(durable=True)
    yield running
    running.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite"
    running: TeamServer = request.getfixturevalue("server")
    return running.emptied()


def acknowledged(said: bytes) -> list[tuple[int, int, str]]:
    """Number, place and hash of each event that a writer was told of; a line that a kill cut is none."""
    lines = [line.split() for line in said.split(b"\n")[:-1]]
    return [(int(number), int(seq), digest.decode()) for number, seq, digest in lines]


@pytest.mark.parametrize(("writers", "count"), [(16, 15), pytest.param(16, 1000, marks=WHOLE)])
def test_writers_at_once(url: str, writers: int, count: int, record_property: Any) -> None:
    """All that was acknowledged is where it was said to be; each one's events in its order; call-outs without a gap."""
    began = time.monotonic()
    running = [writer(url, f"writer{number}", count, WRONG_H[number % len(WRONG_H)]) for number in range(writers)]
    said = [process.communicate(timeout=1800) for process in running]
    seconds = time.monotonic() - began
    assert [process.returncode for process in running] == [0] * writers, [error for _, error in said if error]
    assert [error for _, error in said if error] == []
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        events = list(ledger.events())
        assert [one.code for one in verify_chain(ledger.rows(), ledger.complaints())] == ["whole"]
    assert [event.seq for event in events] == list(range(1, writers * count + 1))
    opened = [event.callout for event in events if event.kind == "opened"]
    assert opened == [f"CO-{number:04d}" for number in range(1, len(opened) + 1)]
    by_seq = {event.seq: event for event in events}
    for number, (told, _) in enumerate(said):
        places = acknowledged(told)
        assert [place[0] for place in places] == list(range(count))
        assert [(by_seq[seq].actor, by_seq[seq].hash) for _, seq, digest in places] == [
            (f"writer{number}", digest) for _, seq, digest in places
        ]
    record_property("writers", writers)
    record_property("appends", writers * count)
    record_property("lost", 0)
    record_property("locked", 0)
    record_property("appends per second", round(writers * count / seconds))


@pytest.mark.parametrize("kills", [8, pytest.param(500, marks=WHOLE)])
def test_kills(url: str, kills: int, record_property: Any) -> None:
    """Writers by fours, each killed at a moment of its own: what was acknowledged is stored, and the chain is whole."""
    chance = random.Random(kills)
    told: list[tuple[int, str]] = []
    done = 0
    while done < kills:
        running = [writer(url, f"writer{done + number}", 100_000) for number in range(4)]
        for process in running:
            assert process.stdout is not None
            first = process.stdout.readline()  # it writes
            time.sleep(chance.uniform(0, 0.04))
            process.kill()
            said = first + process.stdout.read()
            told += [(seq, digest) for _, seq, digest in acknowledged(said)]
            done += 1
        for process in running:
            process.communicate()
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        stored = {row["seq"]: row["hash"] for row in ledger.rows()}
        assert [one.code for one in verify_chain(ledger.rows(), ledger.complaints())] == ["whole"]
    assert all(stored.get(seq) == digest for seq, digest in told)
    unheard = len(stored) - len(told)
    assert 0 <= unheard <= done  # at most the one that each had under way
    record_property("kills", done)
    record_property("acknowledged", len(told))
    record_property("stored", len(stored))
    record_property("lost", 0)


def test_processes_that_wait_are_told_nothing_odd(url: str) -> None:
    """One holds the lock for a while in its decision: the others wait, and then go on."""
    open_ledger(url, lambda: NOW).close()
    holding = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    assert holding.stdout is not None
    assert holding.stdout.readline() == b"held\n"
    waiting = [writer(url, f"writer{number}", 3) for number in range(3)]
    said = [process.communicate(timeout=120) for process in waiting]
    assert holding.wait(60) == 0
    assert [(process.returncode, error) for process, (_, error) in zip(waiting, said, strict=True)] == [(0, b"")] * 3
