"""Calls are waited for; what is not understood is never zero."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callout.health.calls import CallsCode, wait_for_idle


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.time_s = 1000.0

    def now(self) -> float:
        """Seconds."""
        return self.time_s

    def sleep(self, seconds: float) -> None:
        """Moves on."""
        self.time_s += seconds


def answers(*counts: int | None) -> Iterator[int | None]:
    """Each count once, the last one for ever."""
    yield from counts
    while True:
        yield counts[-1]


@pytest.mark.parametrize(
    ("counts", "limit_s", "code", "waited_s"),
    [
        ((0,), 600, CallsCode.IDLE, 0),
        ((2, 1, 0), 600, CallsCode.IDLE, 20),
        ((None, None, 0), 600, CallsCode.IDLE, 20),
        ((1,), 25, CallsCode.BUSY, 25),
        ((1,), 0, CallsCode.BUSY, 0),
        ((0,), 0, CallsCode.IDLE, 0),
        ((None,), 0, CallsCode.UNKNOWN, 0),
        ((None,), 30, CallsCode.UNKNOWN, 30),
        ((1, None), 30, CallsCode.UNKNOWN, 30),
        ((None, 3), 30, CallsCode.BUSY, 30),
    ],
)
def test_waiting(counts: tuple[int | None, ...], limit_s: float, code: CallsCode, waited_s: int) -> None:
    """Only a zero that was read lets a change begin; the limit is kept to the second."""
    clock, told = Clock(), answers(*counts)
    verdict = wait_for_idle(lambda: next(told), clock.now, clock.sleep, limit_s)
    assert (verdict.code, verdict.waited_s, verdict.idle) == (code, waited_s, code is CallsCode.IDLE)


def test_slow_answers_count_as_waiting() -> None:
    """A system that takes long to answer does not stretch the limit."""
    clock = Clock()

    def ask() -> int:
        clock.sleep(40)
        return 1

    assert wait_for_idle(ask, clock.now, clock.sleep, 60).waited_s <= 100


def test_clock_that_stands_still_ends_too() -> None:
    """A stopped clock is no reason to wait for ever."""
    assert wait_for_idle(lambda: 1, lambda: 0.0, lambda _: None, 60).code is CallsCode.BUSY


def test_verdict_as_data() -> None:
    """What goes into a refusal."""
    clock = Clock()
    assert wait_for_idle(lambda: 2, clock.now, clock.sleep, 10).as_dict() == {
        "code": "busy",
        "calls": 2,
        "waited_s": 10,
        "seen": "2 calls are still in progress after 10 s.",
    }
