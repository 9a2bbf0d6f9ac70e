"""The program between callout and ssh on a terminal of ssh's own; run by its path, imports nothing of callout.

Usage: keeper.py REPORT CONTROL TERMINAL SLAVE COMMAND…      (four numbers of open descriptors)

It leads the session of ssh's terminal, so that ssh can be stopped (`~^Z`) and woken as under a shell, and it outlives
callout: where callout is killed, it hangs ssh up and sets the person's terminal back. It writes to REPORT `ready`, then
a line for each change: `stopped`, `ended N` (negative: a signal). A byte on CONTROL wakes ssh, its end hangs ssh up.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import termios
import time
from contextlib import suppress

HANG_UP_S = 3.0
IGNORED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGTERM)


def main(report: int, control: int, terminal: int, slave: int, command: list[str]) -> None:
    """Starts ssh, tells how it fares, and ends with it or with callout."""
    before = termios.tcgetattr(terminal)
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = _begin(slave, command)
    _say(report, "ready")
    while True:
        ready, _, _ = select.select([woken, control], [], [])
        if woken in ready:
            os.read(woken, 64)
            if _told(child, report):
                os.close(slave)
                # callout may be killed before it has set the terminal back itself.
                while os.read(control, 64):
                    pass
                _set_back(terminal, before)
                return
        if control in ready:
            if not os.read(control, 64):
                _hang_up(child)
                _set_back(terminal, before)
                return
            _wake(slave, child)


def _begin(slave: int, command: list[str]) -> int:
    """Starts the command in the foreground of its terminal, in a process group of its own."""
    gate, opened = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setpgid(0, 0)
            os.close(opened)
            os.read(gate, 1)
            signal.set_wakeup_fd(-1)
            for number in (*IGNORED, signal.SIGPIPE, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            for place in (0, 1):
                os.dup2(slave, place)
            os.closerange(3, 256)
            os.execvp(command[0], command)  # noqa: S606 - no shell is meant
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        finally:
            os._exit(127)
    with suppress(OSError):  # it was faster
        os.setpgid(child, child)
    os.tcsetpgrp(slave, child)
    os.close(gate)
    os.close(opened)
    return child


def _told(child: int, report: int) -> bool:
    """Tells what became of ssh; True once it has ended."""
    while True:
        seen, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if not seen:
            return False
        if os.WIFSTOPPED(status):
            _say(report, "stopped")
            continue
        _say(report, f"ended {os.waitstatus_to_exitcode(status)}")
        return True


def _wake(slave: int, child: int) -> None:
    os.tcsetpgrp(slave, child)
    os.killpg(child, signal.SIGCONT)


def _hang_up(child: int) -> None:
    """As when a terminal is closed; killed where that is not enough."""
    ends_at = time.monotonic() + HANG_UP_S
    os.killpg(child, signal.SIGHUP)
    os.killpg(child, signal.SIGCONT)
    while time.monotonic() < ends_at:
        seen, status = os.waitpid(child, os.WNOHANG)
        if seen and not os.WIFSTOPPED(status):
            return
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)


def _set_back(terminal: int, before: list[object]) -> None:
    """Sets the person's terminal back, unless a shell has done so: it is left alone where keys make signals."""
    try:
        if not termios.tcgetattr(terminal)[3] & (termios.ISIG | termios.ICANON):
            termios.tcsetattr(terminal, termios.TCSANOW, before)  # type: ignore[arg-type]
    except termios.error:
        return  # the terminal is gone


def _say(report: int, line: str) -> None:
    try:
        os.write(report, line.encode() + b"\n")
    except BrokenPipeError:
        return  # callout is gone; CONTROL says so as well


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
