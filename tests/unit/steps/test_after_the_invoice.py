"""What comes after the invoice: work that is recorded too late, credit notes; nothing is billed twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from callout.errors import BadInput, Refused
from callout.steps.bill import make_bill
from callout.steps.invoice import invoices
from callout.steps.review import write_off
from callout.steps.review_status import review_status
from tests.unit.invoice_desk import (
    APRIL,
    MARCH,
    MAY,
    InvoiceDesk,
    credit,
    customer_named,
    document,
    frozen,
    line_ids,
)


@pytest.fixture
def desk(tmp_path: Path) -> InvoiceDesk:
    return InvoiceDesk(tmp_path)


def test_late_work_comes_with_the_next_invoice_and_its_own_date(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 60)
    first = frozen(desk)
    late = desk.work("2026-03-20T09:00+01:00", 30)
    # It claims a quarter of an hour that is invoiced already: that stays where it is.
    desk.work("2026-03-10T09:45+01:00", 30)
    assert line_ids(desk, MARCH) == first.body["lines"]
    desk.work("2026-04-10T09:00+02:00", 60)
    april = make_bill(desk.by("eva"), desk.inventory, "globex", APRIL)
    assert [(line.date.isoformat(), line.amount) for line in april.lines] == [
        ("2026-03-10", Decimal("30.00")), ("2026-03-20", Decimal("60.00")), ("2026-04-10", Decimal("120.00")),
    ]  # fmt: skip
    assert "bill.late" in [finding.check for finding in april.findings]
    desk.clock.now = dt.datetime(2026, 5, 2, tzinfo=dt.UTC)
    standing = review_status(desk.by("eva"), desk.inventory, "globex", MAY)
    assert standing.waiting == (APRIL,)
    event = frozen(desk, APRIL)
    assert late.id in event.body["work"]
    invoice = document(event)
    assert "2026-03" in invoice.lines[0].note
    assert "2026-0001" in invoice.lines[0].note
    assert invoice.lines[1].period is not None
    assert invoice.lines[1].period.first == dt.date(2026, 3, 20)
    assert make_bill(desk.by("eva"), desk.inventory, "globex", MAY).lines == ()
    assert line_ids(desk, APRIL) == event.body["lines"]


def test_credited_work_can_be_billed_again_and_nothing_is_credited_twice(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 60)
    desk.work("2026-03-11T09:00+01:00", 30)
    one, two = frozen(desk).body["lines"]
    note = credit(desk, "2026-0001", one)
    assert document(note).totals.net == Decimal("120.00")
    assert document(note).preceding[0].number == "2026-0001"
    with pytest.raises(Refused, match="credited already"):
        credit(desk, "2026-0001", one)
    # What was credited belongs to the next month, since March's invoice still stands.
    assert line_ids(desk, APRIL) == [one]
    rest = credit(desk, "2026-0001")
    assert rest.body["lines"] == [two]
    with pytest.raises(Refused, match="credited whole"):
        credit(desk, "2026-0001")
    assert sorted(line_ids(desk, MARCH)) == sorted([one, two])
    assert frozen(desk).body["number"] == "2026-0004"
    with pytest.raises(BadInput, match="no line"):
        credit(desk, "2026-0004", "nonsense")
    with pytest.raises(BadInput, match="no invoice"):
        credit(desk, "2026-0002")
    assert [one.number for one in invoices(desk.ledger)] == ["2026-0001", "2026-0004"]


def test_credit_notes_never_give_back_more_than_was_asked_for(desk: InvoiceDesk) -> None:
    """Three lines of 0.03 are taxed 0.02 together, and 0.01 each by themselves."""
    desk.with_policy()
    for day in (10, 11, 12):
        desk.work(f"2026-03-{day}T09:00+01:00", 60, rate="0.03")
    event = frozen(desk)
    due = document(event).totals.due
    notes = [document(credit(desk, "2026-0001", line)).totals.due for line in event.body["lines"]]
    assert (due, sum(notes)) == (Decimal("0.11"), Decimal("0.11"))


def test_credit_notes_may_have_a_series_of_their_own(desk: InvoiceDesk) -> None:
    desk.with_policy(credit_note_pattern="C{year}-{number}")
    desk.work("2026-03-10T09:00+01:00", 60)
    frozen(desk)
    assert credit(desk, "2026-0001").body["number"] == "C2026-0001"
    assert frozen(desk).body["number"] == "2026-0002"


def test_late_work_never_takes_minutes_from_what_is_invoiced(desk: InvoiceDesk) -> None:
    """A person's own session wins over a playbook's run, but not over one that is on an invoice."""
    run = desk.work("2026-03-10T09:00+01:00", 60, source="playbook", outcome="done", playbook="maintain")
    frozen(desk)
    desk.work("2026-03-10T09:30+01:00", 60)
    march = make_bill(desk.by("max"), desk.inventory, "globex", MARCH)
    assert [(line.entry.event.id, line.amount) for line in march.lines] == [(run.id, Decimal("120.00"))]
    (late,) = make_bill(desk.by("max"), desk.inventory, "globex", APRIL).lines
    assert (late.deducted_seconds, late.amount) == (1800, Decimal("60.00"))


def test_a_late_entry_takes_no_contracts_hours_from_what_is_invoiced(tmp_path: Path) -> None:
    block = {"id": "B-1", "kind": "hours_block", "starts": "2026-01-01", "ends": "2026-12-31", "hours": "2"}
    desk = InvoiceDesk(tmp_path, (customer_named("globex", contracts=[block]),))
    desk.work("2026-03-10T09:00+01:00", 90)
    assert document(frozen(desk)).totals.net == 0
    desk.work("2026-03-02T09:00+01:00", 60)
    lines = make_bill(desk.by("max"), desk.inventory, "globex", APRIL).lines
    assert sum(line.amount or 0 for line in lines) == Decimal("60.00")
    assert [(line.billed_minutes, line.paid_by) for line in lines] == [(30, "B-1"), (30, "")]


def test_expenses_are_written_off_come_late_and_are_credited_like_work(desk: InvoiceDesk) -> None:
    train = desk.expense("2026-03-10", "49.90")
    desk.expense("2026-03-11", "10.10")
    write_off(desk.by("max"), desk.inventory, "globex", MARCH, train.id[:8], "Ours", amount=Decimal("9.90"))
    first = frozen(desk)
    assert (document(first).totals.net, train.id in first.body["work"]) == (Decimal("50.10"), True)
    late = desk.expense("2026-03-12", "7.00")
    assert [one.event_id for one in make_bill(desk.by("max"), desk.inventory, "globex", APRIL).expenses] == [late.id]
    assert len(make_bill(desk.by("max"), desk.inventory, "globex", MARCH).expenses) == 2
    credit(desk, "2026-0001", train.id[:8])
    april = make_bill(desk.by("max"), desk.inventory, "globex", APRIL)
    assert [one.amount for one in april.expenses] == [Decimal("40.00"), Decimal("7.00")]


def test_a_line_takes_the_other_lines_of_its_work_along(tmp_path: Path) -> None:
    block = {"id": "B-1", "kind": "hours_block", "starts": "2026-01-01", "ends": "2026-12-31", "hours": "1"}
    desk = InvoiceDesk(tmp_path, (customer_named("globex", contracts=[block]),))
    desk.work("2026-03-10T09:00+01:00", 90)
    desk.work("2026-03-11T09:00+01:00", 15)
    covered, rest, other = frozen(desk).body["lines"]
    assert rest == f"{covered}.2"
    assert credit(desk, "2026-0001", rest).body["lines"] == [covered, rest]
    assert [line.id for line in make_bill(desk.by("max"), desk.inventory, "globex", MARCH).lines] == [other]


def test_a_call_outs_price_is_asked_for_once_also_where_work_comes_late(tmp_path: Path) -> None:
    priced = {"id": "C-1", "kind": "per_callout", "starts": "2026-01-01", "price": "55"}
    desk = InvoiceDesk(tmp_path, (customer_named("globex", contracts=[priced]),))
    desk.work("2026-03-10T09:00+01:00", 60)
    assert document(frozen(desk)).totals.net == Decimal("55.00")
    desk.work("2026-03-09T09:00+01:00", 60)
    desk.work("2026-04-01T09:00+02:00", 60, ticket="T-2")
    april = make_bill(desk.by("max"), desk.inventory, "globex", APRIL)
    assert [(item.id, item.amount) for item in april.fixed] == [("C-1:T-2", Decimal("55.00"))]
    assert [line.amount for line in april.lines] == [0, 0]
