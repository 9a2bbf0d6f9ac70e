"""ssh on a terminal of its own, with us between it and the person's: every key goes through, every byte comes back."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from callout.errors import CalloutError
from callout.shell.talk import ENDING, PATIENCE_S, PIECE_BYTES, Talk
from callout.shell.terminal import Terminal, set_size

KEEPER = Path(__file__).with_name("keeper.py")
# A person who pastes more than ssh takes waits; so much is on its way meanwhile.
TYPED_AHEAD_BYTES = 64 * 1024


def talk_on_terminal(talk: Talk, terminal: Terminal) -> int:
    """The exit status of ssh, negative for a signal. The terminal is as before when this returns or raises."""
    heeded = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT, *ENDING)
    with talk.heeding(*heeded), _kept(talk, terminal) as line:
        try:
            line.wait_until_ready()
            terminal.raw()
            line.pass_on()
        finally:
            terminal.restore()
        return line.rc


@contextmanager
def _kept(talk: Talk, terminal: Terminal) -> Iterator[_Line]:
    """ssh and its keeper; both are gone at the end."""
    master, slave = os.openpty()
    report, reporting = os.pipe()
    controlled, control = os.pipe()
    seen = os.dup(terminal.descriptor)  # the keeper's own standard descriptors are others
    try:
        # ssh asks its own terminal which keys do what, and tells the far side.
        termios.tcsetattr(slave, termios.TCSANOW, terminal.before)
        set_size(slave, terminal.size)
        passed = (reporting, controlled, seen, slave)
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER), *map(str, passed), *talk.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **talk.environment},
            pass_fds=passed,
            start_new_session=True,
        )
    except BaseException:
        for descriptor in (master, report, control):
            os.close(descriptor)
        raise
    finally:
        for descriptor in (slave, reporting, controlled, seen):
            os.close(descriptor)
    assert keeper.stderr
    line = _Line(talk, terminal, master, report, control, keeper.stderr.fileno())
    for descriptor in (master, line.errors):
        os.set_blocking(descriptor, False)
    try:
        yield line
    finally:
        # The end of `control` tells the keeper to hang up; it leaves by itself where ssh has ended.
        for descriptor in (control, master, report):
            os.close(descriptor)
        try:
            keeper.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()
        keeper.stderr.close()


@dataclass
class _Line:
    """The descriptors between the person and ssh. `rc` is ssh's exit status once it is known."""

    talk: Talk
    terminal: Terminal
    master: int
    report: int
    control: int
    errors: int
    rc: int = -signal.SIGKILL
    _typed: bytes = b""
    _reported: bytes = b""
    _over: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def wait_until_ready(self) -> None:
        """The keeper has seen how the terminal is set: from now on it can be raw. Raises CalloutError if it is gone."""
        while b"\n" not in self._reported:
            piece = os.read(self.report, 256)
            self._reported += piece
            if not piece:
                raise CalloutError("The program that keeps ssh's terminal did not start.", "Run it again.")
        self._reported = self._reported.partition(b"\n")[2]

    def pass_on(self) -> None:
        """Both ways, until ssh has ended and its last words are passed on, or a signal ends us."""
        talk, keys = self.talk, self.talk.doors.keys
        with self._selector as selector:
            for descriptor in (keys, self.master, self.report, self.errors, talk.log_reader, talk.woken):
                selector.register(descriptor, selectors.EVENT_READ)
            self._heed_reports()
            while not (self._over or talk.ended_by):
                ready = {key.fd: events for key, events in selector.select()}
                talk.read_log()
                if self.errors in ready:
                    self._hear_errors()
                if keys in ready:
                    self._take_keys()
                if self.master in ready and ready[self.master] & selectors.EVENT_READ:
                    self._hear()
                self._send_keys()
                if self.report in ready:
                    self._read_reports()
                for number in talk.signals():
                    self._heed(number)
            while self._hear() and not talk.ended_by:
                pass
            while self._hear_errors():
                pass
            talk.read_log()

    def _take_keys(self) -> None:
        try:
            piece = os.read(self.talk.doors.keys, 4096)
        except OSError:
            piece = b""
        if not piece:  # the terminal is gone; who had it tells us by a signal, or not at all
            self.talk.ended_by = self.talk.ended_by or signal.SIGHUP
            return
        self._typed += piece
        self.talk.observer.typed()
        if len(self._typed) > TYPED_AHEAD_BYTES:
            self._selector.unregister(self.talk.doors.keys)

    def _send_keys(self) -> None:
        waited = bool(self._typed)
        with suppress(BlockingIOError, OSError):  # ssh has gone: its end is reported
            while self._typed:
                self._typed = self._typed[os.write(self.master, self._typed) :]
        both = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._typed else 0)
        if waited and self.master in self._selector.get_map():
            self._selector.modify(self.master, both)
        if not self._typed and self.talk.doors.keys not in self._selector.get_map():
            self._selector.register(self.talk.doors.keys, selectors.EVENT_READ)

    def _hear(self) -> bool:
        """Takes all that is there now, up to a piece: a terminal gives at most 4 KiB at once, and each costs."""
        pieces, length, closed = [], 0, False
        while length < PIECE_BYTES and not closed:
            try:
                piece = os.read(self.master, PIECE_BYTES)
            except BlockingIOError:
                break
            except OSError:  # nobody has ssh's terminal open any more
                piece = b""
            pieces.append(piece)
            length += len(piece)
            closed = not piece
        if length:
            self.talk.heard(b"".join(pieces))
        elif closed and self.master in self._selector.get_map():
            self._selector.unregister(self.master)
        return bool(length)

    def _hear_errors(self) -> bool:
        try:
            data = os.read(self.errors, PIECE_BYTES)
        except BlockingIOError:
            return False
        if data:
            self.talk.errors(data)
        elif self.errors in self._selector.get_map():
            self._selector.unregister(self.errors)
        return bool(data)

    def _read_reports(self) -> None:
        piece = os.read(self.report, 4096)
        self._reported += piece
        self._heed_reports()
        self._over |= not piece  # the keeper was killed, and ssh's terminal is closed with it

    def _heed_reports(self) -> None:
        *lines, self._reported = self._reported.split(b"\n")
        for line in lines:
            if line == b"stopped":
                self._stop()
            elif line.startswith(b"ended "):
                self.rc, self._over = int(line[6:]), True

    def _heed(self, number: int) -> None:
        if number == signal.SIGWINCH:
            set_size(self.master, self.terminal.size)
            self.talk.observer.resized(*self.terminal.size)
        elif number == signal.SIGTSTP:
            self._stop()

    def _stop(self) -> None:
        """As ssh does on `~^Z`: the shell gets its terminal back, until it says `fg`."""
        self.terminal.restore()
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self.terminal.raw()
        self._heed(signal.SIGWINCH)
        os.write(self.control, b"w")
