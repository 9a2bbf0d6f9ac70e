"""Calls that wait, side by side in threads; answers in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
# Without a timeout an interrupt is lost now and then: Python 3.11 hears it only between two waits.
_LISTEN_S = 0.5


def side_by_side(call: Callable[[Thing], Answer], things: Sequence[Thing], jobs: int) -> list[Answer]:
    """The answer to each thing, in their order, at most `jobs` calls at once.

    In daemon threads: an interrupt ends the program at once. What a call raises ends it for all.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Answer | None, BaseException | None]] = queue.SimpleQueue()
    for place in range(len(things)):
        waiting.put(place)

    def work() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((place, call(things[place]), None))
            except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread, not swallowed
                done.put((place, None, error))

    for _ in range(min(jobs, len(things))):
        threading.Thread(target=work, name="access-check", daemon=True).start()
    answers: dict[int, Answer] = {}
    while len(answers) < len(things):
        try:
            place, answer, error = done.get(timeout=_LISTEN_S)
        except queue.Empty:
            continue
        if error is not None:
            raise error
        answers[place] = answer  # type: ignore[assignment]  # there is one where there is no error
    return [answers[place] for place in range(len(things))]
