"""Waiting for SQLite's lock so that everybody's turn comes: many short looks instead of ever longer pauses."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
# Who waits longer than this meets a lock that somebody forgot, not a busy team.
LONGEST_S = 60.0
_PAUSES_S = (0.001, 0.002, 0.003)
# Whoever writes without a pause has the lock again before anybody can look. Now and then it is left open for longer
# than the others pause, so that one of them gets it.
_TURN_S = 0.2
_COURTESY_S = 0.005


class Turns:
    """One process's way of waiting for, and giving away, the lock of one file."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._began = self._ended = time.monotonic()

    def wait_for(self, action: Callable[[], Result]) -> Result:
        """What `action` gives once nobody has the lock. Raises sqlite3.OperationalError where that takes too long."""
        ends_at = None
        attempt = os.getpid()
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                # Python's own complaints have no code.
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                now = time.monotonic()
                ends_at = ends_at or now + self._longest_s
                if now > ends_at:
                    raise
            time.sleep(_PAUSES_S[attempt % len(_PAUSES_S)])
            attempt += 1

    def begin(self) -> None:
        """To be called before a write: whoever has written for a while without a pause makes one."""
        now = time.monotonic()
        if now - self._ended > _COURTESY_S:
            self._began = now
        elif now - self._began > _TURN_S:
            time.sleep(_COURTESY_S)
            self._began = time.monotonic()

    def end(self) -> None:
        """To be called after a write."""
        self._ended = time.monotonic()
