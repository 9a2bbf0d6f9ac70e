"""What both ways of talking share: ssh's words, whoever watches, the signals that come meanwhile."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from callout.shell.ssh_log import SshLog
from callout.shell.terminal import size_of

PIECE_BYTES = 64 * 1024
# What a pipe takes at once when it says that it is ready (PIPE_BUF), so that no slow reader holds us. A terminal that
# is slower than that is seldom, and says so for each step.
STEP_BYTES = 4096
TERMINAL_STEP_BYTES = 16 * 1024
WORDS_KEPT_BYTES = 4096
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
# How long ssh may take to end once it was told to.
PATIENCE_S = 5.0


class Observer(Protocol):
    """Sees a conversation pass, right after it has been passed on; must be quick and raise nothing."""

    def output(self, data: bytes) -> None:
        """The far side said this."""
        ...

    def typed(self) -> None:
        """The person typed something; what it was is nobody's business."""
        ...

    def resized(self, columns: int, rows: int) -> None:
        """The person's terminal has another size."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """The three descriptors of whoever talks: keys or data in, output, words and errors."""

    keys: int = 0
    output: int = 1
    errors: int = 2

    @property
    def person(self) -> bool:
        """Whether somebody sits at the keys."""
        return os.isatty(self.keys)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal, (80, 24) without one."""
        return size_of(self.keys)


@dataclass
class Talk:
    """One running ssh: its command line and environment, the door of its own log, who watches.

    `ended_by` is the number of the signal that ended us, 0 while none has; `output_gone` says that whoever read our
    output reads no more.
    """

    words: Sequence[str]
    environment: Mapping[str, str]
    log_reader: int
    doors: Doors
    observer: Observer
    say: Callable[[str], None]
    log: SshLog = field(default_factory=SshLog)
    before_the_login: bytes = b""
    ended_by: int = 0
    output_gone: bool = False
    woken: int = field(default=-1, init=False)
    _came: list[int] = field(default_factory=list, init=False)

    def heard(self, data: bytes) -> None:
        """Passes on what the far side said, and lets the observer see it."""
        if not self.output_gone:
            self.output_gone = not self._passed_on(data, self.doors.output)
        self.observer.output(data)

    def errors(self, data: bytes) -> None:
        """Passes on what ssh said on standard error: its own words, and those of a far side without a terminal."""
        if not self.log.let_in:
            self.before_the_login = (self.before_the_login + data)[-WORDS_KEPT_BYTES:]
        self._passed_on(data, self.doors.errors)

    def read_log(self) -> None:
        """Takes in what ssh has logged by now, and says what is for the person."""
        with suppress(BlockingIOError):
            while piece := os.read(self.log_reader, PIECE_BYTES):
                for line in self.log.lines(piece):
                    if self.log.let_in:  # before that the sentence on the failure says it better
                        self.say(f"ssh: {line}")

    def signals(self) -> list[int]:
        """The signals that have come since this was asked last; those that end us are in `ended_by` as well."""
        self._take_signals()
        came, self._came = self._came, []
        return came

    @contextmanager
    def heeding(self, *numbers: signal.Signals) -> Iterator[None]:
        """Until the end of the block these signals do nothing but wake: `woken` is readable, `signals` tells them."""
        self.woken, waking = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(waking, False)
        wakes_before = signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        before = {number: signal.signal(number, lambda *_: None) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakes_before)
            os.close(waking)
            os.close(self.woken)
            self.woken = -1

    def _take_signals(self) -> None:
        with suppress(BlockingIOError):
            while numbers := os.read(self.woken, 256):
                self._came += numbers
                self.ended_by = self.ended_by or next((one for one in numbers if one in ENDING), 0)

    def _passed_on(self, data: bytes, door: int) -> bool:
        """In steps, so that a signal ends us also while nobody reads. False where whoever read has gone."""
        left, step = memoryview(data), TERMINAL_STEP_BYTES if os.isatty(door) else STEP_BYTES
        while left and not self.ended_by:
            woken, ready, _ = select.select([self.woken], [door], [])
            if woken:
                self._take_signals()
            if ready:
                try:
                    left = left[os.write(door, left[:step]) :]
                except BlockingIOError:
                    continue
                except OSError:
                    return False
        return True
