"""The review as a machine: what may follow what, who may approve, what has changed, on which month work belongs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callout.findings import Finding
from callout.worklog.bill_hash import bill_hash, differences, fingerprint
from callout.worklog.bill_items import BillItem
from callout.worklog.invoiced import Billing, invoiced_work, invoices_seen
from callout.worklog.month import Month
from callout.worklog.review import (
    BillSeen,
    ReviewState,
    judge_approval,
    judge_issue,
    judge_rejection,
    judge_submission,
    judge_write_off,
    review_of,
    same_person,
)
from tests.unit.conftest import Book

MARCH = Month(2026, 3)
APRIL = Month(2026, 4)
OVER = dt.datetime(2026, 4, 1, 4, 0, tzinfo=dt.UTC)
LINE = BillItem("aaaa1111", ("work-1",), ("eva@desk",), Decimal("120.00"), waiting=False)


def told(amount: str = "120.00", **more: Any) -> dict[str, Any]:
    return {"lines": [{"line": "aaaa1111", "amount": amount, "why": "x"}], "total": amount, "findings": ["x"], **more}


def bill(
    data: dict[str, Any] | None = None, items: tuple[BillItem, ...] = (LINE,), total: str | None = "120.00"
) -> BillSeen:
    data = told() if data is None else data
    amount = None if total is None else Decimal(total)
    return BillSeen("globex", MARCH, bill_hash(data), fingerprint(data), amount, items)


def submitted(book: Book, seen: BillSeen, month: Month = MARCH) -> None:
    body = {"month": month.name, "bill_hash": seen.hash, "fingerprint": dict(seen.fingerprint)}
    book.write("bill_submitted", "2026-04-01T09:00Z", **body)


def answered(book: Book, kind: str, month: Month = MARCH) -> None:
    book.write(kind, "2026-04-01T10:00Z", month=month.name, reason="x")


def issued(book: Book, number: str, month: Month = MARCH, work: tuple[str, ...] = ("work-1",)) -> None:
    lines = [f"line-{one}" for one in work]
    items = [{"line": line, "work": [one], "amount": "1"} for line, one in zip(lines, work, strict=True)]
    book.write("invoice_issued", "2026-04-02T09:00Z", number=number, month=month.name, lines=lines, items=items)


def credited(book: Book, number: str, *lines: str) -> None:
    book.write("credit_note_issued", "2026-04-03T09:00Z", number=f"C-{number}", corrects=number, lines=list(lines))


def state(book: Book, month: Month = MARCH) -> ReviewState:
    return review_of(reversed(book.events), "globex", month).state


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_from_open_to_invoiced_and_open_again_when_all_is_credited(book: Book) -> None:
    assert state(book) is ReviewState.OPEN
    submitted(book, bill())
    assert (state(book), state(book, APRIL)) == (ReviewState.SUBMITTED, ReviewState.OPEN)
    answered(book, "bill_rejected")
    assert state(book) is ReviewState.REJECTED
    submitted(book, bill())
    answered(book, "bill_approved")
    assert state(book) is ReviewState.APPROVED
    issued(book, "1", work=("work-1", "work-2"))
    assert state(book) is ReviewState.INVOICED
    credited(book, "1", "line-work-1")
    assert state(book) is ReviewState.INVOICED
    credited(book, "1", "line-work-2")
    assert state(book) is ReviewState.OPEN
    submitted(book, bill())
    assert state(book) is ReviewState.SUBMITTED


def test_nothing_that_waits_can_be_submitted(book: Book) -> None:
    review = review_of(book.events, "globex", MARCH)
    open_line = BillItem("bbbb2222", ("work-2",), ("eva@desk",), None, waiting=True)
    assert judge_submission(review, bill()) == []
    (found,) = judge_submission(review, bill(items=(LINE, open_line), total=None))
    assert (found.code, found.seen) == ("unfinished", "Without an amount: bbbb2222.")
    assert codes(judge_submission(review, bill(items=()))) == ["empty"]


def test_the_same_bill_is_submitted_once_and_a_changed_one_again(book: Book) -> None:
    submitted(book, bill())
    review = review_of(book.events, "globex", MARCH)
    assert codes(judge_submission(review, bill())) == ["submitted"]
    assert judge_submission(review, bill(told("90.00"))) == []


@pytest.mark.parametrize("approver", ["eva@desk", "eva@laptop", "EVA@elsewhere", "eva"])
def test_who_worked_does_not_approve_from_whatever_machine(book: Book, approver: str) -> None:
    submitted(book, bill())
    review = review_of(book.events, "globex", MARCH)
    (found,) = judge_approval(review, bill(), approver)
    assert found.code == "own-work"
    assert "1 of 1 lines" in found.seen
    assert judge_approval(review, bill(), "max@desk") == []


def test_people_are_told_apart_by_the_name_before_the_machine() -> None:
    assert same_person("eva@desk", "Eva@laptop")
    assert not same_person("eva@desk", "eva.m@desk")


def test_what_has_changed_is_said(book: Book) -> None:
    submitted(book, bill())
    review = review_of(book.events, "globex", MARCH)
    later = told("90.00", rounding="sum")
    later["lines"].append({"line": "cccc3333", "amount": "10.00"})
    (found,) = judge_approval(review, bill(later), "max@desk")
    assert found.code == "changed"
    assert found.seen == (
        "It has changed since it was submitted: Line cccc3333 is new: 10.00. "
        "Line aaaa1111 was 120.00 and is 90.00. Other words or rules: rounding."
    )


def test_remarks_for_the_office_change_no_bill() -> None:
    assert bill_hash(told()) == bill_hash(told(findings=[]))
    words = told()
    words["lines"][0]["why"] = "y"
    assert differences(fingerprint(told()), fingerprint(words)) == [
        "Line aaaa1111 is told otherwise; its amount is the same: 120.00."
    ]
    gone = told()
    gone["lines"] = []
    assert differences(fingerprint(told()), fingerprint(gone)) == ["Line aaaa1111 is gone: 120.00."]


def test_an_approved_bill_can_be_sent_back_and_an_open_one_cannot(book: Book) -> None:
    assert codes(judge_rejection(review_of(book.events, "globex", MARCH))) == ["not-submitted"]
    submitted(book, bill())
    answered(book, "bill_approved")
    assert judge_rejection(review_of(book.events, "globex", MARCH)) == []


def test_an_invoice_needs_an_approved_unchanged_bill_of_a_month_that_is_over(book: Book) -> None:
    review = review_of(book.events, "globex", MARCH)
    assert codes(judge_issue(review, bill(), OVER, OVER, early=False)) == ["not-approved"]
    submitted(book, bill())
    answered(book, "bill_approved")
    review = review_of(book.events, "globex", MARCH)
    moment = dt.timedelta(microseconds=1)
    assert judge_issue(review, bill(), OVER, OVER, early=False) == []
    assert codes(judge_issue(review, bill(), OVER - moment, OVER, early=False)) == ["not-over"]
    assert judge_issue(review, bill(), OVER - moment, OVER, early=True) == []
    assert codes(judge_issue(review, bill(told("1.00")), OVER, OVER, early=False)) == ["changed"]


def test_frozen_is_frozen(book: Book) -> None:
    submitted(book, bill())
    answered(book, "bill_approved")
    issued(book, "2026-0001")
    review = review_of(book.events, "globex", MARCH)
    for found in (
        judge_submission(review, bill()),
        judge_approval(review, bill(), "max@desk"),
        judge_rejection(review),
        judge_write_off(review, LINE, None),
        judge_issue(review, bill(), OVER, OVER, early=True),
    ):
        assert [(one.code, one.seen) for one in found] == [("invoiced", "Invoice 2026-0001 has left the house.")]


@pytest.mark.parametrize(
    ("changes", "amount", "code"),
    [
        ({}, None, ""),
        ({}, "120.00", ""),
        ({}, "0.01", ""),
        ({}, "120.01", "too-much"),
        ({}, "0", "too-much"),
        ({"amount": None}, None, "unfinished"),
        ({"amount": Decimal(0)}, None, "nothing"),
        ({"reducible": False}, None, "contract"),
    ],
)
def test_no_more_is_written_off_than_is_asked_for(
    book: Book, changes: dict[str, Any], amount: str | None, code: str
) -> None:
    fields = {"id": "x", "work": ("w",), "actors": ("eva",), "amount": Decimal("120.00"), "waiting": False, **changes}
    review = review_of(book.events, "globex", MARCH)
    found = judge_write_off(review, BillItem(**fields), None if amount is None else Decimal(amount))
    assert codes(found) == ([code] if code else [])


def test_late_work_belongs_to_the_next_month_without_an_invoice(book: Book) -> None:
    assert Billing(book.events).month_of("late", MARCH) == MARCH
    issued(book, "1", MARCH)
    issued(book, "2", APRIL, ("work-2",))
    billing = Billing(book.events)
    assert billing.month_of("work-1", MARCH) == MARCH
    assert billing.month_of("late", MARCH) == Month(2026, 5)
    assert (billing.missed(MARCH), billing.missed(Month(2026, 5))) == ("1", "")
    credited(book, "2", "line-work-2")
    assert Billing(book.events).month_of("late", MARCH) == APRIL
    assert invoiced_work(book.events) == {"work-1": "1"}


def test_a_piece_of_work_is_free_when_all_its_lines_are_credited(book: Book) -> None:
    lines = ["a", "a.2", "b"]
    items = [
        {"line": "a", "work": ["w1"], "amount": "1"},
        {"line": "a.2", "work": ["w1"], "amount": "1"},
        {"line": "b", "work": ["w2"], "amount": "1"},
        {"line": "hidden", "work": ["w3"], "amount": "0"},
    ]
    book.write("invoice_issued", "2026-04-02T09:00Z", number="1", month="2026-03", lines=lines, items=items)
    seen = invoices_seen(book.events)["1"]
    assert seen.lines_with(["a.2"]) == ("a", "a.2")
    credited(book, "1", "a.2")
    assert set(invoiced_work(book.events)) == {"w1", "w2", "w3"}
    credited(book, "1", "a")
    assert set(invoiced_work(book.events)) == {"w2", "w3"}
    credited(book, "1", "b")
    assert invoiced_work(book.events) == {}


VERBS = some.lists(some.sampled_from(["submit", "approve", "own", "reject", "change", "issue", "credit"]), max_size=40)


@given(VERBS)
def test_whatever_is_tried_only_an_approved_unchanged_bill_is_ever_issued(verbs: list[str]) -> None:
    """The rules alone decide what is written; the history that they let through is checked by its own order."""
    book, version, number = Book(), 0, 0
    approved_version = -1
    for verb in verbs:
        seen, review = bill(told(f"{version}.00")), review_of(book.events, "globex", MARCH)
        if verb == "change":
            version += 1
        elif verb == "submit" and not judge_submission(review, seen):
            submitted(book, seen)
        elif verb == "approve" and not judge_approval(review, seen, "max@desk"):
            assert book.events[-1].kind == "bill_submitted"
            assert book.events[-1].body["bill_hash"] == seen.hash
            answered(book, "bill_approved")
            approved_version = version
        elif verb == "own":
            assert judge_approval(review, seen, "eva@desk")
        elif verb == "reject" and not judge_rejection(review):
            assert book.events[-1].kind in ("bill_submitted", "bill_approved")
            answered(book, "bill_rejected")
        elif verb == "issue" and not judge_issue(review, seen, OVER, OVER, early=False):
            assert book.events[-1].kind == "bill_approved"
            assert version == approved_version
            number += 1
            issued(book, str(number))
        elif verb == "credit" and review.state is ReviewState.INVOICED:
            credited(book, str(number), "line-work-1")
    live = [one for one in invoices_seen(book.events).values() if one.is_live]
    assert len(live) <= 1
    assert (state(book) is ReviewState.INVOICED) == bool(live)
