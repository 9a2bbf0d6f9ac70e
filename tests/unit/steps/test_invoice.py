"""From the bill to the invoice and back: frozen once, numbered without gaps, credited never too much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from callout.errors import BadInput, CalloutError, Refused
from callout.steps.bill import make_bill
from callout.steps.invoice import credit_invoice, document_named, invoiced_work, issue_invoice
from callout.steps.quote import accept_quote, make_quote
from callout.steps.review import approve_bill, reject_bill, submit_bill, write_off
from callout.views.bill_text import bill_text
from callout.worklog.offer import Wanted
from tests.unit.invoice_desk import (
    APRIL,
    MARCH,
    InvoiceDesk,
    approved,
    customer_named,
    document,
    frozen,
    issue,
    line_ids,
    no_check,
)


@pytest.fixture
def desk(tmp_path: Path) -> InvoiceDesk:
    return InvoiceDesk(tmp_path)


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
    assert {line.note for line in invoice.lines} == {""}  # that nobody asked the customer is no matter for an invoice
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
    assert "50.00 of 120.00 written off." in bill_text(bill)
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
