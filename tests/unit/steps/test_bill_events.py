"""What is read for a bill is enough: the same bill as out of everything, whenever the work was entered or amended."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from callout.inventory.policy import Money
from callout.ledger import Draft, open_ledger
from callout.ledger.event import format_utc
from callout.steps.bill_events import bill_events
from callout.worklog.billing import bill_for
from callout.worklog.month import Month

START = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
CONTRACTS = [
    {"id": "A", "kind": "hours_block", "starts": "2026-01-15", "ends": "2026-04-30", "hours": "6"},
    {"id": "B", "kind": "retainer", "starts": "2026-03-01", "hours_per_month": "1", "carry_over_months": 1},
]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("consumed_by", ["worked", "entered"])
def test_as_much_as_everything(tmp_path: Path, make_customer: Any, seed: int, consumed_by: str) -> None:
    dice = random.Random(seed)
    clock = [START]
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", lambda: clock[0])
    works = []
    for _ in range(120):
        clock[0] += dt.timedelta(minutes=dice.randrange(60, 3600))
        begun = clock[0] - dt.timedelta(minutes=dice.choice([90, 90, 90, 600, 60_000]))
        callout = dice.choice(["", "CO-0001", "CO-0002"])
        if dice.random() < 0.1:
            ledger.append(Draft("consented", clock[0], "eva", "globex", "", callout, {"covers_charging": True}))
        if works and dice.random() < 0.2:
            moved = format_utc(clock[0] - dt.timedelta(minutes=dice.randrange(200, 90_000)))
            said = {"work": dice.choice(works), "amendment": "changed", "reason": "R", "was": {}}
            body = {**said, "set": {"started_at": moved} if dice.random() < 0.5 else {"note": "N"}}
            ledger.append(Draft("work_amended", clock[0], "eva", "globex", body=body))
        if works and dice.random() < 0.1:
            body = {"work": dice.choice(works), "charge": dice.choice(["yes", "no"]), "reason": "R"}
            ledger.append(Draft("work_judged", clock[0], "eva", "globex", body=body))
        body = {
            "source": "person",
            "role": "engineer",
            "started_at": format_utc(begun),
            "ended_at": format_utc(begun + dt.timedelta(minutes=80)),
            "seconds": 4800,
        }
        customer = dice.choice(["globex", "globex", "acme"])
        (event,) = ledger.append(Draft("work_logged", clock[0], "eva", customer, "", callout, body))
        if customer == "globex":
            works.append(event.id)
    everything = list(ledger.events())
    money = Money.model_validate({"consumed_by": consumed_by, "rounding": dice.choice(["each", "sum"])})
    for contracts in ([], CONTRACTS):
        customer = make_customer(contracts=contracts)
        for number in (1, 2, 3, 4):
            month = Month(2026, number)
            read = bill_events(ledger, customer, money, month)
            assert bill_for(read, customer, money, month) == bill_for(everything, customer, money, month)
            if consumed_by == "worked" and not contracts:
                assert len(read) < len(everything) / 2
