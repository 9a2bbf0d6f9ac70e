"""No worker outlives the sweep, whoever is killed, and neither does what a worker had started."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.programs import start_python
from access_check.targets import Target
from access_check.workers.frames import Frame, Kind
from access_check.workers.job import Job
from access_check.workers.outcome import Outcome, Prevented
from access_check.workers.pool import Pool
from tests.unit.access_check.conftest import PASSWORD
from tests.unit.access_check.processes import alive, children, settles
from tests.unit.access_check.sweep_program import started

STRANGE = "tests.unit.access_check.strange_workers"
HANGING = ["freezes-1", "spins-1", "stops-1"]


@pytest.fixture
def target(ssh_server: Any, make_target: Callable[..., Target]) -> Target:
    server = ssh_server()
    return make_target(server.port, server.known_hosts_line())


def visits(target: Target) -> list[str]:
    log = target.known_hosts.with_name("visits")
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_the_sweep(target: Target, ending: signal.Signals) -> None:
    """Whatever ends the sweep, and however deep a worker hangs."""
    with started(target.port, target.known_hosts, HANGING, module=STRANGE) as sweep:
        settles(lambda: len(visits(target)) >= 3)
        (nursery,) = children(sweep.pid)
        workers = children(nursery)
        assert workers
        sweep.send_signal(ending)
        sweep.communicate(timeout=60)
        settles(lambda: not any(alive(process) for process in (nursery, *workers)))


def test_no_worker_outlives_the_nursery(target: Target) -> None:
    """It would have ended them; and the sweep says of every system that it could not look."""
    with started(target.port, target.known_hosts, ["freezes-1", "stops-1"], module=STRANGE, timeout_s=30) as sweep:
        settles(lambda: len(visits(target)) >= 2)
        (nursery,) = children(sweep.pid)
        workers = children(nursery)
        assert workers
        os.kill(nursery, signal.SIGKILL)
        settles(lambda: not any(alive(process) for process in (nursery, *workers)))
        said, complaints = sweep.communicate(timeout=60)
    assert {codes["walk"] for codes in json.loads(said).values()} == {"could-not-look"}
    assert "Traceback" not in complaints


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_way_through_ends_with_the_sweep(target: Target, tmp_path: Path, ending: signal.Signals) -> None:
    """A program that never looks at its standard input, in the middle of a look."""
    note = tmp_path / "note"
    command = f"ProxyCommand=sh -c {shlex.quote(f'echo $$ > {note}; exec sleep 4712')}"
    with started(target.port, target.known_hosts, ["acme-pbx1"], arguments=["-o", command]) as sweep:
        settles(lambda: note.exists() and note.read_text().strip() != "")
        way = int(note.read_text())
        assert alive(way)
        sweep.send_signal(ending)
        sweep.communicate(timeout=60)
        settles(lambda: not alive(way))


def test_children_are_waited_for_where_whoever_started_us_ignores_them(target: Target) -> None:
    """Ignored SIGCHLD is inherited; a worker that ends must not take the nursery with it."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        sweep = started(
            target.port, target.known_hosts, ["good-1", "dies-1", "good-2"], module=STRANGE, password=PASSWORD
        )
    finally:
        signal.signal(signal.SIGCHLD, before)
    with sweep:
        said, _ = sweep.communicate(timeout=120)
    assert {codes["ssh.shell"] for codes in json.loads(said).values()} == {"works"}


def test_a_fault_of_the_nursery_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    ours, its = socket.socketpair()
    with ours:
        with its:
            nursery = start_python("tests.unit.access_check.strange_workers", its)
        ours.sendall(Frame(Kind.FORK, 1000).encoded())  # without the socket of the worker
        assert nursery.wait(60) == 1
    assert "ValueError" in capfd.readouterr().err


def test_a_nursery_that_never_begins_holds_nobody_up(make_target: Callable[..., Target]) -> None:
    """One that sleeps: it is given up, told, and ended."""

    async def body() -> tuple[Outcome, list[int]]:
        pool = Pool("tests.unit.access_check.sleeping_nursery", starts_within_s=1.0)
        try:
            await pool.ready()
            job = Job(make_target(), 2020, (), time.monotonic() + 600, frozenset())
            return await pool.look(job, None), children(os.getpid())
        finally:
            pool.close()

    others = children(os.getpid())
    outcome, nursery = asyncio.run(body())
    assert isinstance(outcome, Prevented)
    assert "within 1 s" in outcome.message
    assert set(nursery) - set(others)
    assert set(children(os.getpid())) <= set(others)
