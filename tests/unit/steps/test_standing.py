"""What is left, kept for the quick verbs: one file, as of a time, with what the ledger has had since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from callout.errors import Locked
from callout.inventory import Customer
from callout.ledger import Draft, Event, Ledger
from callout.ledger.event import format_utc
from callout.steps.bill import bill_of
from callout.steps.context import Context
from callout.steps.report import collect_balances, running_month
from callout.steps.standing import balance_told, keep_balances, newest_known
from callout.worklog.bill import Bill
from tests.unit.report_year import customers, inventory_of
from tests.unit.steps.conftest import Clock

HALF_AN_HOUR = 1800


@pytest.fixture
def globex() -> Customer:
    return customers()[0]


def work(context: Context, seconds: int = HALF_AN_HOUR, customer: str = "globex") -> None:
    """Work that ends now."""
    now = context.now()
    body = {
        "source": "person", "started_at": format_utc(now - dt.timedelta(seconds=seconds)), "ended_at": format_utc(now),
        "seconds": seconds, "role": "engineer", "ticket": "T-1", "note": "",
    }  # fmt: skip
    context.ledger.append(Draft("work_logged", now, context.actor, customer, "", "", body))


def kept(context: Context) -> Path:
    """The file of globex."""
    return context.places.data / "balances" / "globex.json"


def test_balances_are_told_as_of_their_time(context: Context, clock: Clock, globex: Customer) -> None:
    work(context)
    collected, trouble = collect_balances(context, inventory_of(globex))
    assert trouble == []
    assert [one.left for own in collected.balances for one in own.balances] == [Decimal(1170)]
    clock.forward(hours=2)
    assert balance_told(context, "globex") == (
        "Left for globex as of 2026-03-03 10:00 UTC: block-2026 19:30 h of 20:00 h, until 2026-12-31."
    )
    assert oct(kept(context).stat().st_mode & 0o777) == "0o600"


def test_newer_work_is_told_and_not_taken_off(context: Context, clock: Clock, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    clock.forward(hours=1)
    work(context)
    work(context, customer="hooli")
    told = balance_told(context, "globex")
    assert "(not yet in it: 0:30 h worked since): block-2026 20:00 h of 20:00 h" in told
    (logged,) = context.ledger.events(kind="work_logged", customer="globex")
    body = {"work": logged.id, "charge": "no", "reason": "Goodwill"}
    context.ledger.append(Draft("work_judged", clock(), "eva", "globex", "", "", body))
    assert "0:30 h worked since, 1 change since" in balance_told(context, "globex")


def test_what_came_while_the_bill_was_made_is_told_too_often_rather_than_not(
    context: Context, globex: Customer
) -> None:
    known = newest_known(context, "globex")
    work(context)
    assert keep_balances(context, _bill(context, globex), known) == ""
    assert "0:30 h worked since" in balance_told(context, "globex")


def test_a_machine_whose_clock_is_behind_is_not_overlooked(context: Context, clock: Clock, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    clock.forward(hours=-3)
    work(context)
    clock.forward(hours=4)
    assert "0:30 h worked since" in balance_told(context, "globex")


def test_another_months_bill_says_nothing_about_now(context: Context, clock: Clock, globex: Customer) -> None:
    bill = _bill(context, globex)
    clock.forward(days=40)
    assert keep_balances(context, bill, 0) == ""
    assert not kept(context).exists()
    assert balance_told(context, "globex") == ""


def test_a_file_that_is_not_whole_is_said_and_made_again(context: Context, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    kept(context).write_text(kept(context).read_text()[:-9])
    assert "is not whole" in balance_told(context, "globex")
    kept(context).write_text("x" * 100_000)
    assert "is not whole" in balance_told(context, "globex")
    collect_balances(context, inventory_of(globex))
    assert "19:30" not in balance_told(context, "globex")
    assert "20:00 h of 20:00 h" in balance_told(context, "globex")


def test_another_customers_file_is_not_believed(context: Context, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    kept(context).rename(kept(context).with_name("hooli.json"))
    assert "is not whole" in balance_told(context, "hooli")


def test_a_folder_that_cannot_be_written_is_a_sentence(context: Context, globex: Customer) -> None:
    context.places.data.mkdir(parents=True, exist_ok=True)
    (context.places.data / "balances").write_text("in the way")
    _, trouble = collect_balances(context, inventory_of(globex))
    assert len(trouble) == 1
    assert "cannot be written" in trouble[0]
    assert "cannot be read" in balance_told(context, "globex")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", ".", "x" * 300, "\udcff", "é"])
def test_a_strange_name_stays_in_the_folder(context: Context, globex: Customer, name: str) -> None:
    customer = globex.model_copy(update={"id": name})
    assert keep_balances(context, _bill(context, customer), 0) == ""
    (found,) = (context.places.data / "balances").iterdir()
    assert found.name.endswith(".json")
    assert "20:00 h" in balance_told(context, name) if name != "\udcff" else True


def test_a_customer_without_such_contracts_is_told_nothing(context: Context) -> None:
    initech = customers()[2]
    collect_balances(context, inventory_of(initech))
    assert balance_told(context, "initech") == ""


def test_the_running_month_is_the_customers(clock: Clock) -> None:
    clock.now = dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC)
    globex, hooli, initech = customers()
    assert [running_month(one, clock()).name for one in (globex, hooli, initech)] == ["2026-03", "2026-03", "2026-04"]


def _bill(context: Context, customer: Customer) -> Bill:
    return bill_of(context.ledger, inventory_of(customer), customer, running_month(customer, context.now()))


def test_work_that_is_not_whole_is_told_as_a_change(context: Context, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    for seconds in ("x", -5, None):
        context.ledger.append(Draft("work_logged", context.now(), "eva", "globex", "", "", {"seconds": seconds}))
    assert "(not yet in it: 3 changes since)" in balance_told(context, "globex")
    context.ledger.append(Draft("work_amended", context.now(), "eva", "globex", "", "", {"amendment": "discarded"}))
    assert "3 changes since" in balance_told(context, "globex")


class Held:
    """A ledger that somebody else has held for a minute."""

    def events(self, **filters: Any) -> Iterator[Event]:
        """Nothing, and a reason."""
        raise Locked("Somebody has held the ledger for a minute.", "Find who.")


def test_a_ledger_that_cannot_be_read_fails_nothing(context: Context, globex: Customer) -> None:
    collect_balances(context, inventory_of(globex))
    told = balance_told(replace(context, ledger=cast("Ledger", Held())), "globex")
    assert told == "What is left for globex is not shown: Somebody has held the ledger for a minute."
