"""What a mail server says, bounded: how long a line is, how many there are, and how long all of it may take."""

from __future__ import annotations

import socket
import time

LONGEST_LINE = 1000
MOST_LINES = 100


class Deadline:
    """A moment by which all has to be over, by a clock that nobody sets. `step_s` is the longest single wait."""

    def __init__(self, whole_s: float, step_s: float) -> None:
        self._ends = time.monotonic() + whole_s
        self._step_s = step_s

    def left_s(self) -> float:
        """How long the next wait may take. Raises TimeoutError where there is no time left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the conversation took too long")
        return min(left, self._step_s)


class BoundedLines:
    """Lines of a server's answers, as smtplib reads them from a file. One per connection and layer of encryption."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._buffer = b""

    def readline(self, limit: int = LONGEST_LINE) -> bytes:
        """The next line with its end; empty once the server has hung up. A line that is too long comes cut.

        Raises TimeoutError (also for a server that says a byte at a time for ever), OSError.
        """
        most = min(limit, LONGEST_LINE + 1)
        while b"\n" not in self._buffer and len(self._buffer) < most:
            self._connection.settimeout(self._deadline.left_s())
            piece = self._connection.recv(4096)
            if not piece:
                break
            self._buffer += piece
        end = self._buffer.find(b"\n", 0, most) + 1 or min(most, len(self._buffer))
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    @property
    def unread(self) -> bool:
        """Whether the server has said more than it was asked."""
        return bool(self._buffer)

    def close(self) -> None:
        """Nothing: the connection is closed by whoever opened it."""
