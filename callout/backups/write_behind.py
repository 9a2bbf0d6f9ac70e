"""Written at once, passed on behind: nobody waits for a reader that rests now and then, as Borg does for its disk."""

from __future__ import annotations

import threading
from collections import deque
from typing import IO, Protocol

# So much at a time: headers and small files go together.
PIECE_BYTES = 256 * 1024
MOST_BYTES = 16 * 1024 * 1024
# A wait without an end can miss an interrupt (Python 3.11).
TICK_S = 1.0


class Sink(Protocol):
    """What takes bytes, all of them."""

    def write(self, data: bytes | memoryview, /) -> int:
        """How many were taken: all."""

    def flush(self) -> None:
        """Lets go of what is held back for company; does not wait until it has arrived."""


class WriteBehind:
    """Takes up to `most_bytes` more than `sink` has taken. One thread writes to it; `close` it, or `give_up`.

    What the sink raises (an OSError) is raised by the next `write`, or by `close`. `closed` says that it has all.
    """

    def __init__(self, sink: IO[bytes], most_bytes: int = MOST_BYTES) -> None:
        self._sink, self._most_bytes = sink, most_bytes
        self._gathered = bytearray()
        self._pieces: deque[bytearray] = deque()
        self._held = 0
        self._ended = False
        self.closed = False
        self._failure: OSError | None = None
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._pass_on, name="write-behind", daemon=True)
        self._writer.start()

    def write(self, data: bytes | memoryview) -> int:
        """Takes all of `data`, which may change afterwards."""
        self._gathered += data
        if len(self._gathered) >= PIECE_BYTES:
            self._hand_over()
        return len(data)

    def flush(self) -> None:
        """Passes on what is gathered so far; does not wait for it."""
        self._hand_over()

    def close(self) -> None:
        """Waits until the sink has everything, and closes it."""
        self._hand_over()
        self._end()
        if self._failure:
            raise self._failure
        self._sink.close()
        self.closed = True

    def give_up(self) -> None:
        """Forgets what the sink has not taken. Its reader must be gone by then: else this waits for it."""
        with self._changed:
            self._pieces.clear()
        self._end()

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        while self._writer.is_alive():
            self._writer.join(TICK_S)

    def _hand_over(self) -> None:
        piece, self._gathered = self._gathered, bytearray()
        with self._changed:
            while self._held > self._most_bytes and not self._failure:
                self._changed.wait(TICK_S)
            if self._failure:
                raise self._failure
            self._pieces.append(piece)
            self._held += len(piece)
            self._changed.notify_all()

    def _pass_on(self) -> None:
        while (piece := self._next()) is not None:
            try:
                self._sink.write(piece)
                self._sink.flush()
            except OSError as error:
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
                return
            with self._changed:
                self._held -= len(piece)
                self._changed.notify_all()

    def _next(self) -> bytearray | None:
        with self._changed:
            while not self._pieces and not self._ended:
                self._changed.wait(TICK_S)
            return self._pieces.popleft() if self._pieces else None
