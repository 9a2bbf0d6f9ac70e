"""The one process that the sweep starts: imports Paramiko once, then forks a worker whenever it is asked to.

It has one thread and does nothing else, so that it can always end what it forked: when the sweep is gone,
however it went, so are all workers, and what they had started. When it is killed itself, they are with it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import traceback
from collections.abc import Callable
from functools import partial

from access_check.programs import forked
from access_check.workers.frames import Frame, Kind, Line
from access_check.workers.job import LookAtPort
from access_check.workers.kinship import kill_family, kill_programs, tie_to_parent
from access_check.workers.worker import Worker

# A login leaves a few hundred objects in circles behind, and looking for them costs more than keeping some of them.
_COLLECT_SELDOM = (20_000, 10, 20)


def serve(look: LookAtPort) -> None:
    """Forks workers that look by `look`, until the sweep is gone. Never returns.

    The sweep's socket is standard input. Ctrl-C is the sweep's to hear: it reaches every process of a terminal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where whoever started us ignores it, nobody can be waited for
    _open_as_many_as_may_be()
    tie = tie_to_parent()
    line = Line(socket.socket(fileno=os.dup(0)))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    gc.freeze()  # what was imported stays shared with the workers
    gc.enable()
    gc.set_threshold(*_COLLECT_SELDOM)
    children: set[int] = set()
    status = 0
    try:
        while (frame := line.receive()) is not None:
            _reap(children)
            if frame.kind is Kind.FORK:
                child = _fork(partial(_work, tie, line, look), frame)
                children.add(child)  # before the sweep, which may be gone by now, is told of it
                line.send(Frame(Kind.FORKED, child))
            elif frame.kind is Kind.KILL and frame.number in children:
                kill_family(frame.number)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the sweep is gone
    except BaseException:  # noqa: BLE001 - the sweep tells that its workers ended, and where it is said why
        traceback.print_exc()
        status = 1
    finally:
        for child in children:
            kill_family(child)
        for child in children:
            os.waitpid(child, 0)
        os._exit(status)  # nothing to tidy up, and taking the interpreter down takes longer than all the rest


def _open_as_many_as_may_be() -> None:
    """A sweep raises its own limit once it knows its systems; a nursery may have been there before."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # a system with a limit below the hard one keeps what it has
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _fork(work: Callable[[socket.socket, float], None], frame: Frame) -> int:
    (descriptor,) = frame.sockets
    with socket.socket(fileno=descriptor) as end:
        return forked(partial(work, end, frame.number / 1000))


def _work(tie: Callable[[], None], line: Line, look: LookAtPort, end: socket.socket, alive_every_s: float) -> None:
    tie()
    line.sock.close()
    try:
        Worker(Line(end), look, alive_every_s).run()
    finally:
        kill_programs()


def _reap(children: set[int]) -> None:
    """Takes note of workers that have ended; their time then counts as ours."""
    for child in list(children):
        if os.waitpid(child, os.WNOHANG)[0]:
            children.discard(child)
