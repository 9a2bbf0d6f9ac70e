"""Past jobs from the ledger, the use of a cap, a quote beside what was worked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from callout.ledger.event import Event, parse_utc
from callout.policy.quotes import QuoteState
from callout.worklog.month import Month
from callout.worklog.past_jobs import past_jobs
from callout.worklog.quote_use import cap_used, quotes_of
from callout.worklog.quoting import accepted_for, quote_state
from tests.unit.conftest import Book

NOW = parse_utc("2026-03-31T00:00:00.000000Z")


def quoted(book: Book, at: str = "2026-03-02T09:00Z", number: int = 1, **changes: Any) -> Event:
    body = {
        "quote": f"Q-{number:04d}", "ticket": "T-1", "callout": "", "text": "Repair", "minutes": {"stated": 120},
        "amount": "240.00", "currency": "EUR", "decimals": 2, "role": "engineer", "rate": "120.00",
        "cap": {"minutes": 180}, "valid_until": "2026-04-30T21:59:59.000000Z", "basis": [], "method": "stated",
        **changes,
    }  # fmt: skip
    return book.write("quoted", at, **body)


def accepted(book: Book, at: str = "2026-03-02T10:00Z", number: int = 1) -> Event:
    return book.write(
        "quote_accepted", at, quote=f"Q-{number:04d}", order_reference="PO-7", given_by="it@globex.example",
        given_at=at, evidence="<1@x>", channel="email", registered=True,
    )  # fmt: skip


def test_only_the_first_answer_counts_and_the_clock_never_undoes_it(book: Book) -> None:
    quoted(book)
    assert quote_state(book.events, NOW)["Q-0001"].state is QuoteState.OPEN
    assert quote_state(book.events, NOW + dt.timedelta(days=60))["Q-0001"].state is QuoteState.EXPIRED
    accepted(book)
    book.write("quote_declined", "2026-03-02T11:00Z", quote="Q-0001", reason="Too much")
    quote = quote_state(reversed(book.events), NOW + dt.timedelta(days=600))["Q-0001"]
    assert (quote.state, quote.order_reference) == (QuoteState.ACCEPTED, "PO-7")


def test_the_newest_accepted_quote_counts(book: Book) -> None:
    for number in (1, 2, 3):
        quoted(book, number=number)
    accepted(book, number=2)
    accepted(book, number=1)
    quotes = quote_state(book.events, NOW).values()
    found = accepted_for(quotes, "globex", "T-1", "CO-9")
    assert found is not None
    assert found.number == "Q-0002"
    assert accepted_for(quotes, "globex", "T-2", "") is None
    assert accepted_for(quotes, "acme", "T-1", "") is None


def test_a_cap_counts_what_was_worked_since_the_quote(book: Book) -> None:
    book.work("2026-03-02T08:00Z", 3600)  # before it was quoted
    quoted(book)
    first = book.work("2026-03-02T10:00Z", 3600)
    book.work("2026-03-03T10:00Z", 1800, ticket="T-9")
    second = book.work("2026-03-04T10:00Z", 1800)
    quote = quote_state(book.events, NOW)["Q-0001"]

    def seconds() -> int:
        use = cap_used(book.events, quote, NOW)
        assert use is not None
        return use.seconds

    assert seconds() == 5400
    book.write("work_judged", "2026-03-05T10:00Z", work=second.id, charge="no", reason="ours")
    assert seconds() == 3600
    book.write("work_deducted", "2026-03-05T10:00Z", work=first.id, minutes=10, reason="coffee")
    assert seconds() == 3000
    book.work("2026-03-02T10:30Z", 1800, outcome="done", playbook="maintain")  # the same minutes of the same person
    assert seconds() == 3000
    book.write("work_started", "2026-03-30T23:00Z", started_at="2026-03-30T23:00:00.000000Z", ticket="T-1", note="")
    assert seconds() == 6600


def test_work_after_a_second_accepted_quote_counts_there(book: Book) -> None:
    quoted(book)
    accepted(book)
    book.work("2026-03-02T10:00Z", 7200)
    quoted(book, "2026-03-03T09:00Z", 2)
    book.work("2026-03-03T10:00Z", 600)
    quotes = quote_state(book.events, NOW)
    uses = [cap_used(book.events, quote, NOW) for quote in quotes.values()]
    assert [use.seconds for use in uses if use] == [7800, 600]
    accepted(book, "2026-03-04T09:00Z", 2)
    uses = [cap_used(book.events, quote, NOW) for quote in quote_state(book.events, NOW).values()]
    assert [use.seconds for use in uses if use] == [7200, 600]


def test_quote_against_actual(book: Book) -> None:
    quoted(book)
    book.work("2026-03-30T10:00Z", 9000)
    assert quotes_of(book.events, Month(2026, 3)) == []
    accepted(book, "2026-03-30T09:00Z")
    (march,) = quotes_of(book.events, Month(2026, 3))
    assert (march.quoted_minutes, march.actual_seconds, march.actual_amount) == (120, 9000, Decimal("300.00"))
    assert march.difference_percent == Decimal("25.0")
    book.work("2026-04-01T10:00Z", 3600)
    assert quotes_of(book.events, Month(2026, 3)) == [march]
    (april,) = quotes_of(book.events, Month(2026, 4))
    assert (april.actual_seconds, april.difference_percent) == (12600, Decimal("75.0"))
    assert quotes_of(book.events, Month(2026, 5)) == []


def test_a_quote_without_minutes_is_compared_by_amount(book: Book) -> None:
    quoted(book, minutes={}, amount="100.00", cap=None)
    accepted(book)
    book.work("2026-03-02T10:00Z", 3600)
    (found,) = quotes_of(book.events, Month(2026, 3))
    assert (found.quoted_minutes, found.difference_percent, found.cap) == (None, Decimal("20.0"), None)


def test_a_job_is_all_the_work_under_a_ticket(book: Book) -> None:
    book.opened("2026-03-02T08:00Z", ticket="T-1", reason="Voicemail lost")
    book.work("2026-03-02T08:10Z", 600)
    book.write("patched", "2026-03-02T08:20Z", bundle="PW-1")
    book.work("2026-03-02T08:30Z", 60, outcome="refused", playbook="maintain")
    book.work("2026-03-02T08:40Z", 120, outcome="done", playbook="maintain")
    assert past_jobs(book.events) == []  # nobody knows yet how long it will take
    book.write("closed", "2026-03-02T09:00Z", outcome="satisfied")
    (job,) = past_jobs(book.events)
    assert (job.key, job.seconds, job.product) == ("globex T-1", 720, "pbxware")
    assert (job.playbooks, job.bundles) == ({"maintain"}, {"PW-1"})
    assert job.words >= {"voicemail", "lost", "t-1", "pw-1"}
    assert len(job.events) == 2


def test_what_still_runs_or_has_a_doubtful_clock_is_no_basis(book: Book) -> None:
    book.callout = ""
    book.work("2026-03-02T08:10Z", 600, ticket="T-2")
    book.work("2026-03-02T10:10Z", 600, ticket="T-3", clock_flags=["jumped"])
    book.work("2026-03-02T12:10Z", 600, ticket="T-4")
    running = {"started_at": "2026-03-02T13:00:00.000000Z", "ticket": "T-4", "note": ""}
    book.write("work_started", "2026-03-02T13:00Z", **running)
    book.customer = "acme"
    book.work("2026-03-03T08:10Z", 600, ticket="T-2")
    assert [job.key for job in past_jobs(book.events)] == ["acme T-2", "globex T-2"]
