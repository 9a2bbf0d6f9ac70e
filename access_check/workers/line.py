"""The sweep's end of a line to another process of ours: nothing here ever waits."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable

from access_check.workers.frames import BrokenFrame, Frame, Incoming

_PIECE_BYTES = 64 * 1024


class AsyncLine:
    """Frames out and in. `heard` is called for each that comes, `ended` once, when the other side is gone."""

    def __init__(self, sock: socket.socket, heard: Callable[[Frame], None], ended: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._heard = heard
        self._ended = ended
        self._incoming = Incoming()
        self._outgoing: deque[tuple[bytes, tuple[int, ...]]] = deque()
        self._open = True
        sock.setblocking(False)
        self._loop.add_reader(sock.fileno(), self._readable)

    def put(self, frame: Frame) -> None:
        """Sends the frame as soon as the other side takes it, and closes our copies of its sockets."""
        self._outgoing.append((frame.encoded(), frame.sockets))
        if len(self._outgoing) == 1 or not self._open:
            self._flush()

    def close(self) -> None:
        """Hangs up; `ended` is not called any more."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        self._sock.close()
        self._drop()

    def _flush(self) -> None:
        while self._outgoing and self._open:
            encoded, sockets = self._outgoing[0]
            try:
                sent = socket.send_fds(self._sock, [encoded], sockets)
            except BlockingIOError:
                self._loop.add_writer(self._sock.fileno(), self._flush)
                return
            except OSError:
                break  # the other side is gone, as the reader will find
            _close(sockets)
            if sent < len(encoded):
                self._outgoing[0] = (encoded[sent:], ())
            else:
                self._outgoing.popleft()
        self._drop()
        if self._open:
            self._loop.remove_writer(self._sock.fileno())

    def _drop(self) -> None:
        while self._outgoing:
            _close(self._outgoing.popleft()[1])

    def _readable(self) -> None:
        try:
            piece = self._sock.recv(_PIECE_BYTES)
            frames = self._incoming.feed(piece)
        except (BlockingIOError, InterruptedError):
            return
        except (OSError, BrokenFrame):
            piece, frames = b"", []
        for frame in frames:
            self._heard(frame)
        if not piece and self._open:
            self.close()
            self._ended()


def _close(sockets: tuple[int, ...]) -> None:
    for descriptor in sockets:
        os.close(descriptor)
