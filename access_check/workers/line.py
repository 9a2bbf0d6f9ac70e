"""The sweep's end of a line to another process of ours: nothing here ever waits."""

from __future__ import annotations

import asyncio
import contextlib
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

    def hang_up(self) -> None:
        """Closes it once all is heard that was said before; from here on the other side says nothing unheard.

        Its next `send` fails, so a worker that has yet to say that a credential goes out cannot let it go out.
        """
        if self._open:
            with contextlib.suppress(OSError):  # the other side was faster, and can say nothing either
                self._sock.shutdown(socket.SHUT_RD)
            with contextlib.suppress(BlockingIOError):
                while self._open and self._hear():
                    pass
        self.close()

    def _flush(self) -> None:
        while self._outgoing and self._open:
            encoded, sockets = self._outgoing[0]
            try:
                sent = socket.send_fds(self._sock, [encoded], sockets)
            except BlockingIOError:
                self._loop.add_writer(self._sock.fileno(), self._flush)
                return
            except OSError:
                self._give_up()
                break
            _close(sockets)
            if sent < len(encoded):
                self._outgoing[0] = (encoded[sent:], ())
            else:
                self._outgoing.popleft()
        self._drop()
        if self._open:
            self._loop.remove_writer(self._sock.fileno())

    def _give_up(self) -> None:
        """Nothing more goes out: the other side is gone, or it ends now, as the reader will find.

        It might wait for ever for what could not be sent (too many sockets on their way, no memory).
        """
        with contextlib.suppress(OSError):  # gone it is
            self._sock.shutdown(socket.SHUT_WR)

    def _drop(self) -> None:
        while self._outgoing:
            _close(self._outgoing.popleft()[1])

    def _readable(self) -> None:
        try:
            more = self._hear()
        except BlockingIOError:
            return
        if not more and self._open:
            self.close()
            self._ended()

    def _hear(self) -> bool:
        """Takes in what is there; False once nothing more will come. Raises BlockingIOError while nothing is."""
        try:
            piece = self._sock.recv(_PIECE_BYTES)
            for frame in self._incoming.feed(piece):
                self._heard(frame)
        except BlockingIOError:
            raise
        except (OSError, BrokenFrame):
            return False
        return bool(piece)


def _close(sockets: tuple[int, ...]) -> None:
    for descriptor in sockets:
        os.close(descriptor)
