"""One overall end for all that is done to one system."""

from __future__ import annotations

import time


class Deadline:
    """A moment of the monotonic clock. Every wait of every probe is cut to what is left of it.

    `ends_at` is in seconds of that clock, which all processes of one machine share.
    """

    def __init__(self, timeout_s: float) -> None:
        self.ends_at = time.monotonic() + timeout_s

    @classmethod
    def at(cls, ends_at: float) -> Deadline:
        """The deadline of another process of ours."""
        return cls(ends_at - time.monotonic())

    @property
    def left_s(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self.ends_at - time.monotonic())

    @property
    def passed(self) -> bool:
        """True from the moment on which nothing more may be waited for."""
        return time.monotonic() >= self.ends_at

    def shared_by(self, number: int) -> float:
        """Seconds for the next of `number` things that have to be tried one after the other."""
        return self.left_s / max(1, number)
