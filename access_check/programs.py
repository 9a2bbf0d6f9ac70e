"""Starts other programs (ssh for the way through a jump host, our own workers): the only file that does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from access_check.errors import AccessCheckError

_SAID_BYTES = 64 * 1024
_LOOK_EVERY_S = 0.005


class CannotLook(AccessCheckError):
    """Something on our own side keeps us from looking."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A running program behind a socket: what is sent is its standard input, what comes its standard output."""

    socket: socket.socket
    process: subprocess.Popen[bytes]

    def last_words(self, wait_s: float) -> bytes:
        """The first 64 KiB of its standard error, once it has ended; it is given so long for that, then killed."""
        try:
            self.process.wait(wait_s)
        except subprocess.TimeoutExpired:
            _kill(self.process)
        assert self.process.stderr is not None
        os.set_blocking(self.process.stderr.fileno(), False)
        return self.process.stderr.read(_SAID_BYTES) or b""


@contextmanager
def tunnel(arguments: Sequence[str]) -> Iterator[Tunnel]:
    """Starts one program, without a shell, as a socket; it and its children are killed on leaving.

    Raises CannotLook where it is not installed, or this machine starts no more programs.
    """
    try:
        ours, its = socket.socketpair()
    except OSError as error:
        raise _cannot_start(arguments[0], error) from None
    try:
        with its:
            process = subprocess.Popen(
                list(arguments),
                stdin=its.fileno(),
                stdout=its.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except FileNotFoundError:
        ours.close()
        raise CannotLook(f"{arguments[0]} is not installed here.", "Install the OpenSSH client.") from None
    except OSError as error:
        ours.close()
        raise _cannot_start(arguments[0], error) from None
    with ours, process:
        try:
            yield Tunnel(ours, process)
        finally:
            _kill(process)


def _cannot_start(program: str, error: OSError) -> CannotLook:
    return CannotLook(f"{program} cannot be started: {error.strerror}.", "Look at fewer systems at once (--jobs).")


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # the whole group has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def start_python(module: str, sock: socket.socket) -> subprocess.Popen[bytes]:
    """Starts `python -m module` with `sock` as its standard input and nothing on its standard output.

    It finds the same packages as we do, and none in the folder that we happen to stand in. Raises CannotLook.
    """
    home = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=sock.fileno(),
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError as error:
        why = error.strerror or str(error)
        raise CannotLook(f"No worker process can be started: {why}.", "Free some memory, then check again.") from None


class ForkedProgram:
    """A copy of this process that became another program; to be waited for and killed as a Popen is."""

    def __init__(self, process: int) -> None:
        self.pid = process
        self._ended = False

    def wait(self, timeout_s: float | None = None) -> None:
        """Returns when it has ended. Raises TimeoutExpired."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._ended:
            try:
                self._ended = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)[0] != 0
            except ChildProcessError:
                self._ended = True
            if not self._ended and until is not None:
                if time.monotonic() >= until:
                    raise subprocess.TimeoutExpired("a forked process", timeout_s or 0.0)
                time.sleep(_LOOK_EVERY_S)

    def kill(self) -> None:
        """Ends it at once."""
        if not self._ended:
            with suppress(ProcessLookupError):  # somebody else has waited for it
                os.kill(self.pid, signal.SIGKILL)


def forked_program(body: Callable[[], None], sock: socket.socket) -> ForkedProgram:
    """Runs `body` as `start_python` would a module: with `sock` as standard input, and nothing else of ours open.

    It hears no Ctrl-C. For a process with one thread only. Raises OSError.
    """

    def alone() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.dup2(sock.fileno(), 0)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        body()

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C in between would be told by both
    try:
        return ForkedProgram(forked(alone))
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def forked(body: Callable[[], None]) -> int:
    """The process id of a copy of this process that runs `body` and ends. For a process with one thread only."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        body()
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass  # whoever asked for it is gone, and so are we
    except BaseException:  # noqa: BLE001 - nothing may come back into the copy's callers
        traceback.print_exc()
    finally:
        os._exit(status)
