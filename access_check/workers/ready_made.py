"""A nursery that was forked early, by a program that knows it will check: it imports Paramiko while others work.

It shares what was imported by then. Forked before the inventory is read, it holds no secret of it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from access_check.programs import ForkedProgram, forked_program
from access_check.workers.__main__ import main


@dataclass(slots=True)
class ReadyMade:
    """The process, and our end of its line. Whoever starts to use it sets `taken`, and ends it."""

    process: ForkedProgram
    sock: socket.socket
    taken: bool = False


@contextlib.contextmanager
def ready_made_nursery() -> Iterator[ReadyMade | None]:
    """A nursery for the one sweep inside the context; one that nobody took is ended with it.

    None where this process has more than one thread, or nobody can tell: a copy of it could wait for ever for
    what another thread holds. The sweep then starts one by itself.
    """
    if not _single():
        yield None
        return
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            ready_made = ReadyMade(forked_program(main, theirs), ours)
        except OSError:  # no memory, no processes: the sweep will find that out where it is told
            ours.close()
            ready_made = None
    try:
        yield ready_made
    finally:
        if ready_made is not None and not ready_made.taken:
            ours.close()
            ready_made.process.kill()
            ready_made.process.wait()


def _single() -> bool:
    try:
        return threading.active_count() == 1 and len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False
