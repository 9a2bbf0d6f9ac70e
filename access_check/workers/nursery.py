"""The one process that the sweep starts: imports Paramiko once, then forks a worker whenever it is asked to.

It has one thread and does nothing else, so that it can always end what it forked: when the sweep is gone,
however it went, so are all workers.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
from functools import partial

from access_check.programs import forked
from access_check.workers.frames import Frame, Kind, Line
from access_check.workers.job import LookAtPort
from access_check.workers.worker import Worker

# A login leaves a few hundred objects in circles behind, and looking for them costs more than keeping some of them.
_COLLECT_SELDOM = (20_000, 10, 20)


def serve(look: LookAtPort) -> None:
    """Forks workers that look by `look`, until the sweep is gone. Never returns.

    The sweep's socket is standard input. Ctrl-C is the sweep's to hear: it reaches every process of a terminal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = Line(socket.socket(fileno=os.dup(0)))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    gc.freeze()  # what was imported stays shared with the workers
    gc.enable()
    gc.set_threshold(*_COLLECT_SELDOM)
    children: set[int] = set()
    try:
        while (frame := line.receive()) is not None:
            _reap(children)
            if frame.kind is Kind.FORK:
                child = _fork(line, frame, look)
                children.add(child)  # before the sweep, which may be gone by now, is told of it
                line.send(Frame(Kind.FORKED, child))
            elif frame.kind is Kind.KILL and frame.number in children:
                os.kill(frame.number, signal.SIGKILL)
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        os._exit(0)  # nothing to tidy up, and taking the interpreter down takes longer than all the rest


def _fork(line: Line, frame: Frame, look: LookAtPort) -> int:
    (descriptor,) = frame.sockets
    with socket.socket(fileno=descriptor) as end:
        return forked(partial(_work, line, end, look, frame.number / 1000))


def _work(line: Line, end: socket.socket, look: LookAtPort, alive_every_s: float) -> None:
    line.sock.close()
    Worker(Line(end), look, alive_every_s).run()


def _reap(children: set[int]) -> None:
    """Takes note of workers that have ended; their time then counts as ours."""
    for child in list(children):
        if os.waitpid(child, os.WNOHANG)[0]:
            children.discard(child)
