"""Idle stretches: flagged from the first second on once they are long enough, summed, listed up to a number."""

from __future__ import annotations

import pytest

from callout.worklog.idle import LISTED, Idle, IdleWatch, Stretch


def watched(keys: list[float], end: float, began: float = 1000.0, limit: float = 600) -> Idle:
    watch = IdleWatch(limit, began)
    for at in keys:
        watch.typed(began + at)
    return watch.ended(began + end)


@pytest.mark.parametrize(
    ("keys", "end", "idle"),
    [
        ([], 600, Idle()),
        ([], 601, Idle(601, (Stretch(0, 601),))),
        ([1, 2, 602], 1202, Idle()),
        ([1, 602.5], 700, Idle(601, (Stretch(1, 601),))),
        ([900, 901], 2000, Idle(900 + 1099, (Stretch(0, 900), Stretch(901, 1099)))),
    ],
)
def test_stretches(keys: list[float], end: float, idle: Idle) -> None:
    assert watched(keys, end) == idle


def test_more_stretches_than_are_listed_are_counted_and_summed() -> None:
    idle = watched([700.0 * number for number in range(1, 51)], 50 * 700)
    assert idle.seconds == 50 * 700
    assert (len(idle.stretches), idle.more) == (LISTED, 50 - LISTED)


def test_idle_is_never_longer_than_the_session() -> None:
    assert watched([700.9, 1402.8], 2104.7).seconds <= 2104
