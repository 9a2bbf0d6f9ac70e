"""The sweep's workers: started when the first server has spoken, replaced when one is lost, gone at the end."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections import deque
from itertools import count

from access_check.programs import CannotLook, ForkedProgram, start_python
from access_check.workers.colleague import Colleague
from access_check.workers.frames import Frame, Kind
from access_check.workers.job import Job
from access_check.workers.line import AsyncLine
from access_check.workers.outcome import Outcome, Prevented
from access_check.workers.ready_made import ReadyMade

MODULE = "access_check.workers"
# A frozen worker is found after six ticks: early enough that those who were in it can be looked at once more.
_TICK_S = 1.0
_LEAST_TICK_S = 0.2
_TICKS_A_LOOK = 20
_ENDS_WITHIN_S = 5.0
# Half a second of processor time; but the machine may have a lot to do, and the packages may lie far away.
_STARTS_WITHIN_S = 120.0


class Pool:
    """Workers for one sweep, at most one per processor and at least two. For one event loop.

    Their nursery is `ready_made`, or a new process that runs `module`. `timeout_s` is what one system may take,
    `starts_within_s` what the first worker may.
    """

    def __init__(
        self,
        module: str = MODULE,
        ready_made: ReadyMade | None = None,
        timeout_s: float = 20.0,
        starts_within_s: float = _STARTS_WITHIN_S,
    ) -> None:
        self._module = module
        self._ready_made = ready_made
        self._starts_within_s = starts_within_s
        self._tick_s = min(_TICK_S, max(_LEAST_TICK_S, timeout_s / _TICKS_A_LOOK))
        self._size = max(2, os.cpu_count() or 2)
        self._numbers = count(1)
        self._nursery: subprocess.Popen[bytes] | ForkedProgram | None = None
        self._line: AsyncLine | None = None
        self._workers: list[Colleague] = []
        self._unborn: deque[Colleague] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._begun: asyncio.Future[None] | None = None
        self._over = ""

    async def ready(self) -> float:
        """How many seconds were waited for the first worker, none where there is one already.

        That time is ours and not the system's.
        """
        if self._begun is None:
            self._begun = asyncio.get_running_loop().create_future()
            try:
                self._born()
            except CannotLook as error:
                self._end(error.message)
        if self._begun.done():
            return 0.0
        before = time.monotonic()
        try:
            async with asyncio.timeout(self._starts_within_s):
                await asyncio.shield(self._begun)
        except TimeoutError:
            self._end(f"No worker process was there within {self._starts_within_s:.0f} s.")
        return time.monotonic() - before

    async def look(self, job: Job, sock: socket.socket | None, *, alone: bool = False) -> Outcome:
        """What became of the job, at the latest 1 s after its deadline. The socket is ours no longer.

        `alone` gives it a worker of its own. Raises WorkerFault for a fault of ours.
        """
        try:
            worker = self._born() if alone else self._free()
            worker.retired = worker.retired or alone
        except CannotLook as error:
            if sock is not None:
                sock.close()
            return Prevented(error.message, error.hint)
        return await worker.give(next(self._numbers), job, sock)

    @property
    def processes(self) -> list[int]:
        """The process ids of the workers that are known to live, for those who watch us."""
        return [worker.process for worker in self._workers if worker.process]

    def close(self) -> None:
        """Ends all workers and waits for them; what was still under way is lost. May be called twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for worker in list(self._workers):
            worker.end()
        if self._line is not None:
            self._line.close()
        if self._nursery is not None:
            try:
                self._nursery.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._nursery.kill()
                self._nursery.wait()
            self._nursery = None

    def _free(self) -> Colleague:
        """The worker with the least to do; a new one where all have something and there may be more."""
        self._refuse_when_over()
        hale = [worker for worker in self._workers if not worker.retired]
        least = min(hale, key=lambda worker: worker.busy, default=None)
        if least is not None and (not least.busy or len(hale) >= self._size):
            return least
        return self._born()

    def _born(self) -> Colleague:
        if self._line is None and not self._over:
            self._start()
        self._refuse_when_over()
        assert self._line is not None
        ours, theirs = socket.socketpair()
        worker = Colleague(ours, self._changed)
        self._line.put(Frame(Kind.FORK, int(1000 * self._tick_s), sockets=(theirs.detach(),)))
        self._workers.append(worker)
        self._unborn.append(worker)
        return worker

    def _refuse_when_over(self) -> None:
        if self._over:
            raise CannotLook(self._over, "Check again; what it says on standard error is a fault of ours.")

    def _start(self) -> None:
        ours = self._taken() or self._started()
        self._line = AsyncLine(ours, self._heard, self._nursery_ended)
        self._timer = asyncio.get_running_loop().call_later(self._tick_s, self._tick)

    def _taken(self) -> socket.socket | None:
        """Our end of the line to the nursery that was there before us."""
        if self._ready_made is None or self._ready_made.taken:
            return None
        self._ready_made.taken = True
        self._nursery = self._ready_made.process
        return self._ready_made.sock

    def _started(self) -> socket.socket:
        """Our end of the line to a new nursery."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._nursery = start_python(self._module, theirs)
            except CannotLook:
                ours.close()
                raise
        return ours

    def _heard(self, frame: Frame) -> None:
        if frame.kind is Kind.FORKED and self._unborn:
            worker = self._unborn.popleft()
            worker.process = frame.number
            self._begin()
            if worker not in self._workers:
                self._kill(worker)

    def _nursery_ended(self) -> None:
        self._end("The worker processes ended before their work was done.")

    def _end(self, why: str) -> None:
        self._over = why
        self._begin()

    def _begin(self) -> None:
        if self._begun is not None and not self._begun.done():
            self._begun.set_result(None)

    def _changed(self, worker: Colleague) -> None:
        """A worker that is to have no further jobs is ended after its last."""
        if worker.finished and worker in self._workers:
            self._workers.remove(worker)
            worker.end()
            self._kill(worker)

    def _kill(self, worker: Colleague) -> None:
        if worker.process and self._line is not None and not self._over:
            self._line.put(Frame(Kind.KILL, worker.process))

    def _tick(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._tick_s, self._tick)
        for worker in list(self._workers):
            worker.tick()
