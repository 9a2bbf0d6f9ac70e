"""What is read of other customers' work is enough: the same bill as out of everything, and little of the rest."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from callout.inventory.policy import Money
from callout.ledger import Draft, open_ledger
from callout.ledger.event import format_utc
from callout.ledger.gathered import Gathered
from callout.steps.bill_elsewhere import events_elsewhere
from callout.steps.bill_events import bill_events
from callout.worklog.billing import bill_for
from callout.worklog.elsewhere import elsewhere_of
from callout.worklog.month import Month

START = dt.datetime(2026, 2, 14, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize("seed", range(3))
def test_as_much_as_everything(tmp_path: Path, make_customer: Any, seed: int) -> None:
    dice = random.Random(seed)
    clock = [START]
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", lambda: clock[0])
    works: list[tuple[str, str]] = []
    for _ in range(150):
        clock[0] += dt.timedelta(minutes=dice.randrange(5, 150))
        begun = clock[0] - MINUTE * dice.choice([90, 90, 600, 60_000])
        customer = dice.choice(["globex", "globex", "acme", "initech", "umbrella"])
        callout = dice.choice(["", "CO-0001", "CO-0002"])
        if works and dice.random() < 0.15:
            work, whose = dice.choice(works)
            moved = clock[0] - MINUTE * dice.randrange(200, 90_000)
            said: dict[str, Any] = {"started_at": format_utc(moved), "ended_at": format_utc(moved + 80 * MINUTE)}
            said = said if dice.random() < 0.7 else {"cause": "own_bug"}
            body = {"work": work, "amendment": "changed", "reason": "R", "was": {}, "set": said}
            ledger.append(Draft("work_amended", clock[0], "max", whose, body=body))
        if works and dice.random() < 0.1:
            work, whose = dice.choice(works)
            body = {"work": work, "charge": dice.choice(["yes", "no"]), "reason": "R"}
            ledger.append(Draft("work_judged", clock[0], "eva", whose, body=body))
        if works and dice.random() < 0.05:
            work, whose = dice.choice([one for one in works if one[1] != "globex"] or works)
            items = [{"line": work, "work": [work]}]
            body = {"number": work, "month": "2026-01", "items": items, "lines": [work]}
            ledger.append(Draft("invoice_issued", clock[0], "eva", whose, body=body))
        body = {
            "source": dice.choice(["person", "playbook"]),
            "role": "engineer",
            "started_at": format_utc(begun),
            "ended_at": format_utc(begun + 80 * MINUTE),
            "seconds": 4800,
            "outcome": dice.choice(["", "", "refused"]),
        }
        actor = dice.choice(["eva", "eva", "eva", "ida"])
        (event,) = ledger.append(Draft("work_logged", clock[0], actor, customer, "", callout, body))
        works.append((event.id, customer))
    everything = list(ledger.events())
    money = Money.model_validate({"shared_minutes": dice.choice(["split", "first"])})
    customers = {name: make_customer(id=name) for name in ("globex", "acme", "initech")}
    whole = elsewhere_of((one for one in everything if one.customer != "globex"), customers, money)
    shared = 0
    for number in (2, 3, 4):
        own = bill_events(ledger, customers["globex"], money, Month(2026, number))
        for view in (ledger, Gathered(everything)):
            read = events_elsewhere(view, "globex", own)
            assert not [one for one in read if one.customer == "globex" and one.kind == "work_logged"]
            beside = elsewhere_of(read, customers, money)
            month = Month(2026, number)
            bill = bill_for(own, customers["globex"], money, month, elsewhere=beside)
            assert bill == bill_for(own, customers["globex"], money, month, elsewhere=whole)
            shared += bill.is_shared
    assert shared, "no work was shared: the scene shows nothing"


def test_of_nobody_else_nothing_is_read(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", lambda: START)
    assert not events_elsewhere(ledger, "globex", [])
    body = {"source": "person", "role": "engineer", "seconds": 600}
    body |= {"started_at": format_utc(START), "ended_at": format_utc(START + 10 * MINUTE)}
    own = ledger.append(Draft("work_logged", START, "eva", "globex", body=body))
    ledger.append(Draft("work_logged", START, "max", "acme", body=body))
    assert not events_elsewhere(ledger, "globex", own)
