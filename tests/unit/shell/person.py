"""A person at a terminal: a real pty, somebody who reads it, types when words appear, and resizes it."""

from __future__ import annotations

import os
import select
import signal
import termios
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from callout.shell.talk import Doors
from callout.shell.terminal import set_size

PATIENCE_S = 60.0


class _NobodyThere(Exception):
    """The program under test is over, and never said what was waited for."""


class Person:
    """Sits at `slave`, the terminal of the program under test; what it shows is in `seen`.

    The script runs in a thread of its own, since the program has the test's: what it raises is raised at the end.
    """

    def __init__(self, script: Callable[[Person], None], size: tuple[int, int] = (80, 24)) -> None:
        self.master, self.slave = os.openpty()
        set_size(self.master, size)
        self.before = termios.tcgetattr(self.slave)
        self.seen = bytearray()
        self._script, self._failure = script, None
        # The program under test, to be ended if the script fails; 0 where it runs in this process.
        self.program = 0
        self._ended = False
        self._thread = threading.Thread(target=self._live, daemon=True)

    @property
    def doors(self) -> Doors:
        """For a program in this process."""
        return Doors(self.slave, self.slave, self.slave)

    def __enter__(self) -> Person:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._thread.join(PATIENCE_S)
        self.look()
        for descriptor in (self.master, self.slave):
            os.close(descriptor)
        if self._failure is not None and error is None:
            raise self._failure

    def wait_for(self, words: bytes, after: int = 0) -> int:
        """Reads until the words stand behind place `after`; gives back the place behind them."""
        ends_at = time.monotonic() + PATIENCE_S
        while (place := self.seen.find(words, after)) < 0:
            if self._ended:
                raise _NobodyThere
            assert time.monotonic() < ends_at, f"{words!r} never came, but {bytes(self.seen[after:][-500:])!r}"
            after = max(after, len(self.seen) - len(words))
            self.look(0.05)
        return place + len(words)

    def types(self, keys: bytes) -> None:
        """Every key, as fast as the terminal takes them."""
        while keys:
            keys = keys[os.write(self.master, keys) :]

    def asks(self, command: bytes, answer: bytes) -> int:
        """Types a command with its line break and waits for an answer that is not in the command itself."""
        place = len(self.seen)
        self.types(command + b"\n")
        return self.wait_for(answer, place)

    def look(self, wait_s: float = 0.0) -> None:
        """Reads what there is."""
        while select.select([self.master], [], [], wait_s)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                return
            if not piece:
                return
            self.seen += piece
            wait_s = 0.0

    def terminal(self) -> list[Any]:
        """How the terminal is set now."""
        return termios.tcgetattr(self.slave)

    def _live(self) -> None:
        try:
            self._script(self)
        except _NobodyThere:
            return
        except BaseException as failure:  # noqa: BLE001 - it belongs to the test's own thread
            self._failure = failure
            os.kill(self.program or os.getpid(), signal.SIGKILL if self.program else signal.SIGTERM)
        while not self._ended:
            self.look(0.02)
