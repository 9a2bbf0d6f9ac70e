"""A socket with an end: one deadline and one byte limit over all that a server may make us read.

Paramiko has no bound of its own: a byte a second, an endless banner or a packet length of 2³²-1 keep it
reading for ever. It only ever sees this socket.
"""

from __future__ import annotations

import contextlib
import socket
import time
from enum import StrEnum

from access_check.probes.deadline import Deadline

BEFORE_LOGIN_BYTES = 64 * 1024
KEPT_BYTES = 16 * 1024
PIECE_BYTES = 32 * 1024
# Sent as soon as the port opens, by whoever listens first: many servers wait for it (RFC 4253, 4.2).
IDENTIFICATION = b"SSH-2.0-access_check\r\n"
# Setting a socket's timeout is a system call as well.
_CLOCK_S = 0.2


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
    writes alike fail from the deadline on. `already` is what somebody else read before, after our
    identification was sent; it comes first, counts as received, and the identification is not sent again.
    """

    def __init__(
        self,
        sock: socket.socket,
        deadline: Deadline,
        limit_bytes: int = BEFORE_LOGIN_BYTES,
        already: bytes | None = None,
    ) -> None:
        self._sock = sock
        self._deadline = deadline
        self._limit_bytes = limit_bytes
        self._waiting = already or b""
        self._set_at = -_CLOCK_S
        self._to_swallow = b"" if already is None else IDENTIFICATION
        self._closed = False  # the name that Paramiko's stop_thread looks at
        self.head = bytearray(self._waiting[:KEPT_BYTES])
        self.received_bytes = len(self._waiting)
        self.trip: Trip | None = None

    def allow(self, more_bytes: int) -> None:
        """Lets so many bytes through beyond those that came already: after the login."""
        self._limit_bytes = self.received_bytes + more_bytes

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes, empty at the end. Raises GuardTripped, or TimeoutError at the socket's own timeout."""
        if not self._waiting:
            self._look_at_the_clock()
            self._waiting = self._received()
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece

    def send(self, data: bytes) -> int:
        """How many bytes were sent. Raises GuardTripped."""
        self._look_at_the_clock()
        if self._to_swallow and data == self._to_swallow:
            self._to_swallow = b""
            return len(data)
        return self._sock.send(data)

    def settimeout(self, timeout_s: float | None) -> None:
        """Nothing: a read waits up to the deadline, and `close` ends it. Paramiko would look up ten times a second."""

    def getpeername(self) -> object:
        """As a socket's."""
        return self._sock.getpeername()

    def close(self) -> None:
        """Closes the socket below, and ends a read that waits for it; may be called twice."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):  # nobody is at the other end any more
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _received(self) -> bytes:
        """All that is there by now: Paramiko asks for every packet in two pieces, and each costs a system call."""
        allowed = min(PIECE_BYTES, self._limit_bytes - self.received_bytes)
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

    def _look_at_the_clock(self) -> None:
        """Ends the conversation after the deadline, and lets no wait outlive it by more than 0.2 s."""
        if self._deadline.passed:
            self.trip = self.trip or Trip.DEADLINE
            raise GuardTripped("the deadline has passed")
        now = time.monotonic()
        if now >= self._set_at + _CLOCK_S:
            self._set_at = now
            self._sock.settimeout(max(0.001, self._deadline.left_s))
