"""A script's output as it comes over ssh, while its input goes the other way."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from callout.errors import Unreachable
from callout.programs import Completed

PIECE_BYTES = 1024 * 1024


@dataclass
class OpenSSHStream:
    """See callout.shell.session.Stream. `ends_at` is on the monotonic clock; `judged` raises ssh's own failures."""

    name: str
    process: subprocess.Popen[bytes]
    source: Iterator[bytes]
    ends_at: float
    silence_s: float
    judged: Callable[[Completed], Completed]
    _stderr: bytes = b""
    _pending: bytes = b""

    def chunks(self) -> Iterator[bytes]:
        """See Stream.chunks."""
        with selectors.DefaultSelector() as selector:
            assert self.process.stdin and self.process.stdout and self.process.stderr
            os.set_blocking(self.process.stdin.fileno(), False)
            selector.register(self.process.stdout, selectors.EVENT_READ, "out")
            selector.register(self.process.stderr, selectors.EVENT_READ, "err")
            selector.register(self.process.stdin, selectors.EVENT_WRITE, "in")
            while selector.get_map():
                left = self.ends_at - time.monotonic()
                ready = selector.select(min(left, self.silence_s)) if left > 0 else []
                if not ready:
                    raise Unreachable(f"{self.name}: the stream did not end in time.", "Check the line.")
                for key, _ in ready:
                    if key.data == "in":
                        self._feed(selector)
                        continue
                    piece = os.read(key.fd, PIECE_BYTES)
                    if not piece:
                        selector.unregister(key.fileobj)
                    elif key.data == "err":
                        self._stderr = (self._stderr + piece)[-65536:]
                    else:
                        yield piece

    def _feed(self, selector: selectors.BaseSelector) -> None:
        stdin = self.process.stdin
        assert stdin
        self._pending = self._pending or next((piece for piece in self.source if piece), b"")
        try:
            if self._pending:
                self._pending = self._pending[os.write(stdin.fileno(), self._pending[:65536]) :]
                return
        except BlockingIOError:
            return
        except BrokenPipeError:
            # The script has ended before it read all; its exit status says why.
            self._pending = b""
        selector.unregister(stdin)
        stdin.close()

    def finish(self) -> Completed:
        """See Stream.finish."""
        try:
            rc = self.process.wait(timeout=max(1.0, self.ends_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Unreachable(f"{self.name}: the stream did not end in time.", "Check the line.") from None
        return self.judged(Completed(rc, b"", self._stderr))
