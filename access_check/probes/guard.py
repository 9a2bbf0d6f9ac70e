"""A socket with an end: one deadline and one byte limit over all that a server may make us read.

Paramiko has no bound of its own: a byte a second, an endless banner or a packet length of 2³²-1 keep it
reading for ever. It only ever sees this socket.
"""

from __future__ import annotations

import socket
from enum import StrEnum

from access_check.probes.deadline import Deadline

BEFORE_LOGIN_BYTES = 64 * 1024
KEPT_BYTES = 16 * 1024
PIECE_BYTES = 32 * 1024


class Trip(StrEnum):
    """Why a guarded conversation ended."""

    DEADLINE = "deadline"
    TOO_MUCH = "too-much"
    CLOSED = "closed"
    RESET = "reset"


class GuardTripped(EOFError):
    """Ends the conversation from inside; an EOFError, because that is what Paramiko takes for an end."""


class GuardSocket:
    """What `paramiko.Transport` needs of a socket, and nothing more.

    `head` are the first 16 KiB that came, `received_bytes` counts all, `trip` says why it ended. Reads and
    writes alike fail from the deadline on, so no thread outlives it by more than the poll of 0.1 s.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, limit_bytes: int = BEFORE_LOGIN_BYTES) -> None:
        self._sock = sock
        self._deadline = deadline
        self._limit_bytes = limit_bytes
        self._closed = False  # the name that Paramiko's stop_thread looks at
        self.head = bytearray()
        self.received_bytes = 0
        self.trip: Trip | None = None

    def allow(self, more_bytes: int) -> None:
        """Lets so many bytes through beyond those that came already: after the login."""
        self._limit_bytes = self.received_bytes + more_bytes

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end. Raises GuardTripped, or TimeoutError at the socket's own timeout."""
        self._look_at_the_clock()
        allowed = min(size, PIECE_BYTES, self._limit_bytes - self.received_bytes)
        if allowed <= 0:
            self.trip = self.trip or Trip.TOO_MUCH
            raise GuardTripped("more bytes than a login needs")
        try:
            piece = self._sock.recv(allowed)
        except ConnectionError:
            self.trip = self.trip or Trip.RESET
            raise
        if not piece:
            self.trip = self.trip or Trip.CLOSED
        self.received_bytes += len(piece)
        if len(self.head) < KEPT_BYTES:
            self.head += piece[: KEPT_BYTES - len(self.head)]
        return piece

    def send(self, data: bytes) -> int:
        """How many bytes were sent. Raises GuardTripped."""
        self._look_at_the_clock()
        return self._sock.send(data)

    def settimeout(self, timeout_s: float | None) -> None:
        """The poll of a single read or write, not the deadline."""
        self._sock.settimeout(timeout_s)

    def getpeername(self) -> object:
        """As a socket's."""
        return self._sock.getpeername()

    def close(self) -> None:
        """Closes the socket below; may be called twice."""
        self._closed = True
        self._sock.close()

    def _look_at_the_clock(self) -> None:
        if self._deadline.passed:
            self.trip = self.trip or Trip.DEADLINE
            raise GuardTripped("the deadline has passed")
