"""From the bill to the invoice and back: frozen once, numbered without gaps, credited never too much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, CalloutError, Refused
from callout.ledger import Event
from callout.steps.bill import make_bill
from callout.steps.invoice import credit_invoice, document_named, invoiced_work, invoices, issue_invoice
from callout.steps.quote import accept_quote, make_quote
from callout.steps.review import approve_bill, reject_bill, submit_bill, write_off
from callout.steps.review_status import review_status
from callout.worklog.invoice.document import Invoice
from callout.worklog.offer import Wanted
from tests.unit.invoice_desk import InvoiceDesk, customer_named, no_check

MARCH, APRIL, MAY = "2026-03", "2026-04", "2026-05"


@pytest.fixture
def desk(tmp_path: Path) -> InvoiceDesk:
    return InvoiceDesk(tmp_path)


def approved(desk: InvoiceDesk, month: str = MARCH, customer: str = "globex") -> None:
    submit_bill(desk.by("eva@desk"), desk.inventory, customer, month)
    approve_bill(desk.by("max@desk"), desk.inventory, customer, month)


def issue(desk: InvoiceDesk, month: str = MARCH, customer: str = "globex", **how: Any) -> Event:
    return issue_invoice(desk.by("max@desk"), desk.inventory, customer, month, check=no_check, **how)


def credit(desk: InvoiceDesk, number: str, *lines: str) -> Event:
    return credit_invoice(desk.by("max@desk"), desk.inventory, number, "Wrong", lines=lines, check=no_check)


def frozen(desk: InvoiceDesk, month: str = MARCH) -> Event:
    approved(desk, month)
    return issue(desk, month)


def document(event: Event) -> Invoice:
    return Invoice.from_dict(event.body["document"])


def line_ids(desk: InvoiceDesk, month: str) -> list[str]:
    return [line.id for line in make_bill(desk.by("eva"), desk.inventory, "globex", month).lines]


def test_an_approved_month_becomes_an_invoice_that_passes_the_official_rules(desk: InvoiceDesk) -> None:
    first = desk.work("2026-03-10T09:00+01:00", 50)
    desk.work("2026-03-11T09:00+01:00", 70, role="developer")
    approved(desk)
    event = issue_invoice(desk.by("max@desk"), desk.inventory, "globex", MARCH)
    invoice = document(event)
    assert (event.body["number"], invoice.issue_date, invoice.type) == ("2026-0001", dt.date(2026, 4, 2), "380")
    assert [line.net_amount for line in invoice.lines] == [Decimal("120.00"), Decimal("187.50")]
    assert (invoice.totals.net, invoice.totals.tax, invoice.totals.due) == (
        Decimal("307.50"), Decimal("61.50"), Decimal("369.00"),
    )  # fmt: skip
    assert invoiced_work(desk.ledger) == set(event.body["work"])
    assert first.id in event.body["work"]
    assert document_named(desk.ledger, "2026-0001") == invoice
    note = credit_invoice(desk.by("max@desk"), desk.inventory, "2026-0001", "Wrong customer")
    assert (note.body["number"], document(note).totals.due) == ("2026-0002", Decimal("369.00"))


def test_nothing_is_issued_that_is_not_approved_not_over_or_not_valid(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 50)
    desk.work("2026-04-01T09:00+02:00", 50)
    with pytest.raises(Refused) as told:
        issue(desk)
    assert [reason["code"] for reason in told.value.reasons] == ["not-approved"]
    approved(desk, APRIL)
    with pytest.raises(Refused) as told:
        issue(desk, APRIL)
    assert [reason["code"] for reason in told.value.reasons] == ["not-over"]
    approved(desk)

    def broken(_: object) -> None:
        raise CalloutError("It breaks a rule.")

    with pytest.raises(CalloutError, match="breaks a rule"):
        issue_invoice(desk.by("max"), desk.inventory, "globex", MARCH, check=broken)
    assert list(desk.ledger.events(kind="invoice_issued")) == []
    assert issue(desk).body["number"] == "2026-0001"
    assert issue(desk, APRIL, early=True).body["number"] == "2026-0002"


def test_frozen_once(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 50)
    frozen(desk)
    for again in (
        lambda: issue(desk),
        lambda: submit_bill(desk.by("eva"), desk.inventory, "globex", MARCH),
        lambda: approve_bill(desk.by("max"), desk.inventory, "globex", MARCH),
        lambda: reject_bill(desk.by("max"), desk.inventory, "globex", MARCH, "no"),
        lambda: write_off(desk.by("max"), desk.inventory, "globex", MARCH, line_ids(desk, MARCH)[0], "no"),
    ):
        with pytest.raises(Refused) as told:
            again()
        assert [reason["code"] for reason in told.value.reasons] == ["invoiced"]


def test_who_worked_cannot_approve_and_a_change_has_to_be_looked_at_again(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 50)
    submit_bill(desk.by("max@desk"), desk.inventory, "globex", MARCH)
    with pytest.raises(Refused, match="cannot be approved") as told:
        approve_bill(desk.by("eva@laptop"), desk.inventory, "globex", MARCH)
    assert told.value.reasons[0]["code"] == "own-work"
    desk.work("2026-03-12T09:00+01:00", 60)
    with pytest.raises(Refused) as told:
        approve_bill(desk.by("max@desk"), desk.inventory, "globex", MARCH)
    assert "is new: 120.00" in told.value.reasons[0]["seen"]
    approved(desk)
    desk.work("2026-03-13T09:00+01:00", 60)
    with pytest.raises(Refused) as told:
        issue(desk)
    assert told.value.reasons[0]["code"] == "changed"


def test_what_nobody_decided_cannot_be_submitted(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 50, clock_flags=["jumped"])
    desk.work("2026-03-11T09:00+01:00", 50, role="apprentice")
    with pytest.raises(Refused) as told:
        submit_bill(desk.by("max"), desk.inventory, "globex", MARCH)
    assert told.value.reasons[0]["seen"] == f"Without an amount: {', '.join(line_ids(desk, MARCH))}."


def test_written_off_the_posted_amount_stays_beside(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 60)
    (line,) = line_ids(desk, MARCH)
    max_desk = desk.by("max@desk")
    write_off(max_desk, desk.inventory, "globex", MARCH, line, "Goodwill {{7*7}}", amount=Decimal("20.00"))
    write_off(max_desk, desk.inventory, "globex", MARCH, line, "More", minutes=15)
    bill = make_bill(max_desk, desk.inventory, "globex", MARCH)
    (shown,) = bill.lines
    assert (shown.amount, shown.original_amount, shown.written_off, bill.total) == (
        Decimal("70.00"), Decimal("120.00"), Decimal("50.00"), Decimal("70.00"),
    )  # fmt: skip
    with pytest.raises(Refused, match="cannot be written off"):
        write_off(max_desk, desk.inventory, "globex", MARCH, line, "x", amount=Decimal("70.01"))
    invoice = document(frozen(desk))
    assert (invoice.lines[0].net_amount, invoice.lines[0].adjustments[0].amount) == (Decimal("70.00"), Decimal("50.00"))
    assert "Goodwill" not in str(invoice.to_dict())


@pytest.mark.parametrize(("amount", "said"), [(Decimal("0.001"), "decimals"), (Decimal("20.00"), "not both")])
def test_a_write_off_says_how_much_in_one_way(desk: InvoiceDesk, amount: Decimal, said: str) -> None:
    desk.work("2026-03-10T09:00+01:00", 60)
    minutes = 5 if said == "not both" else None
    with pytest.raises(BadInput, match=said):
        write_off(desk.by("max"), desk.inventory, "globex", MARCH, line_ids(desk, MARCH)[0], "x", amount=amount,
                  minutes=minutes)  # fmt: skip
    with pytest.raises(BadInput, match="no line"):
        write_off(desk.by("max"), desk.inventory, "globex", MARCH, "nonsense", "x")


def test_a_month_of_nothing_but_covered_work_comes_to_zero(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path, (customer_named("globex", contract="maintenance"),))
    desk.work("2026-03-10T09:00+01:00", 60)
    approved(desk)
    event = issue_invoice(desk.by("max@desk"), desk.inventory, "globex", MARCH)
    invoice = document(event)
    assert (invoice.totals.due, invoice.lines[0].price, invoice.lines[0].quantity) == (0, 0, 1)
    note = credit_invoice(desk.by("max@desk"), desk.inventory, "2026-0001", "Wrong")
    assert document(note).totals.due == 0


def test_an_empty_month_is_no_bill(desk: InvoiceDesk) -> None:
    with pytest.raises(Refused) as told:
        submit_bill(desk.by("max"), desk.inventory, "globex", MARCH)
    assert told.value.reasons[0]["code"] == "empty"


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


def test_numbers_and_dates_go_the_same_way(desk: InvoiceDesk) -> None:
    desk.work("2026-03-10T09:00+01:00", 60)
    approved(desk)
    with pytest.raises(BadInput, match="in the future"):
        issue(desk, date=dt.date(2026, 4, 3))
    issue(desk, date=dt.date(2026, 4, 1))
    with pytest.raises(Refused, match="cannot be of 2026-03-31"):
        credit_invoice(
            desk.by("max"), desk.inventory, "2026-0001", "x", date=dt.date(2026, 3, 31), check=no_check
        )  # fmt: skip


def test_without_a_seller_or_a_buyer_there_is_no_invoice(tmp_path: Path) -> None:
    desk = InvoiceDesk(tmp_path, (customer_named("globex", invoicing=None),))
    desk.work("2026-03-10T09:00+01:00", 60)
    approved(desk)
    with pytest.raises(BadInput, match=r"callout_customer\.invoicing"):
        issue(desk)


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


def test_an_accepted_quote_gives_its_order_and_is_told_beside_what_was_worked(desk: InvoiceDesk) -> None:
    desk.clock.now = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
    customer, eva = desk.inventory.customer("globex"), desk.by("eva@desk")
    make_quote(eva, customer, desk.inventory.policy, Wanted(ticket="T-1", text="Repair", minutes=60))
    accept_quote(eva, customer, "Q-0001", order_reference="PO-7", by="it@globex.example", channel="email",
                 reference="<1@x>")  # fmt: skip
    desk.clock.now = dt.datetime(2026, 4, 2, 9, 0, tzinfo=dt.UTC)
    desk.work("2026-03-10T09:00+01:00", 90)
    invoice = document(frozen(desk))
    assert (invoice.order_reference, invoice.lines[0].attributes) == ("PO-7", (("Order", "PO-7"),))
    assert invoice.notes == ("Quote Q-0001, ticket T-1: quoted 1:00 h, 120.00 EUR, worked 1:30 h.",)


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
