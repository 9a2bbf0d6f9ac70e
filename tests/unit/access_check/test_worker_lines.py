"""The lines between the sweep, the nursery and the workers: what was said is heard, what cannot be said ends them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from access_check.observations import Observations
from access_check.observations_codec import dump
from access_check.targets import Target
from access_check.workers.colleague import MOST_MISSED, Colleague
from access_check.workers.frames import Frame, Kind
from access_check.workers.job import Job
from access_check.workers.line import AsyncLine
from access_check.workers.outcome import Lost, Outcome, Seen
from access_check.workers.pool import Pool

STRANGE = "tests.unit.access_check.strange_workers"


@pytest.fixture
def job(make_target: Callable[..., Target]) -> Job:
    return Job(make_target(2020), 2020, ("127.0.0.1",), time.monotonic() + 600, frozenset())


class Worker:
    """The other end of a colleague, played by the test: it says what it is told to, and hears nothing."""

    def __init__(self, job: Job) -> None:
        ours, self.sock = socket.socketpair()
        self.changes = 0
        self.colleague = Colleague(ours, self._changed)
        self.outcomes = [self.colleague.give(number, job, None) for number in (1, 2)]

    def _changed(self, _: Colleague) -> None:
        self.changes += 1

    def says(self, *frames: Frame) -> None:
        """All of it in one piece."""
        self.sock.sendall(b"".join(frame.encoded() for frame in frames))


def with_worker(job: Job, body: Callable[[Worker], Coroutine[Any, Any, None]]) -> list[Outcome]:
    """What became of both jobs of the worker after `body`."""

    async def run() -> list[Outcome]:
        worker = Worker(job)
        try:
            await body(worker)
            return [await outcome for outcome in worker.outcomes]
        finally:
            worker.colleague.end()
            worker.sock.close()

    return asyncio.run(run())


def test_what_was_said_before_the_sweep_hangs_up_is_heard(job: Job) -> None:
    """Or a job whose credential is out would be taken for one that may be done again."""

    async def body(worker: Worker) -> None:
        worker.says(Frame(Kind.SECRETS_NEXT, 1), Frame(Kind.SEEN, 2, dump(Observations())))
        worker.colleague.end()

    lost, seen = with_worker(job, body)
    assert lost == Lost(secrets_may_be_out=True)
    assert isinstance(seen, Seen)


def test_whoever_is_hung_up_on_cannot_say_that_a_credential_goes_out(job: Job) -> None:
    async def body(worker: Worker) -> None:
        worker.colleague.end()
        with pytest.raises(BrokenPipeError):
            worker.says(Frame(Kind.SECRETS_NEXT, 1))

    assert with_worker(job, body) == [Lost(secrets_may_be_out=False)] * 2


def test_what_was_said_before_a_broken_frame_is_heard(job: Job) -> None:
    async def body(worker: Worker) -> None:
        worker.sock.sendall(Frame(Kind.SECRETS_NEXT, 2).encoded() + b"\xff" * 64)

    assert with_worker(job, body) == [Lost(secrets_may_be_out=False), Lost(secrets_may_be_out=True)]


def test_a_worker_is_frozen_at_the_sixth_tick_without_a_word(job: Job) -> None:
    async def body(worker: Worker) -> None:
        for _ in range(MOST_MISSED):
            worker.colleague.tick()
        worker.says(Frame(Kind.ALIVE))
        await heard(lambda: worker.colleague._missed == 0)
        for _ in range(MOST_MISSED):
            worker.colleague.tick()
        assert not worker.colleague.finished
        worker.colleague.tick()
        assert worker.colleague.finished
        assert worker.changes

    assert with_worker(job, body) == [Lost(secrets_may_be_out=False)] * 2


def test_one_without_a_job_need_not_say_anything() -> None:
    async def body() -> None:
        ours, its = socket.socketpair()
        with its:
            colleague = Colleague(ours, lambda _: None)
            for _ in range(3 * MOST_MISSED):
                colleague.tick()
            assert not colleague.retired
            colleague.end()

    asyncio.run(body())


async def heard(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_frozen_worker_is_found_in_good_time(make_target: Callable[..., Target]) -> None:
    """With half of a short time left, so that the others in it can be looked at once more."""
    timeout_s = 10.0

    async def body() -> None:
        pool = Pool(STRANGE, timeout_s=timeout_s)
        try:
            await pool.ready()
            began = time.monotonic()
            job = Job(make_target(name="stops-1"), 2020, ("127.0.0.1",), began + timeout_s, frozenset())
            outcome = await pool.look(job, None)
            took_s = time.monotonic() - began
        finally:
            pool.close()
        assert outcome == Lost(secrets_may_be_out=False)
        # Six ticks, of which the first had begun.
        assert MOST_MISSED * timeout_s / 20 <= took_s <= timeout_s / 2

    asyncio.run(body())


def test_a_line_that_cannot_take_a_frame_is_given_up() -> None:
    """More sockets than one message takes: whoever waits for them must not wait for ever."""

    async def body() -> None:
        ours, its = socket.socketpair()
        ended = asyncio.Event()
        line = AsyncLine(ours, lambda _: None, ended.set)
        sockets = tuple(os.dup(its.fileno()) for _ in range(254))
        line.put(Frame(Kind.FORK, 1, sockets=sockets))
        its.settimeout(30)
        assert its.recv(1) == b""
        for descriptor in sockets:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)
        its.close()
        await asyncio.wait_for(ended.wait(), 30)

    asyncio.run(body())


# No descriptor is left to the receiver: a job must not be taken for one that is to find its own way.
NO_ROOM = """
import pickle, resource, socket, sys, threading, time
from access_check.workers.frames import Frame, Incoming, Kind, Line
from access_check.workers.worker import Worker

ours, its = socket.socketpair()
job = pickle.loads(bytes.fromhex(sys.argv[1]))
frame = Frame(Kind.JOB, 7, job.encoded(), (its.fileno(),))
socket.send_fds(ours, [frame.encoded()], frame.sockets)
highest = its.fileno()
resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, highest + 1))
worker = Worker(Line(its), lambda *_: sys.exit("looked"), 1.0)
threading.Thread(target=worker.run, daemon=True).start()
ours.settimeout(30)
incoming = Incoming()
while not (frames := [one for one in incoming.feed(ours.recv(4096)) if one.kind is not Kind.ALIVE]):
    pass
sys.stdout.write(f"{frames[0].kind.name} {frames[0].number} {frames[0].body.decode()}")
"""


def test_a_socket_that_did_not_come_is_told(job: Job) -> None:
    words = [sys.executable, "-c", NO_ROOM, job.encoded().hex()]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.startswith('PREVENTED 7 ["This machine opens no more sockets for us.", "Allow more'), done
