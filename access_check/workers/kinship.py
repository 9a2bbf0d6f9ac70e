"""Who a process descends from, as the kernel tells it: so that none outlives whoever would have ended it.

Linux only; elsewhere nobody is known to have children, and a worker ends when it sees the end of its socket.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)


def tie_to_parent() -> Callable[[], None]:
    """For a forked copy of this process to call: from then on it is killed when this one ends, however it ends.

    What that takes is imported here, once. Both processes have one thread at that moment.
    """
    parent = os.getpid()
    if sys.platform != "linux":
        return lambda: None
    try:
        import ctypes
    except ImportError:  # a Python that was built without it: as elsewhere, then
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        if prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # it was gone before it was asked about
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def kill_family(worker: int) -> None:
    """Kills a child of ours, which may have ended, and the programs that it runs, each with its process group.

    It is stopped first, so that it starts none while they are looked for. The child is left to be waited for.
    """
    os.kill(worker, signal.SIGSTOP)
    os.waitid(os.P_PID, worker, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    programs = _children(worker)
    os.kill(worker, signal.SIGKILL)
    _kill_groups(programs)


def kill_programs() -> None:
    """Kills the programs that this process runs, each with its process group. They are left to be waited for."""
    _kill_groups(_children(os.getpid()))


def _kill_groups(programs: list[int]) -> None:
    for program in programs:
        with suppress(ProcessLookupError):  # ended by itself
            os.killpg(program, signal.SIGKILL)


def _children(process: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):  # ended by itself, or no Linux
        listed = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
        return [int(word) for words in listed for word in words.split()]
    return []
