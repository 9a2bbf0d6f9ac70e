"""One worker process: a thread per port, and one that keeps an eye on them and on the sweep."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
import traceback

from access_check.errors import AccessCheckError
from access_check.observations_codec import dump
from access_check.workers.frames import Frame, Kind, Line
from access_check.workers.job import Job, LookAtPort, decoded

OVERDUE_S = 0.5
# Thousands of threads may wait here; none of them needs the 8 MB of address space that is usual.
_STACK_BYTES = 512 * 1024


class Worker:
    """Does the jobs that come on `line`, side by side, and ends when the sweep is gone.

    While it has any it gives a sign of life every `alive_every_s`.
    """

    def __init__(self, line: Line, look: LookAtPort, alive_every_s: float) -> None:
        self._line = line
        self._look = look
        self._alive_every_s = alive_every_s
        self._ends_at: dict[int, float] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """Returns when the sweep is gone; threads that are still at work are left to the end of the process."""
        threading.stack_size(_STACK_BYTES)
        poll = select.poll()
        poll.register(self._line.sock, select.POLLIN)
        alive_at = 0.0
        while True:
            if poll.poll(self._wait_ms(alive_at)):
                frame = self._line.receive()
                if frame is None:
                    return
                self._begin(frame)
            now = time.monotonic()
            if self._ends_at and now >= alive_at:
                self._line.send(Frame(Kind.ALIVE))
                alive_at = now + self._alive_every_s
            self._complain(now)

    def _wait_ms(self, alive_at: float) -> float | None:
        """Until the next thing to be told; for ever where nothing is under way."""
        with self._lock:
            ends = [*self._ends_at.values()]
        if not ends:
            return None
        next_at = min(alive_at, min(ends) + OVERDUE_S)
        return max(0.0, next_at - time.monotonic()) * 1000 + 1

    def _begin(self, frame: Frame) -> None:
        job = decoded(frame.body)
        sock = socket.socket(fileno=frame.sockets[0]) if frame.sockets else None
        with self._lock:
            self._ends_at[frame.number] = job.ends_at
        if frame.lost:
            hint = "Allow more open files (ulimit -n), or look at fewer systems at once (--jobs)."
            self._tell(frame.number, _prevented("This machine opens no more sockets for us.", hint, frame.number))
            return
        try:
            threading.Thread(target=self._do, args=(frame.number, job, sock), daemon=True).start()
        except RuntimeError as error:
            if sock is not None:
                sock.close()
            hint = "Allow more processes (ulimit -u), or look at fewer systems at once (--jobs)."
            self._tell(frame.number, _prevented(f"This machine starts no more threads: {error}.", hint, frame.number))

    def _do(self, number: int, job: Job, sock: socket.socket | None) -> None:
        try:
            seen = self._look(job, sock, lambda: self._line.send(Frame(Kind.SECRETS_NEXT, number)))
            answer = Frame(Kind.SEEN, number, dump(seen))
        except AccessCheckError as error:
            answer = _prevented(error.message, error.hint, number)
        except BaseException:  # noqa: BLE001 - told to the sweep, which raises it there
            answer = Frame(Kind.FAULT, number, traceback.format_exc(limit=20)[-20_000:].encode(errors="replace"))
        self._tell(number, answer)

    def _tell(self, number: int, answer: Frame) -> None:
        with self._lock:
            on_time = self._ends_at.pop(number, None) is not None
        if on_time:
            with contextlib.suppress(OSError):  # the sweep is gone: this process ends with it
                self._line.send(answer)

    def _complain(self, now: float) -> None:
        """Says of each job that outlives its deadline that it does, once; whatever it sees later is not heard."""
        with self._lock:
            overdue = [number for number, ends_at in self._ends_at.items() if now >= ends_at + OVERDUE_S]
            for number in overdue:
                del self._ends_at[number]
        for number in overdue:
            self._line.send(Frame(Kind.OVERDUE, number))


def _prevented(message: str, hint: str, number: int) -> Frame:
    return Frame(Kind.PREVENTED, number, json.dumps([message, hint]).encode())
