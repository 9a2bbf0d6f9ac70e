"""What comes over the line from a system: counted, and read no faster than its limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from callout.backups.pacing import Bucket, Limit


@dataclass
class Line:
    """Counts what crossed the line from the system; with a `limit` it is read so slowly that TCP holds the rest back.

    `clock` only rises, in seconds; `wait` sleeps so many.
    """

    total_bytes: int = 0
    limit: Limit | None = None
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """`chunks`, counted, each as late as the limit wants it."""
        bucket = Bucket(self.limit.bytes_s, self.clock()) if self.limit else None
        for chunk in chunks:
            self.total_bytes += len(chunk)
            if bucket:
                bucket, wait_s = bucket.take(len(chunk), self.clock())
                if wait_s:
                    self.wait(wait_s)
            yield chunk
