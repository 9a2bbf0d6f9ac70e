"""Contracts that pay: in the policy's order, while they are valid and hold something; and what a rule makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from callout.inventory.policy import Money
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month

BLOCK = {"id": "H-1", "kind": "hours_block", "starts": "2026-01-01", "ends": "2026-12-31", "hours": "2"}


def bill(book: Any, customer: Any, month: str = "2026-03", **money: Any) -> Bill:
    return bill_for(book.events, customer, Money.model_validate(money), parse_month(month))


def payers(found: Bill) -> list[tuple[str, int | None, str]]:
    return [(line.paid_by, line.billed_minutes, str(line.amount)) for line in found.lines]


def test_a_line_that_a_block_covers_partly_is_split_and_shown_at_zero(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 3 * 3600)
    found = bill(book, make_customer(contracts=[BLOCK]))
    assert payers(found) == [("H-1", 120, "0.00"), ("", 60, "120.00")]
    covered, billed = found.lines
    assert (str(covered.state), covered.original_amount, covered.seconds, billed.seconds) == (
        "covered",
        Decimal("240.00"),
        7200,
        3600,
    )
    assert (covered.id, billed.id) == ("00000001", "00000001.2")
    assert found.total == Decimal("120.00")
    (balance,) = found.balances
    assert (balance.bought, balance.used_before, balance.used_now, balance.left, balance.warning) == (
        120, 0, 120, 0, "100",
    )  # fmt: skip


def test_the_next_block_pays_what_the_first_cannot(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 3 * 3600)
    later = {**BLOCK, "id": "H-2", "ends": "2027-06-30"}
    assert payers(bill(book, make_customer(contracts=[later, BLOCK]))) == [("H-1", 120, "0.00"), ("H-2", 60, "0.00")]


def test_earlier_months_have_used_the_block(book: Any, make_customer: Any) -> None:
    book.work("2026-02-02T14:00Z", 5400)
    book.work("2026-03-02T14:00Z", 3600)
    found = bill(book, make_customer(contracts=[BLOCK]))
    assert payers(found) == [("H-1", 30, "0.00"), ("", 30, "60.00")]
    assert (found.balances[0].used_before, found.balances[0].used_now) == (90, 30)


def test_an_expired_contract_never_pays(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T14:00Z", 3600)
    for ends in ("2026-03-01", "2026-02-28"):
        found = bill(book, make_customer(contracts=[{**BLOCK, "ends": ends}]))
        assert payers(found) == [("", 60, "120.00")]
    assert payers(bill(book, make_customer(contracts=[{**BLOCK, "starts": "2026-03-03"}]))) == [("", 60, "120.00")]


def test_work_over_a_contracts_last_midnight_is_cut_there(book: Any, make_customer: Any) -> None:
    book.work("2026-03-10T03:30Z", 3600)  # 23:30 to 00:30 in New York
    found = bill(book, make_customer(contracts=[{**BLOCK, "ends": "2026-03-09"}]), increment_minutes=1)
    assert payers(found) == [("H-1", 30, "0.00"), ("", 30, "60.00")]


def test_by_the_day_worked_and_not_by_the_day_entered(book: Any, make_customer: Any) -> None:
    """February's work was entered in March: March's block is not for it, unless policy says so."""
    block = {**BLOCK, "starts": "2026-03-01"}
    event = book.work("2026-02-27T14:00Z", 3600)
    book.events[0] = type(event)(**{
        name: getattr(event, name) for name in event.__slots__
    } | {"recorded_at": "2026-03-02T09:00:00.000000Z"})  # fmt: skip
    customer = make_customer(contracts=[block])
    assert payers(bill(book, customer, "2026-02")) == [("", 60, "120.00")]
    assert payers(bill(book, customer, "2026-02", consumed_by="entered")) == [("H-1", 60, "0.00")]


def test_a_retainers_hours_are_carried_over_and_lapse(book: Any, make_customer: Any) -> None:
    retainer = {
        "id": "R", "kind": "retainer", "starts": "2026-01-01", "hours_per_month": "1", "carry_over_months": 1,
        "price_per_month": "90.00",
    }  # fmt: skip
    book.work("2026-03-02T14:00Z", 4 * 3600)
    found = bill(book, make_customer(contracts=[retainer]))
    assert payers(found) == [("R", 120, "0.00"), ("", 120, "240.00")]  # February's and March's; January's has lapsed
    assert found.balances[0].expired == 60
    assert [(item.contract, item.amount) for item in found.fixed] == [("R", Decimal("90.00"))]
    assert found.total == Decimal("330.00")


def test_a_block_of_money_pays_whole_minutes(book: Any, make_customer: Any) -> None:
    block = {"id": "M", "kind": "money_block", "starts": "2026-01-01", "amount": "33.00"}
    book.work("2026-03-02T14:00Z", 3600)
    found = bill(book, make_customer(contracts=[block]))
    assert payers(found) == [("M", 16, "0.00"), ("", 44, "88.00")]
    assert (found.balances[0].left, found.balances[0].unit) == (Decimal("1.00"), "EUR")


def test_a_project_and_a_call_out_are_asked_for_once(book: Any, make_customer: Any) -> None:
    contracts = [
        {"id": "P", "kind": "fixed_price", "starts": "2026-03-01", "price": "500", "tickets": ["T-9"]},
        {"id": "C", "kind": "per_callout", "starts": "2026-01-01", "price": "80.00", "minutes_per_callout": 60},
    ]
    book.work("2026-03-02T14:00Z", 3600, ticket="T-9")
    book.work("2026-03-03T14:00Z", 2700)
    book.work("2026-03-04T14:00Z", 1800)
    found = bill(book, make_customer(contracts=contracts))
    assert payers(found) == [("P", 60, "0.00"), ("C", 45, "0.00"), ("C", 15, "0.00"), ("", 15, "30.00")]
    assert [(item.contract, str(item.amount)) for item in found.fixed] == [("P", "500.00"), ("C", "80.00")]
    assert found.total == Decimal("610.00")


def test_beyond_the_cap_a_person_decides(book: Any, make_customer: Any) -> None:
    work = book.work("2026-03-02T14:00Z", 4 * 3600)
    customer = make_customer(contracts=[{**BLOCK, "overrun_cap_hours": "1"}])
    found = bill(book, customer)
    assert [str(line.state) for line in found.lines] == ["covered", "priced", "undecided"]
    assert found.total is None
    assert "bill.cap" in [finding.check for finding in found.findings]
    book.write("work_judged", "2026-03-05T00:00Z", work=work.id, charge="yes", reason="They asked for it")
    assert bill(book, customer).total == Decimal("240.00")


def test_included_hours_are_not_for_what_is_charged_on_top(book: Any, make_customer: Any) -> None:
    included = {"id": "I", "kind": "included_hours", "starts": "2026-01-01", "hours_per_month": "1"}
    book.work("2026-03-02T14:00Z", 3600, cause="unsupported_modification", cause_evidence=["drift"])
    book.work("2026-03-03T14:00Z", 5400)
    found = bill(book, make_customer(contract="maintenance", contracts=[included]))
    assert payers(found) == [("", 60, "120.00"), ("I", 60, "0.00"), ("", 30, "60.00")]
    assert found.lines[0].verdict.evidence == ("drift",)


def test_a_contract_pays_only_for_what_it_is_for(book: Any, make_customer: Any) -> None:
    narrow = {**BLOCK, "activities": ["travel"], "roles": ["engineer"], "tickets": ["T-7"]}
    book.work("2026-03-02T14:00Z", 900, activity="travel", ticket="T-7")
    book.work("2026-03-03T14:00Z", 900, activity="travel")
    book.work("2026-03-04T14:00Z", 900, ticket="T-7")
    book.work("2026-03-05T14:00Z", 900, activity="travel", ticket="T-7", role="developer")
    found = bill(book, make_customer(contracts=[narrow], rates={"engineer": "120", "developer": "150"}))
    assert [line.paid_by for line in found.lines] == ["H-1", "", "", ""]


def test_an_hour_at_night_takes_one_hour_or_more_by_policy(book: Any, make_customer: Any) -> None:
    book.work("2026-03-02T02:00Z", 5400)
    night = {"multipliers": {"out_of_hours": "2", "weekend": "2"}}
    customer = make_customer(contracts=[BLOCK])
    assert payers(bill(book, customer, **night)) == [("H-1", 90, "0.00")]
    found = bill(book, customer, bucket_hours="multiplied", **night)
    assert payers(found) == [("H-1", 60, "0.00"), ("", 30, "120.00")]


def test_work_that_was_entered_late_never_takes_what_an_invoice_has_used(book: Any, make_customer: Any) -> None:
    first = book.work("2026-03-10T14:00Z", 7200)
    line = first.id[:8]
    stands = {"work": [first.id], "lines": [line], "items": [{"line": line, "work": [first.id], "amount": "0"}]}
    book.write("invoice_issued", "2026-04-01T00:00Z", number="1", month="2026-03", **stands)
    book.work("2026-03-02T14:00Z", 3600)
    found = bill(book, make_customer(contracts=[BLOCK]))
    assert payers(found) == [("", 60, "120.00"), ("H-1", 120, "0.00")]
    book.write("credit_note_issued", "2026-04-02T00:00Z", number="2", corrects="1", lines=[line])
    assert payers(bill(book, make_customer(contracts=[BLOCK])))[0] == ("H-1", 60, "0.00")


@pytest.mark.parametrize(
    ("worked_minutes", "warning"), [(90, ""), (96, "80"), (113, "80"), (114, "95"), (119, "95"), (120, "100")]
)
def test_a_warning_at_80_and_95_percent(book: Any, make_customer: Any, worked_minutes: int, warning: str) -> None:
    book.work("2026-03-02T14:00Z", worked_minutes * 60)
    found = bill(book, make_customer(contracts=[BLOCK]), increment_minutes=1)
    assert found.balances[0].warning == warning
    assert ("bill.balance@H-1" in [finding.check for finding in found.findings]) == bool(warning)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({**BLOCK, "hours": None}, "needs hours"),
        ({**BLOCK, "price_per_month": "1"}, "nobody reads price_per_month"),
        ({**BLOCK, "ends": "2025-12-31"}, "ends is before starts"),
        ({**BLOCK, "hours": "1.001"}, "no whole number of minutes"),
        ({**BLOCK, "kind": "barter"}, "Input should be"),
    ],
)
def test_a_contract_that_cannot_be_is_named(make_customer: Any, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make_customer(contracts=[wrong])


def test_two_contracts_of_one_name_are_refused(make_customer: Any) -> None:
    with pytest.raises(ValidationError, match="two contracts are called H-1"):
        make_customer(contracts=[BLOCK, BLOCK])
