"""Kills a piece of work at a chosen line of the files that write: one line further each time, until it is over."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Collection
from types import FrameType


def killed_at(place: int, writing: Collection[str], work: Callable[[], object]) -> bool:
    """Runs `work` in a child that kills itself before line number `place` of `writing` files; False once it is over.

    What `work` raises ends the child as well, and is an AssertionError here.
    """
    child = os.fork()
    if child == 0:
        seen = 0

        def trace(frame: FrameType, event: str, _: object) -> object:
            nonlocal seen
            if frame.f_code.co_filename not in writing:
                return None
            seen += event == "line"
            if seen > place:
                os.kill(os.getpid(), signal.SIGKILL)
            return trace

        status = 1
        try:
            sys.settrace(trace)
            work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)
