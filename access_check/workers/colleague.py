"""One worker as the sweep sees it: what it was given, and whether it still lives."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from access_check.observations_codec import UnreadableObservations, load
from access_check.workers.frames import Frame, Kind
from access_check.workers.job import Job
from access_check.workers.line import AsyncLine
from access_check.workers.outcome import Lost, Outcome, Prevented, Seen, WorkerFault

# The worker itself complains at 0.5 s; a system's look is over 1 s after its deadline.
LOST_AFTER_S = 0.9
# Signs of life come with every tick; one that holds the interpreter gives none.
MOST_MISSED = 5


@dataclass(slots=True)
class _Given:
    outcome: asyncio.Future[Outcome]
    timer: asyncio.TimerHandle
    secrets_may_be_out: bool = False


class Colleague:
    """A worker process. `changed` is called whenever it may have to be ended (see `finished`)."""

    def __init__(self, sock: socket.socket, changed: Callable[[Colleague], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = changed
        self._given: dict[int, _Given] = {}
        self._line = AsyncLine(sock, self._heard, self._ended)
        self._missed = 0
        self.process = 0
        self.retired = False

    @property
    def busy(self) -> int:
        """How many jobs it has."""
        return len(self._given)

    @property
    def finished(self) -> bool:
        """True where nothing more is to come from it."""
        return self.retired and not self._given

    def give(self, number: int, job: Job, sock: socket.socket | None) -> asyncio.Future[Outcome]:
        """Hands the job over, with the socket, which is ours no longer."""
        outcome: asyncio.Future[Outcome] = self._loop.create_future()
        late_in_s = job.ends_at + LOST_AFTER_S - time.monotonic()
        self._given[number] = _Given(outcome, self._loop.call_later(late_in_s, self._late, number))
        self._line.put(Frame(Kind.JOB, number, job.encoded(), () if sock is None else (sock.detach(),)))
        return outcome

    def tick(self) -> None:
        """Once in a while of the sweep's own time: who has jobs and says nothing for five of them is frozen."""
        self._missed = self._missed + 1 if self._given else 0
        if self._missed > MOST_MISSED:
            self.end()
            self._changed(self)

    def end(self) -> None:
        """Hangs up. What it has not brought by now is lost."""
        self.retired = True
        self._line.hang_up()
        for number in list(self._given):
            self._lose(number)

    def _ended(self) -> None:
        self.end()
        self._changed(self)

    def _heard(self, frame: Frame) -> None:
        self._missed = 0
        given = self._given.get(frame.number)
        if given is None:
            return  # a sign of life, or too late
        if frame.kind is Kind.SECRETS_NEXT:
            given.secrets_may_be_out = True
        elif frame.kind is Kind.OVERDUE:
            self._late(frame.number)
        elif frame.kind is Kind.FAULT:
            self._settle(frame.number, WorkerFault(frame.body.decode(errors="replace")))
        elif frame.kind is Kind.PREVENTED:
            message, hint = json.loads(frame.body)
            self._settle(frame.number, Prevented(str(message), str(hint)))
        elif frame.kind is Kind.SEEN:
            try:
                self._settle(frame.number, Seen(load(frame.body)))
            except UnreadableObservations as error:
                self._settle(frame.number, WorkerFault(error.message))

    def _late(self, number: int) -> None:
        """A job that outlives its deadline spoils its worker: the thread may spin for ever."""
        self.retired = True
        self._lose(number)
        self._changed(self)

    def _lose(self, number: int) -> None:
        self._settle(number, Lost(self._given[number].secrets_may_be_out))

    def _settle(self, number: int, outcome: Outcome | WorkerFault) -> None:
        given = self._given.pop(number)
        given.timer.cancel()
        if not given.outcome.done():
            if isinstance(outcome, WorkerFault):
                given.outcome.set_exception(outcome)
            else:
                given.outcome.set_result(outcome)
        if self.finished:
            self._changed(self)
