"""Ctrl-C reaches a step as an exception, so that a half-made change is taken back before the process ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupted_as_exception() -> Iterator[None]:
    """In here the first SIGINT or SIGTERM raises KeyboardInterrupt, and further ones are ignored.

    Ansible's worker would end itself at the signal, between two commands to a customer's system. Every call
    to a system has a deadline, so taking back ends by itself. Only for a process's main thread.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
