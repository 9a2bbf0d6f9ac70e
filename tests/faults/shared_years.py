"""People who work for several customers at a time, while bills of some of them leave the house and come back."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from callout.errors import BadInput, Refused
from callout.ledger.event import Draft, format_utc
from callout.steps.bill import make_bill
from callout.steps.invoice import credit_invoice, invoices
from callout.worklog.bill import Bill, LineState
from tests.unit.invoice_desk import POLICY, InvoiceDesk, approved, customer_named, issue, no_check

CUSTOMERS = ("acme", "globex", "initech")
MONTHS = ("2026-03", "2026-04")
# Two evenings on which a month ends, so that work over the edge stands on two months' bills.
DAYS = (dt.datetime(2026, 3, 31, 18, tzinfo=dt.UTC), dt.datetime(2026, 4, 7, 9, tzinfo=dt.UTC))
PEOPLE = ("eva@desk", "tom@desk")
STEPS = 14

# What an invoice asks for: line, seconds that others have, minutes, amount.
Asked = list[tuple[str, int, int | None, str]]


def live_side_by_side(folder: Path, seed: int) -> int:
    """Lives one history and checks it after every step; how many invoices it had."""
    dice = random.Random(seed)
    here = folder / str(seed)
    here.mkdir()
    money = {**POLICY["money"], "increment_minutes": 1, "shared_minutes": dice.choice(["split", "split", "first"])}
    desk = InvoiceDesk(here, tuple(customer_named(name) for name in CUSTOMERS), {**POLICY, "money": money})
    desk.clock.now = dt.datetime(2026, 5, 2, 9, 0, tzinfo=dt.UTC)
    asked: dict[str, Asked] = {}
    for _ in range(4):
        _work(desk, dice)
    for _ in range(STEPS):
        desk.clock.now += dt.timedelta(hours=dice.randrange(1, 40))
        _step(desk, dice, asked)
        _check(desk, asked)
    count = len(invoices(desk.ledger))
    desk.ledger.close()
    return count


def _step(desk: InvoiceDesk, dice: random.Random, asked: dict[str, Asked]) -> None:
    match dice.choice(["work", "work", "invoice", "invoice", "credit", "judge", "withdraw"]):
        case "work":
            _work(desk, dice)
        case "invoice":
            customer, month = dice.choice(CUSTOMERS), dice.choice(MONTHS)
            bill = make_bill(desk.by("max@desk"), desk.inventory, customer, month)
            try:
                approved(desk, month, customer)
                number = issue(desk, month, customer).body["number"]
            except (BadInput, Refused):  # nobody is asked for nothing
                return
            asked[number] = _asked(bill)
        case "credit":
            live = [one for one in invoices(desk.ledger) if one.is_live]
            if live:
                number = dice.choice(live).number
                credit_invoice(desk.by("max@desk"), desk.inventory, number, "Wrong", check=no_check)
                del asked[number]
        case word:
            _say(desk, dice, word)


def _work(desk: InvoiceDesk, dice: random.Random) -> None:
    begun = dice.choice(DAYS) + dt.timedelta(minutes=dice.randrange(300))
    run: dict[str, Any] = {"source": "playbook", "outcome": "done"} if dice.random() < 0.4 else {}
    minutes = dice.randrange(1, 240)
    # A break: less was measured than lies between beginning and end.
    breaks = {"seconds": 30 * minutes} if dice.random() < 0.2 else {}
    desk.work(begun.isoformat(), minutes, dice.choice(CUSTOMERS), dice.choice(PEOPLE), **run, **breaks)


def _say(desk: InvoiceDesk, dice: random.Random, word: str) -> None:
    """A person's word about work that is on no invoice: another's is refused before it gets here."""
    settled = {work for one in invoices(desk.ledger) for work in one.work}
    free = [one for one in desk.ledger.events(kind="work_logged") if one.id not in settled]
    if not free:
        return
    one = dice.choice(free)
    if word == "judge":
        kind, body = "work_judged", {"work": one.id, "charge": dice.choice(["yes", "no"]), "reason": "R"}
    else:
        moved = format_utc(one.happened_at - dt.timedelta(days=900))
        kind, body = "work_amended", {"work": one.id, "amendment": "changed", "reason": "R", "was": {}}
        body["set"] = {"started_at": moved, "ended_at": moved, "seconds": 0}
    desk.ledger.append(Draft(kind, desk.clock.now, "eva@desk", one.customer, body=body))


def _check(desk: InvoiceDesk, asked: dict[str, Asked]) -> None:
    counted: dict[str, int] = defaultdict(int)
    spans: dict[str, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for customer in CUSTOMERS:
        for month in (*MONTHS, "2026-05", "2026-06"):
            bill = make_bill(desk.by("max@desk"), desk.inventory, customer, month)
            for line in bill.lines:
                if line.state is LineState.PRICED:
                    counted[line.entry.event.actor] += line.seconds - line.deducted_seconds
                    spans[line.entry.event.actor].append((line.started_at, line.ended_at))
            assert all(0 < one.share <= 1 for contested in bill.contested.values() for one in contested.held)
            for number in (one.number for one in invoices(desk.ledger, customer) if one.is_live):
                if invoice_month(desk, number) == month:
                    assert _asked(bill) == asked[number], f"{number} of {customer} is not what it was"
    for actor, seconds in counted.items():
        assert seconds <= _passed(spans[actor]), f"{actor} is billed for more time than passed"


def invoice_month(desk: InvoiceDesk, number: str) -> str:
    """The month that the invoice of that number is for."""
    return next(one.month.name for one in invoices(desk.ledger) if one.number == number)


def _asked(bill: Bill) -> Asked:
    return [(line.id, line.deducted_seconds, line.billed_minutes, f"{line.amount}") for line in bill.lines]


def _passed(spans: list[tuple[dt.datetime, dt.datetime]]) -> Fraction:
    """Seconds in which anything of it went on."""
    passed, reached = dt.timedelta(0), dt.datetime.min.replace(tzinfo=dt.UTC)
    for start, end in sorted(spans):
        passed += max(end - max(start, reached), dt.timedelta(0))
        reached = max(reached, end)
    return Fraction(passed // dt.timedelta(microseconds=1), 1_000_000)
