"""A socket for http.client with an end: one deadline over every read and write, and a limit on what is read.

http.client bounds the length of a line and nothing else: it reads a byte a second for ever.
"""

from __future__ import annotations

import io
import select
import socket

from access_check.probes.deadline import Deadline
from access_check.probes.tls_stream import TlsStream

# What a read counts at least: a server that sends a byte a piece must not keep our processor busy.
_LEAST_BYTES = 16


class TooMuch(OSError):
    """The server sent more than was allowed."""


class BoundedSocket:
    """What http.client needs of a socket, and nothing more."""

    def __init__(self, sock: socket.socket | TlsStream, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._left_bytes = 0

    def allow(self, limit_bytes: int) -> None:
        """Lets so many bytes through from now on."""
        self._left_bytes = limit_bytes

    def sendall(self, data: bytes) -> None:
        """Sends all of it. Raises TimeoutError at the deadline."""
        self._set_timeout()
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """A reader over the same bounds; closing it leaves the socket open."""
        assert mode == "rb"
        return io.BufferedReader(_Reader(self))

    def receive_into(self, buffer: memoryview) -> int:
        """How many bytes came, 0 at the end. Raises TimeoutError at the deadline, TooMuch at the limit."""
        if self._left_bytes <= 0:
            raise TooMuch("more than was asked for")
        self._set_timeout()
        received = self._sock.recv_into(buffer[: self._left_bytes])
        self._left_bytes -= max(received, _LEAST_BYTES)
        return received

    def is_quiet(self) -> bool:
        """True while the server has sent nothing unasked, its goodbye included: the connection can be used again."""
        waiting = select.poll()
        waiting.register(self._sock, select.POLLIN)
        return not waiting.poll(0)

    def close(self) -> None:
        """Nothing: http.client closes a socket whose body it has still to read. `hang_up` is the end."""

    def hang_up(self) -> None:
        """Closes the socket below; may be called twice."""
        self._sock.close()

    def _set_timeout(self) -> None:
        if self._deadline.passed:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(max(0.001, self._deadline.left_s))


class _Reader(io.RawIOBase):
    def __init__(self, source: BoundedSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._source.receive_into(memoryview(buffer))
