"""Quotes are made from the ledger or by hand, numbered without gaps, answered once, and hold the gate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from callout.errors import BadInput, Refused
from callout.inventory import Customer, System
from callout.inventory.policy import Policy
from callout.ledger import Draft, Event
from callout.ledger.event import format_utc, parse_utc
from callout.policy.similar_work import Likeness
from callout.steps.context import Context
from callout.steps.quote import accept_quote, decline_quote, make_quote, quote_now, quote_seen, quotes
from callout.worklog.offer import Wanted, last_second
from tests.unit.steps.conftest import Clock

POLICY = Policy.model_validate({"money": {"rates": {"engineer": "120.00"}, "increment_minutes": 15}})
YES = {"order_reference": "PO-7", "by": "IT <it@globex.example>", "channel": "email", "reference": "<52@x>"}


@pytest.fixture
def customer(system: System) -> Customer:
    return system.customer


def work(context: Context, minutes: int, ticket: str, note: str = "Voicemail repaired") -> Event:
    start = context.now()
    body = {
        "source": "person", "started_at": format_utc(start), "ended_at": format_utc(start + minutes * MINUTE),
        "seconds": minutes * 60, "role": "engineer", "ticket": ticket, "note": note, "activity": "maintenance",
    }  # fmt: skip
    return context.ledger.append(Draft("work_logged", start, "eva@desk", "globex", "globex-sw1", "", body))[0]


MINUTE = dt.timedelta(minutes=1)


def make(context: Context, customer: Customer, **wanted: Any) -> Event:
    return make_quote(context, customer, POLICY, Wanted(**{"ticket": "T-1", "text": "Repair", **wanted}))


def test_by_hand(context: Context, customer: Customer) -> None:
    body = make(context, customer, minutes=50, cap="2h").body
    assert (body["quote"], body["amount"], body["currency"], body["rate"]) == ("Q-0001", "100.00", "EUR", "120.00")
    assert (body["minutes"], body["cap"], body["method"]) == ({"stated": 50}, {"minutes": 120}, "stated")
    # 30 days on, the last second of that day in New York
    assert body["valid_until"] == "2026-04-03T03:59:59.000000Z"
    assert make(context, customer, amount=Decimal("99.5")).body["amount"] == "99.50"
    assert [quote.number for quote in quotes(context)] == ["Q-0001", "Q-0002"]


def test_from_similar_past_work(context: Context, customer: Customer, clock: Clock) -> None:
    done = []
    for number, minutes in enumerate((20, 40, 60, 70, 200), 2):
        done.append(work(context, minutes, f"T-{number}").id)
        clock.forward(hours=5)
    work(context, 999, "T-50", "Another matter")
    clock.forward(days=1)
    work(context, 999, "T-1")  # the job itself never counts
    clock.forward(days=1)
    body = make(context, customer, like=Likeness("globex", text="repair voicemail", least=5), cap="p90").body
    assert body["minutes"] == {"median": 60, "p90": 210}
    assert (body["amount"], body["cap"], body["method"], body["jobs"]) == ("120.00", {"minutes": 210}, "ledger", 5)
    assert body["basis"] == done
    assert body["reasons"][-1] == "5 of 6 past jobs of globex are like it."


def test_too_little_past_work_asks_for_a_figure(context: Context, customer: Customer) -> None:
    work(context, 20, "T-2")
    with pytest.raises(BadInput, match="1 of 5 needed") as told:
        make(context, customer, like=Likeness("globex", text="voicemail", least=5))
    assert "--minutes" in told.value.hint
    assert list(context.ledger.events(kind="quoted")) == []


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"minutes": 60, "ticket": " "}, "ticket"),
        ({"minutes": 60, "text": ""}, "included"),
        ({}, "nothing"),
        ({"minutes": 60, "amount": Decimal(3)}, "more than one"),
        ({"minutes": 0}, "no length"),
        ({"amount": Decimal("-1")}, "no amount"),
        ({"amount": Decimal("NaN")}, "no amount"),
        ({"minutes": 60, "cap": "59m"}, "below"),
        ({"amount": Decimal(100), "cap": "99.99"}, "below"),
        ({"minutes": 60, "role": "developer"}, "no rate"),
        ({"minutes": 60, "valid_until": parse_utc("2026-03-03T10:00:00.000000Z")}, "past"),
    ],
)
def test_a_quote_that_says_too_little_is_not_made(
    context: Context, customer: Customer, wanted: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        make(context, customer, **wanted)


def test_accepted_once_in_time_from_a_registered_address(context: Context, customer: Customer, clock: Clock) -> None:
    make(context, customer, minutes=60, valid_until=last_second("2026-03-10", "America/New_York"))
    with pytest.raises(Refused, match="no registered address"):
        accept_quote(context, customer, "Q-0001", **{**YES, "by": "notit@globex.example"})
    clock.now = parse_utc("2026-03-11T03:59:59.999999Z")
    event = accept_quote(context, customer, "Q-0001", **YES)
    assert event.body["order_reference"] == "PO-7"
    for again in (lambda: accept_quote(context, customer, "Q-0001", **YES),
                  lambda: decline_quote(context, "Q-0001", reason="no")):  # fmt: skip
        with pytest.raises(Refused, match="accepted already"):
            again()
    assert quote_now(context, "Q-0001").order_reference == "PO-7"


def test_expired_is_not_accepted_but_an_answer_in_time_may_be_recorded_later(
    context: Context, customer: Customer, clock: Clock
) -> None:
    make(context, customer, minutes=60, valid_until=last_second("2026-03-10", "America/New_York"))
    clock.now = parse_utc("2026-03-11T04:00:00.000000Z")
    with pytest.raises(Refused, match="good until 2026-03-11 03:59:59 UTC"):
        accept_quote(context, customer, "Q-0001", **YES)
    accept_quote(context, customer, "Q-0001", **YES, given_at=parse_utc("2026-03-11T03:00:00.000000Z"))
    assert quote_now(context, "Q-0001").state == "accepted"


def test_declined_with_a_reason_and_then_it_stays_declined(context: Context, customer: Customer) -> None:
    make(context, customer, minutes=60)
    with pytest.raises(BadInput, match="reason"):
        decline_quote(context, "Q-0001", reason=" ")
    decline_quote(context, "Q-0001", reason="Too much")
    with pytest.raises(Refused, match="declined already"):
        accept_quote(context, customer, "Q-0001", **YES)


@pytest.mark.parametrize("missing", ["order_reference", "by", "reference"])
def test_an_acceptance_needs_order_name_and_evidence(context: Context, customer: Customer, missing: str) -> None:
    make(context, customer, minutes=60)
    with pytest.raises(BadInput):
        accept_quote(context, customer, "Q-0001", **{**YES, missing: " "})


def test_what_the_gate_sees(context: Context, customer: Customer, clock: Clock) -> None:
    assert quote_seen(context, "globex", "T-1", "CO-0001") is None
    make(context, customer, minutes=60, cap="90m")
    assert quote_seen(context, "globex", "T-1", "CO-0001") is None
    accept_quote(context, customer, "Q-0001", **YES)
    clock.forward(minutes=1)
    work(context, 72, "T-1")
    seen = quote_seen(context, "globex", "T-1", "CO-0001")
    assert seen is not None
    assert seen.use is not None
    assert (seen.number, seen.order_reference, seen.use.percent) == ("Q-0001", "PO-7", 80)


def test_the_last_second_of_a_day_in_the_customers_zone() -> None:
    assert last_second("2026-03-28", "Europe/Vienna") == parse_utc("2026-03-28T22:59:59.000000Z")
    assert last_second("2026-03-29", "Europe/Vienna") == parse_utc("2026-03-29T21:59:59.000000Z")
    assert last_second("2026-03-29T12:00+02:00", "Europe/Vienna") == parse_utc("2026-03-29T10:00:00.000000Z")
    for wrong in ("tomorrow", "2026-02-30", "2026-03-29T12:00"):
        with pytest.raises(BadInput):
            last_second(wrong, "Europe/Vienna")
