"""How far quotes were from the truth: what is compared, what is not yet, and what all of them come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callout.ledger.event import parse_utc
from callout.policy.quotes import Cap
from callout.worklog.reports.accuracy import QuoteOutcome, accuracy_of, outcomes_of
from tests.unit.conftest import Book
from tests.unit.worklog.test_quoting import accepted, quoted

NOW = parse_utc("2026-03-31T00:00:00.000000Z")


@pytest.fixture
def job(book: Book) -> Book:
    """A quote of two hours with a cap of three, accepted; nothing is worked yet."""
    book.callout = ""
    quoted(book)
    accepted(book)
    return book


def only(book: Book) -> QuoteOutcome:
    """The only quote's outcome."""
    (found,) = outcomes_of(book.events, NOW)
    return found


def test_a_job_that_has_ended_is_compared(job: Book) -> None:
    job.work("2026-03-03T09:00Z", 9000)
    found = only(job)
    assert (found.actual_seconds, found.done, found.error_percent, found.within_cap) == (9000, True, Decimal(25), True)
    assert found.within_p90 is None  # it was stated by hand


def test_what_was_worked_before_the_quote_is_not_its_work(job: Book) -> None:
    job.work("2026-03-01T09:00Z", 9000)
    assert (only(job).actual_seconds, only(job).done) == (0, False)


def test_while_it_goes_on_nothing_is_compared(job: Book) -> None:
    job.work("2026-03-03T09:00Z", 9000)
    job.callout = "CO-0001"
    job.opened("2026-03-03T12:00Z", ticket="T-1")
    assert (only(job).done, only(job).error_percent, only(job).within_cap) == (False, None, None)
    job.write("closed", "2026-03-03T14:00Z", outcome="satisfied")
    assert only(job).done
    job.callout = ""
    job.write("work_started", "2026-03-04T09:00Z", started_at="2026-03-04T09:00:00.000000Z", ticket="T-1")
    assert not only(job).done


def test_what_was_let_off_was_not_quoted_wrongly(job: Book) -> None:
    work = job.work("2026-03-03T09:00Z", 9000)
    job.write("work_deducted", "2026-03-03T12:00Z", work=work.id, minutes=30, reason="Learned")
    assert only(job).error_percent == 0


def test_work_under_a_later_quote_is_that_ones(job: Book) -> None:
    quoted(job, at="2026-03-05T09:00Z", number=2)
    accepted(job, at="2026-03-05T10:00Z", number=2)
    job.work("2026-03-04T09:00Z", 3600)
    job.work("2026-03-06T09:00Z", 7200)
    assert [one.actual_seconds for one in outcomes_of(job.events, NOW)] == [3600, 7200]


@pytest.mark.parametrize(
    ("cap", "within"),
    [(None, None), ({"minutes": 150}, True), ({"minutes": 149}, False), ({"amount": "300.00"}, True),
     ({"amount": "299.99"}, False)],
)  # fmt: skip
def test_a_cap_is_kept_to_the_second_and_to_the_cent(book: Book, cap: Any, within: bool | None) -> None:
    book.callout = ""
    quoted(book, cap=cap)
    accepted(book)
    book.work("2026-03-03T09:00Z", 9000)
    assert only(book).within_cap is within


def test_an_amount_without_minutes_has_no_error(book: Book) -> None:
    book.callout = ""
    quoted(book, minutes={}, rate=None, cap={"amount": "100.00"})
    accepted(book)
    book.work("2026-03-03T09:00Z", 9000)
    assert (only(book).error_percent, only(book).within_cap) == (None, None)


def test_nine_of_ten_is_told_where_past_work_said_so(book: Book) -> None:
    book.callout = ""
    quoted(book, minutes={"median": 100, "p90": 150}, method="ledger")
    accepted(book)
    book.work("2026-03-03T09:00Z", 9000)
    assert (only(book).error_percent, only(book).within_p90) == (Decimal(50), True)


def test_all_together_have_a_median_and_a_bias(job: Book) -> None:
    job.work("2026-03-03T09:00Z", 7200)
    one = only(job)
    errors = [Decimal(-50), Decimal(-10), Decimal(10), Decimal(20), Decimal(100)]
    outcomes = [replace(one, error_percent=error, within_cap=error < 50, within_p90=error < 20) for error in errors]
    found = accuracy_of([*outcomes, replace(one, error_percent=None, within_cap=None, within_p90=None)])
    assert (found.quoted, found.accepted, found.finished) == (6, 6, 5)
    assert (found.median_error_percent, found.median_bias_percent) == (Decimal("20.0"), Decimal("10.0"))
    assert (found.within_cap, found.capped, found.within_p90, found.p90) == (4, 5, 3, 5)
    assert accuracy_of(outcomes, "nobody").quoted == 0
    assert accuracy_of([]).median_error_percent is None


def test_a_cap_of_nothing_is_kept_by_nobody(job: Book) -> None:
    job.work("2026-03-03T09:00Z", 60)
    quote = replace(only(job).quote, cap=Cap(minutes=0))
    assert quote.cap == Cap(minutes=0)
    job.events[0] = replace(
        job.events[0], body_text=job.events[0].body_text.replace('{"minutes":180}', '{"minutes":0}')
    )
    assert only(job).within_cap is False
