"""Many write at once, and any of them may be killed at any moment: no gap, nothing lost, nothing half."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from callout.ledger import open_ledger
from callout.ledger.chain import verify_chain
from tests.faults.ledger_site import NOW, Writer
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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite"
    running: TeamServer = request.getfixturevalue("durable_server")
    return running.emptied()


@pytest.mark.parametrize(("writers", "count"), [(6, 20), pytest.param(16, 1000, marks=WHOLE)])
def test_writers_at_once(url: str, writers: int, count: int, tmp_path: Path, record_property: Any) -> None:
    """All that was acknowledged is where it was said to be; each one's events in its order; call-outs without a gap."""
    began = time.monotonic()
    names = [f"writer{number}" for number in range(writers)]
    running = [Writer(url, name, count, tmp_path, WRONG_H[at % len(WRONG_H)]) for at, name in enumerate(names)]
    assert [one.process.wait(3000) for one in running] == [0] * writers, [one.complaint for one in running]
    seconds = time.monotonic() - began
    assert [one.complaint for one in running if one.complaint] == []
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        events = list(ledger.events())
        assert [one.code for one in verify_chain(ledger.rows(), ledger.complaints())] == ["whole"]
    assert [event.seq for event in events] == list(range(1, writers * count + 1))
    opened = [event.callout for event in events if event.kind == "opened"]
    assert opened == [f"CO-{number:04d}" for number in range(1, len(opened) + 1)]
    for one in running:
        stored = [(event.body["number"], event.seq, event.hash) for event in events if event.actor == one.name]
        assert stored == one.acknowledged
        assert [number for number, _, _ in stored] == list(range(count))
    record_property("writers", writers)
    record_property("appends", writers * count)
    record_property("lost", 0)
    record_property("locked", 0)
    record_property("appends per second", round(writers * count / seconds))


@pytest.mark.parametrize("kills", [4, pytest.param(500, marks=WHOLE)])
def test_kills(url: str, kills: int, tmp_path: Path, record_property: Any) -> None:
    """Writers by fours, each killed at a moment of its own: what was acknowledged is stored, and the chain is whole."""
    chance = random.Random(kills)
    told: list[tuple[int, str]] = []
    for first in range(0, kills, 4):
        running = [Writer(url, f"writer{first + number}", 100_000, tmp_path) for number in range(4)]
        for one in running:
            one.wait_for_first()
            time.sleep(chance.uniform(0, 0.04))
            one.process.kill()
        for one in running:
            one.process.wait()
            told += [(seq, digest) for _, seq, digest in one.acknowledged]
    with closing(open_ledger(url, lambda: NOW)) as ledger:
        stored = {row["seq"]: row["hash"] for row in ledger.rows()}
        assert [one.code for one in verify_chain(ledger.rows(), ledger.complaints())] == ["whole"]
    assert all(stored.get(seq) == digest for seq, digest in told)
    assert len(told) <= len(stored) <= len(told) + kills  # at most the one that each had under way is not acknowledged
    record_property("kills", kills)
    record_property("acknowledged", len(told))
    record_property("stored", len(stored))
    record_property("lost", 0)


def test_processes_that_wait_are_told_nothing_odd(url: str, tmp_path: Path) -> None:
    """One holds the lock for a while in its decision: the others wait, and then go on."""
    open_ledger(url, lambda: NOW).close()
    holding = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    assert holding.stdout is not None
    assert holding.stdout.readline() == b"held\n"
    waiting = [Writer(url, f"writer{number}", 3, tmp_path) for number in range(3)]
    assert [one.process.wait(120) for one in waiting] == [0, 0, 0]
    assert holding.wait(60) == 0
    assert [one.complaint for one in waiting] == [""] * 3
