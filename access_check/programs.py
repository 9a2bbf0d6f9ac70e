"""Starts other programs (ssh, for the way through a jump host): the only file of access_check that does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from access_check.errors import AccessCheckError

_SAID_BYTES = 64 * 1024


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

    Raises CannotLook where it is not installed.
    """
    ours, its = socket.socketpair()
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
    with ours, process:
        try:
            yield Tunnel(ours, process)
        finally:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # the whole group has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
