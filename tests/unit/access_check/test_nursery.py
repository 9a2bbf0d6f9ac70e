"""The nursery ends what it forked, at whatever moment the sweep goes."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from access_check.programs import start_python
from access_check.workers.frames import Frame, Kind
from access_check.workers.job import Job

STRANGE = "tests.unit.access_check.strange_workers"
# Importing what a worker needs may take that long on a machine with much else to do.
BOUND_S = 60.0


def test_a_worker_forked_for_a_sweep_that_is_gone_is_ended(make_target: Any, closed_port: int) -> None:
    """The sweep asked for a worker and was gone before it could be told of it; the worker holds a job that hangs."""
    target = make_target(closed_port, name="stops")
    job = Job(target, closed_port, ("127.0.0.1",), time.monotonic() + 600, frozenset())
    ours, nursery_end = socket.socketpair()
    its_line, worker_end = socket.socketpair()
    with its_line:
        with ours, nursery_end, worker_end:
            nursery = start_python(STRANGE, nursery_end)
            fork = Frame(Kind.FORK, 1000, sockets=(worker_end.fileno(),))
            socket.send_fds(ours, [fork.encoded()], fork.sockets)
            its_line.sendall(Frame(Kind.JOB, 1, job.encoded()).encoded())
        try:
            assert nursery.wait(BOUND_S) == 0
            assert hung_up(its_line)
        finally:
            end_all(target.known_hosts.with_name("visits"))


def hung_up(line: socket.socket) -> bool:
    """True once no process holds the other end; a stopped one would hold it for ever."""
    line.settimeout(BOUND_S / 6)
    with suppress(ConnectionResetError):
        try:
            while line.recv(1024):
                continue
        except TimeoutError:
            return False
    return True


def end_all(visits: Path) -> None:
    """Kills the workers that left a note and live."""
    for line in visits.read_text().splitlines() if visits.exists() else ():
        with suppress(ProcessLookupError):
            os.kill(int(line.split()[1]), signal.SIGKILL)
