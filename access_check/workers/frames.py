"""Frames on a Unix socket: kind, number, bytes, and open sockets that go along. Both ends are ours."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from access_check.observations_codec import LIMIT_BYTES

LIMIT = LIMIT_BYTES + 64 * 1024
_HEADER = struct.Struct(">BIIB")
_MOST_SOCKETS = 4


class Kind(IntEnum):
    """What a frame says. `number` is the job's, or a process id."""

    FORK = 1  # sweep to nursery, with the worker's end of a socket pair; number is how often it is to say ALIVE, in ms
    FORKED = 2  # nursery to sweep: number is the process id
    KILL = 3  # sweep to nursery: number is the process id
    JOB = 4  # sweep to worker, with the socket to go on with
    SECRETS_NEXT = 5  # worker to sweep: from here on the job may have sent a credential
    SEEN = 6  # worker to sweep: observations
    PREVENTED = 7  # worker to sweep: message and hint of what keeps us from looking
    FAULT = 8  # worker to sweep: the traceback of a fault of ours
    OVERDUE = 9  # worker to sweep: the job outlives its deadline
    ALIVE = 10  # worker to sweep, as often as FORK said, while it has jobs


class BrokenFrame(Exception):
    """The other end wrote what no frame of ours looks like: it is not to be trusted any further."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message, and the sockets that came with it (whoever has the frame closes them).

    `lost` are those that were sent along and did not come: this process may have no more descriptors.
    """

    kind: Kind
    number: int = 0
    body: bytes = b""
    sockets: tuple[int, ...] = ()
    lost: int = 0

    def encoded(self) -> bytes:
        """Header and body; the sockets travel beside them."""
        return _HEADER.pack(self.kind, self.number, len(self.body), len(self.sockets)) + self.body


class Line:
    """The blocking end of nursery and worker; `send` may be called by several threads."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._sending = threading.Lock()

    def send(self, frame: Frame) -> None:
        """Sends a frame without sockets. Raises OSError when the sweep is gone."""
        with self._sending:
            self.sock.sendall(frame.encoded())

    def receive(self) -> Frame | None:
        """The next frame, None when the sweep is gone."""
        sockets: list[int] = []
        header = self._exactly(_HEADER.size, sockets)
        if header is None:
            return None
        kind, number, length, along = _HEADER.unpack(header)
        body = self._exactly(length, sockets)
        return None if body is None else Frame(Kind(kind), number, body, tuple(sockets), along - len(sockets))

    def _exactly(self, size: int, sockets: list[int]) -> bytes | None:
        read = bytearray()
        while len(read) < size:
            try:
                piece, came, _, _ = socket.recv_fds(self.sock, size - len(read), _MOST_SOCKETS)
            except ConnectionError:
                return None
            sockets += came
            if not piece:
                return None
            read += piece
        return bytes(read)


class Incoming:
    """Pieces that came → whole frames, for the sweep's event loop. Nobody sends sockets in this direction."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that are whole now. Raises BrokenFrame behind those that came before the broken one."""
        self._buffer += piece
        while len(self._buffer) >= _HEADER.size:
            kind, number, length, sockets = _HEADER.unpack_from(self._buffer)
            if length > LIMIT or sockets or kind not in set(Kind):
                raise BrokenFrame(f"kind {kind}, {length} bytes, {sockets} sockets")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            frame = Frame(Kind(kind), number, bytes(self._buffer[_HEADER.size : end]))
            del self._buffer[:end]
            yield frame
