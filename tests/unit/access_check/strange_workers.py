"""Workers that do to themselves what a hostile server might: `python -m tests.unit.access_check.strange_workers`.

The system's name says what; every other name gets the real look. Whoever comes writes a line beside known_hosts.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable

from access_check.observations import Observations
from access_check.probes.walk import look_at_port
from access_check.workers.job import Job
from access_check.workers.nursery import serve


def look(job: Job, sock: socket.socket | None, before_secrets: Callable[[], None]) -> Observations:
    """The real look, after what the system's name asks for."""
    what, visits = job.target.name.partition("-")[0], job.target.known_hosts.with_name("visits")
    first = not visits.exists() or job.target.name not in visits.read_text()
    with visits.open("a") as log:
        log.write(f"{job.target.name} {os.getpid()}\n")
    if what == "trusting" and first:
        before_secrets()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "dies" and first:
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "freezes" and first:
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter for longer than anybody lives
    if what == "stops":
        os.kill(os.getpid(), signal.SIGSTOP)
        threading.Event().wait()  # another thread may be the one that takes the signal
    while what == "spins":
        pass
    if what == "waits" and first:
        time.sleep(1)
    if what == "faulty":
        raise ZeroDivisionError("a fault of ours")
    return look_at_port(job, sock, before_secrets)


if __name__ == "__main__":
    serve(look)
