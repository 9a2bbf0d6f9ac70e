"""Pauses as spans: overlapping, nested, without an end, of no length."""

from __future__ import annotations

import datetime as dt

import pytest

from callout.desk.pauses import Pause, Span, Turn, held_at, merged, seconds_of, until

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def pause(begin: float, end: float | None) -> Pause:
    def at(second: float) -> dt.datetime:
        return EPOCH + dt.timedelta(seconds=second)

    return Pause(at(begin), None if end is None else at(end), Turn.CUSTOMER, "")


@pytest.mark.parametrize(
    ("pauses", "spans"),
    [
        ([], ()),
        ([(10, 20), (30, 40)], ((10, 20), (30, 40))),
        ([(10, 30), (20, 40)], ((10, 40),)),
        ([(10, 40), (20, 30)], ((10, 40),)),
        ([(10, 20), (20, 30)], ((10, 30),)),
        ([(30, None), (10, 20)], ((10, 20), (30, None))),
        ([(10, None), (20, 30), (40, None)], ((10, None),)),
        ([(10, 20), (15, None)], ((10, None),)),
        ([(10, 10), (2, 5)], ()),
        ([(1, 15)], ((5, 15),)),
        ([(10.9, 20.9)], ((10, 20),)),
    ],
)
def test_pauses_become_disjoint_spans(pauses: list[tuple[float, float | None]], spans: tuple[Span, ...]) -> None:
    assert merged([pause(*one) for one in pauses], 5) == spans


def test_spans_as_they_were_at_a_moment() -> None:
    spans = ((10, 20), (30, 40), (50, None))
    assert until(spans, 35) == ((10, 20), (30, None))
    assert until(spans, 40) == ((10, 20), (30, 40))
    assert until(spans, 5) == ()


def test_the_first_second_of_a_pause_is_in_it_and_the_last_is_not() -> None:
    spans = ((10, 20), (30, None))
    assert [held_at(spans, at) for at in (9, 10, 19, 20, 99)] == [None, (10, 20), (10, 20), None, (30, None)]


def test_parts_of_a_second_are_dropped_before_1970_too() -> None:
    assert seconds_of(EPOCH - dt.timedelta(milliseconds=1)) == -1
