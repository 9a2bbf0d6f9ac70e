"""Overlaps: the same minute once, whoever measured it, in any order, and for a hundred thousand entries too."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.worklog.amended import entries_of
from callout.worklog.entry import Entry, Source
from callout.worklog.overlap import MOST_NAMED, Overlap, overlaps

ORIGIN = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC)


def lost(book: Any) -> dict[str, Overlap]:
    return overlaps(entries_of(book.events))


@pytest.mark.parametrize("source", [Source.PERSON, Source.SESSION, Source.IMPORT])
def test_a_run_loses_to_all_others_though_it_began_first(book: Any, source: Source) -> None:
    run = book.work("2026-03-02T14:00Z", 1800, outcome="done")
    mine = book.work("2026-03-02T14:10Z", 600, source=str(source))
    assert lost(book) == {run.id: Overlap(600, (mine.id,))}


def test_among_equals_the_first_one_wins_whatever_measured_it(book: Any) -> None:
    first = book.work("2026-03-02T14:00Z", 1800, source="import")
    second = book.work("2026-03-02T14:20Z", 1800, source="session")
    assert lost(book) == {second.id: Overlap(600, (first.id,))}


def test_rivals_that_overlap_each_other_take_a_minute_once(book: Any) -> None:
    first = book.work("2026-03-02T14:00Z", 1200)
    second = book.work("2026-03-02T14:10Z", 1200)
    run = book.work("2026-03-02T14:00Z", 3600, outcome="done")
    assert lost(book)[run.id] == Overlap(1800, (first.id, second.id))


def test_a_break_leaves_room(book: Any) -> None:
    """Three hours with half an hour's break, and half an hour of something else: three hours, and no more."""
    other = book.work("2026-03-02T14:00Z", 1800)
    ended = "2026-03-02T17:10:00.000000Z"
    day = book.work("2026-03-02T14:10Z", 9000, ended_at=ended)
    assert day.id not in lost(book)
    longer = book.work("2026-03-02T14:05Z", 9600, ended_at="2026-03-02T17:05:00.000000Z", outcome="done")
    assert lost(book)[longer.id].seconds == 9600
    assert lost(book)[longer.id].claimed_by == (other.id, day.id)


def test_without_clock_times_nothing_is_claimed_and_nothing_lost(book: Any) -> None:
    book.work("2026-03-02T00:00Z", 86_400 // 2, clock_known=False)
    book.work("2026-03-02T00:00Z", 600)
    assert not lost(book)


def test_another_persons_time_is_another_persons(book: Any) -> None:
    book.work("2026-03-02T14:00Z", 600)
    book.actor = "max@desk"
    book.work("2026-03-02T14:00Z", 600)
    assert not lost(book)


def test_of_very_many_rivals_the_first_are_named(book: Any) -> None:
    rivals = [book.work(f"2026-03-02T14:{number:02}Z", 60) for number in range(MOST_NAMED + 4)]
    run = book.work("2026-03-02T14:00Z", 3600, outcome="done")
    assert lost(book)[run.id].claimed_by == tuple(one.id for one in rivals[:MOST_NAMED])


PIECES = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(0, 120), st.integers(0, 120), st.sampled_from(list(Source)),
        st.sampled_from(["eva", "max"]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(pieces=PIECES)
def test_what_remains_fits_into_the_time_that_passed(
    make_book: Any, pieces: list[tuple[int, int, int, Source, str]]
) -> None:
    """The oracle marks every second in a set, rank by rank. Order does not matter, and no second counts twice."""
    book = make_book()
    for start, span, seconds, source, actor in pieces:
        book.actor = actor
        began, ended = (ORIGIN + dt.timedelta(seconds=number) for number in (start, start + span))
        text = ended.isoformat().replace("+00:00", ".000000Z")
        book.work(began.isoformat(), min(seconds, span), source=str(source), ended_at=text)
    entries = entries_of(book.events)
    found = overlaps(entries)
    assert overlaps(random.Random(1).sample(entries, len(entries))) == found
    claimed: set[tuple[str, int]] = set()
    remaining = {"eva": 0, "max": 0}
    for entry in sorted(entries, key=lambda one: (one.source is Source.PLAYBOOK, one.started_at, one.event.id)):
        mine = {(entry.event.actor, second) for second in _seconds(entry)}
        room = len(mine - claimed)
        taken = found[entry.event.id].seconds if entry.event.id in found else 0
        assert taken == max(0, entry.seconds - room)
        if entry.event.id in found:
            named = {one.event.id: one for one in entries}
            for rival in (named[name] for name in found[entry.event.id].claimed_by):
                assert set(_seconds(rival)) & set(_seconds(entry))
        claimed |= mine
        remaining[entry.event.actor] += entry.seconds - taken
    for actor, seconds in remaining.items():
        assert seconds <= len({second for name, second in claimed if name == actor})


def _seconds(entry: Entry) -> range:
    start = int((entry.started_at - ORIGIN).total_seconds())
    return range(start, start + int((entry.ended_at - entry.started_at).total_seconds()))
