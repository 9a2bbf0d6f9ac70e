"""So many at once, without letting those that merely wait for a slow other side keep the rest from starting."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """`places` at once. Whoever has been inside for `patience_s` does not count any more, up to `most` in all.

    For one event loop. First come, first served.
    """

    def __init__(self, places: int, patience_s: float, most: int) -> None:
        self._places = min(places, most)
        self._patience_s = patience_s
        self._most = most
        self._counted = 0
        self._inside = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._short = asyncio.Event()
        self._short.set()

    async def enter(self, timeout_s: float | None = None) -> Stay:
        """A place; whoever has it calls `leave`. Raises TimeoutError where there was none within `timeout_s`."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self._admit()
        try:
            if not turn.done():
                async with asyncio.timeout(timeout_s):
                    await turn
        except TimeoutError:
            if not turn.done() or turn.cancelled():
                raise
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.gone(counted=True)
            raise
        return Stay(self, self._patience_s)

    async def calm(self) -> None:
        """Returns when no more are waiting than there are places."""
        await self._short.wait()

    def no_longer_counts(self) -> None:
        """One of those inside waits for the other side."""
        self._counted -= 1
        self._admit()

    def gone(self, *, counted: bool) -> None:
        """One of those inside went away."""
        self._inside -= 1
        self._counted -= counted
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._counted < self._places and self._inside < self._most:
            turn = self._queue.popleft()
            if not turn.done():
                self._counted += 1
                self._inside += 1
                turn.set_result(None)
        if len(self._queue) <= self._places:
            self._short.set()
        else:
            self._short.clear()


class Stay:
    """One place in Slots."""

    def __init__(self, slots: Slots, patience_s: float) -> None:
        self._slots = slots
        self._counted = True
        self._timer = asyncio.get_running_loop().call_later(patience_s, self._impatient)

    def leave(self) -> None:
        """Gives the place back. Once."""
        self._timer.cancel()
        self._slots.gone(counted=self._counted)

    def _impatient(self) -> None:
        self._counted = False
        self._slots.no_longer_counts()
