"""Amendments: applied oldest first, in any order of reading; raw facts stay; nothing malformed is skipped."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.errors import CalloutError
from callout.worklog.amended import amended, entries_of
from callout.worklog.entry import Source

START = "2026-03-02T14:00:00.000000Z"


def amend(book: Any, work: str, **changes: Any) -> Any:
    """An amendment that sets `changes`."""
    return book.write(
        "work_amended", "2026-03-04T09:00Z", work=work, amendment="changed", reason="told so", set=changes, was={}
    )


def withdraw(book: Any, work: str) -> Any:
    """An amendment after which `work` counts no longer."""
    return book.write("work_amended", "2026-03-05T09:00Z", work=work, amendment="withdrawn", reason="no such work")


def test_work_that_nobody_amended_is_as_it_was_logged(book: Any) -> None:
    book.work("2026-03-02T14:00Z", 600)
    (entry,) = entries_of(book.events)
    assert (entry.seconds, entry.amendments, entry.withdrawn, entry.clock_known) == (600, (), False, True)
    assert (entry.internal_note, entry.cause, entry.cause_evidence, entry.rate, entry.idle_seconds) == (
        "", "", (), None, 0,
    )  # fmt: skip


def test_amendments_are_applied_oldest_first_and_the_event_stays_raw(book: Any) -> None:
    work = book.work("2026-03-02T14:00Z", 600)
    first = amend(book, work.id, note="Looked", rate="130.50")
    second = amend(book, work.id, note="Looked twice", seconds=900)
    (entry,) = entries_of(book.events)
    assert (entry.note, entry.seconds, entry.rate) == ("Looked twice", 900, "130.50")
    assert entry.amendments == (first.id, second.id)
    assert entry.event.body["seconds"] == 600


def test_withdrawn_work_is_left_out_and_can_be_seen_on_demand(book: Any) -> None:
    work, other = book.work("2026-03-02T14:00Z", 600), book.work("2026-03-02T15:00Z", 60)
    gone = withdraw(book, work.id)
    assert [entry.event.id for entry in entries_of(book.events)] == [other.id]
    shown = entries_of(book.events, withdrawn=True)
    assert [(entry.event.id, entry.withdrawn) for entry in shown] == [(work.id, True), (other.id, False)]
    assert shown[0].amendments == (gone.id,)


def test_an_amendment_that_is_withdrawn_counts_no_longer(book: Any) -> None:
    work = book.work("2026-03-02T14:00Z", 600)
    wrong = amend(book, work.id, seconds=60)
    kept = amend(book, work.id, note="kept")
    gone = withdraw(book, work.id)
    withdraw(book, wrong.id)
    withdraw(book, gone.id)
    (entry,) = entries_of(book.events)
    assert (entry.seconds, entry.note, entry.amendments) == (600, "kept", (kept.id,))


def test_expenses_are_amended_by_the_same_rule(book: Any) -> None:
    spent = book.write("expense_logged", "2026-03-02T14:00Z", expense="travel", amount="12.30")
    amend(book, spent.id, amount="21.30")
    (one,) = amended(book.events, "expense_logged")
    assert (one.body["amount"], one.withdrawn) == ("21.30", False)
    assert not entries_of(book.events)


def test_a_session_thrown_away_amends_no_work(book: Any) -> None:
    started = book.write("work_started", "2026-03-02T14:00Z", started_at=START, ticket="T-9")
    book.write("work_amended", "2026-03-02T15:00Z", session=started.id, amendment="discarded", reason="forgotten")
    assert not entries_of(book.events)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amendment": "changed", "set": {"note": "x"}},
        {"work": 7, "amendment": "changed", "set": {"note": "x"}},
        {"work": "nosuch", "amendment": "changed", "set": {"note": "x"}},
        {"work": "WORK", "amendment": "improved", "set": {"note": "x"}},
        {"work": "WORK", "amendment": "changed"},
        {"work": "WORK", "amendment": "changed", "set": []},
        {"work": "WORK", "amendment": "changed", "set": {"source": "person"}},
        {"work": "WORK", "amendment": "withdrawn", "set": {"note": "x"}},
        {"work": "FIRST", "amendment": "changed", "set": {"note": "x"}},
    ],
)
def test_a_malformed_amendment_is_named_and_not_skipped(book: Any, body: dict[str, Any]) -> None:
    work = book.work("2026-03-02T14:00Z", 600)
    first = amend(book, work.id, note="first")
    named = {"WORK": work.id, "FIRST": first.id}
    if "work" in body:
        body = {**body, "work": named.get(body["work"], body["work"])}
    bad = book.write("work_amended", "2026-03-04T10:00Z", reason="r", **body)
    with pytest.raises(CalloutError, match=bad.id):
        entries_of(book.events)


@pytest.mark.parametrize(
    "changes",
    [
        {"seconds": -1},
        {"seconds": "60"},
        {"started_at": "yesterday"},
        {"rate": "1e3"},
        {"rate": 12},
        {"clock_known": 1},
        {"cause_evidence": "abc"},
    ],
)
def test_an_amendment_to_something_impossible_is_named(book: Any, changes: dict[str, Any]) -> None:
    bad = amend(book, book.work("2026-03-02T14:00Z", 600).id, **changes)
    with pytest.raises(CalloutError, match=bad.id):
        entries_of(book.events)


def test_nothing_is_amended_before_it_is_there_nor_twice_taken_back_nor_by_another_customer(book: Any) -> None:
    work = book.work("2026-03-02T14:00Z", 600)
    gone = withdraw(book, work.id)
    withdraw(book, gone.id)
    again = withdraw(book, gone.id)
    with pytest.raises(CalloutError, match=again.id):
        entries_of(book.events)
    book.events.pop()
    book.customer = "acme"
    foreign = amend(book, work.id, note="x")
    with pytest.raises(CalloutError, match=foreign.id):
        entries_of(book.events)


@pytest.mark.parametrize("source", list(Source))
def test_every_source_is_read(book: Any, source: Source) -> None:
    book.work("2026-03-02T14:00Z", 600, source=str(source))
    assert entries_of(book.events)[0].source is source


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["work", "note", "seconds", "withdraw", "take back"]), st.integers(0, 10_000)),
        max_size=12,
    )
)
def test_the_order_of_reading_does_not_matter(make_book: Any, steps: list[tuple[str, int]]) -> None:
    """The oracle plays the steps one after the other on a dictionary, and starts anew for what is taken back."""
    book = make_book()
    works: dict[str, int] = {}
    history: list[tuple[str, str, str, int]] = []
    for word, number in steps:
        if word == "work" or not works:
            works[book.work("2026-03-02T14:00Z", number).id] = number
        elif word == "take back":
            if history:
                taken = history.pop(number % len(history))
                withdraw(book, taken[0])
        else:
            named = sorted(works)[number % len(works)]
            event = withdraw(book, named) if word == "withdraw" else amend(book, named, **_change(word, number))
            history.append((event.id, named, word, number))
    expected = {name: [seconds, "Patch 17"] for name, seconds in works.items()}
    for _, named, word, number in history:
        if word == "withdraw":
            expected.pop(named, None)
        elif named in expected:
            expected[named][("seconds", "note").index(word)] = number if word == "seconds" else str(number)
    for seed in (1, 2):
        shuffled = random.Random(seed).sample(book.events, len(book.events))
        assert {entry.event.id: [entry.seconds, entry.note] for entry in entries_of(shuffled)} == expected


def _change(word: str, number: int) -> dict[str, Any]:
    return {"seconds": number} if word == "seconds" else {"note": str(number)}
