"""The health that decides a change: the web first, then all the rest; and no call is cut."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from callout.errors import BadInput, Refused
from callout.inventory.models import ChangeWindow, System
from callout.ledger import Draft
from callout.policy.until import deadline
from callout.steps.context import Context
from callout.steps.health import check_health
from callout.steps.patch_drain import Draining, drain_for_change
from callout.steps.patch_health import health_for_change
from tests.unit.health.test_step import context as context
from tests.unit.health.test_step import no_sleep
from tests.unit.health.test_step import system as system

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


def patient(system: System, **more: Any) -> System:
    return system.model_copy(update={"operation": system.operation.model_copy(update={"health_wait_s": 300, **more})})


def mending(acts: dict[int, Callable[[], object]]) -> tuple[list[float], Callable[[float], None]]:
    """A sleep that notes how long, and does something at the n-th time."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        acts.get(len(slept), lambda: None)()

    return slept, sleep


def test_web_comes_up_then_asterisk(context: Context, system: System, web: Any, asterisk: Any) -> None:
    """Each has the profile's time of its own."""
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    web.status = 503
    asterisk.says(status=1)
    slept, sleep = mending({3: lambda: setattr(web, "status", 200), 50: asterisk.says})
    found = health_for_change(context, patient(system), "CO-0001", sleep)()
    assert not any(finding.blocks for finding in found)
    assert len(slept) == 50


def test_web_that_stays_down_is_not_waited_for_twice(context: Context, system: System, web: Any) -> None:
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    web.status = 503
    slept, sleep = mending({})
    found = health_for_change(context, patient(system), "CO-0001", sleep)()
    assert {finding.check for finding in found if finding.blocks} >= {"gui.page"}
    assert len(slept) <= 300 // 5 + 2


def test_asterisk_that_stays_down_is_waited_for_its_time(context: Context, system: System, asterisk: Any) -> None:
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    asterisk.says(status=1)
    slept, sleep = mending({})
    found = health_for_change(context, patient(system), "CO-0001", sleep)()
    assert "asterisk.running" in {finding.check for finding in found if finding.blocks}
    assert 50 <= len(slept) <= 300 // 5 + 3


def test_what_does_not_stay_well_while_it_settles_is_not_well(context: Context, system: System, web: Any) -> None:
    check_health(context, system, "CO-0001", "before", sleep=no_sleep)
    slept, sleep = mending({1: lambda: setattr(web, "status", 500)})
    found = health_for_change(context, patient(system, settle_s=90), "CO-0001", sleep)()
    assert any(finding.check == "gui.page" and finding.blocks for finding in found)
    assert slept == [90]


CALLS = "4 active channels\\n{} active calls\\n9 calls processed\\n"


def opened(context: Context, emergency: str = "") -> Context:
    body = {"ticket": "T-1", "emergency": emergency}
    context.ledger.append(Draft("opened", NOW, "eva@desk", "acme", "loop-pbx1", "CO-0001", body))
    return context


def test_no_call_no_wait(context: Context, system: System) -> None:
    slept, sleep = mending({})
    drain_for_change(opened(context), system, "CO-0001", Draining(), sleep=sleep)()
    assert slept == []


def test_calls_that_end_let_it_begin(context: Context, system: System, asterisk: Any) -> None:
    asterisk.says(count=CALLS.format(2))
    slept, sleep = mending({3: asterisk.says})
    drain_for_change(opened(context), system, "CO-0001", Draining(), sleep=sleep)()
    assert len(slept) == 3


def test_calls_that_do_not_end_refuse_with_their_number(context: Context, system: System, asterisk: Any) -> None:
    asterisk.says(count=CALLS.format(2))
    with pytest.raises(Refused, match="2 calls are still in progress") as refused:
        drain_for_change(opened(context), system, "CO-0001", Draining(minutes=0), sleep=no_sleep)()
    (reason,) = refused.value.reasons
    assert (reason["code"], reason["evidence"]["calls"], reason["status"]) == ("busy", 2, "fail")


@pytest.mark.parametrize("answer", ["", "none\\n", "0 active channels\\n", CALLS.format("many")])
def test_unknown_number_of_calls_is_never_none(context: Context, system: System, asterisk: Any, answer: str) -> None:
    asterisk.says(count=answer)
    slept, sleep = mending({})
    with pytest.raises(Refused, match="not known") as refused:
        drain_for_change(opened(context), system, "CO-0001", Draining(minutes=1), sleep=sleep)()
    (reason,) = refused.value.reasons
    assert (reason["code"], reason["evidence"]["calls"], reason["status"]) == ("unknown", None, "unknown")
    assert slept


@pytest.mark.parametrize("emergency", ["", "Half of the calls cannot pass."])
def test_window_that_closes_meanwhile_refuses(context: Context, system: System, asterisk: Any, emergency: str) -> None:
    """But for an emergency, as the gate has it."""
    asterisk.says(count=CALLS.format(1))
    at = [dt.datetime(2026, 3, 3, 20, 59, tzinfo=dt.UTC)]
    moving = dataclasses.replace(opened(context, emergency), now=lambda: at[0])
    window = ChangeWindow(opens=dt.time(20), closes=dt.time(22))
    customer = system.customer.model_copy(update={"change_window": window})
    theirs = system.model_copy(update={"customer": customer})

    def later() -> None:
        at[0] += dt.timedelta(minutes=2)
        asterisk.says()

    _, sleep = mending({1: later})
    drain = drain_for_change(moving, theirs, "CO-0001", Draining(until="22:30"), sleep=sleep)
    if emergency:
        drain()
    else:
        with pytest.raises(Refused, match="the window has closed"):
            drain()


@pytest.mark.parametrize(
    ("written", "now", "zone", "expected"),
    [
        ("22:30", "2026-03-03T10:00", "Europe/Vienna", "2026-03-03T21:30"),
        ("09:00", "2026-03-03T10:00", "Europe/Vienna", "2026-03-04T08:00"),
        ("00:30", "2026-03-03T23:10", "Europe/Vienna", "2026-03-03T23:30"),
        ("2026-03-04 02:00", "2026-03-03T10:00", "America/New_York", "2026-03-04T07:00"),
        # Skipped at the change to summer time: half past two is an hour after half past one was.
        ("02:30", "2026-03-28T23:00", "Europe/Vienna", "2026-03-29T01:30"),
        # Comes twice at the change back: the first one that is still ahead.
        ("02:30", "2026-10-24T22:00", "Europe/Vienna", "2026-10-25T00:30"),
        ("02:30", "2026-10-25T00:45", "Europe/Vienna", "2026-10-25T01:30"),
    ],
)
def test_until_is_in_the_customers_time(written: str, now: str, zone: str, expected: str) -> None:
    at = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert deadline(written, at, zone) == dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("tonight", "no time"),
        ("25:00", "no time"),
        ("2026-02-30 10:00", "no time"),
        ("\x1b[2J", "no time"),
        ("٢٢:٣٠", "no time"),
        ("2026-03-03 09:00", "is past"),
        ("2026-03-05 09:00", "more than 24 hours away"),
    ],
)
def test_until_that_is_none_names_it(written: str, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        deadline(written, NOW, "Europe/Vienna")
