"""One process at a time writes the board: also so that a journal that lies there is always a dead one's."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callout.errors import Locked

_POLL_S = 0.05


@contextmanager
def board_lock(path: Path, longest_wait_s: float) -> Iterator[None]:
    """Held while the board is written. Raises Locked (9) where somebody else has it for longer, and OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    ends_at = time.monotonic() + longest_wait_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= ends_at:
                    raise Locked(
                        f"Somebody has had {path} for {longest_wait_s:.0f} seconds.", "Find who with: fuser -v FILE"
                    ) from None
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)
