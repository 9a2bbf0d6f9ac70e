"""A run ends with how it ended, is timed by the steady clock, and closes its record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callout.errors import BadInput
from callout.inventory import System
from callout.steps.context import Context
from callout.steps.record import close_callout, open_callout
from callout.steps.run import finish_run, start_run
from callout.worklog.reports.standing import Kept, KeptBalance
from callout.worklog.session import Steady
from tests.unit.steps.conftest import Clock


def started(context: Context, system: System, callout: str = "") -> dict[str, Any]:
    return start_run(context, system, callout, "T-1", "patch", "", steady=lambda: Steady("boot", 1000))


def finished(context: Context, run: dict[str, Any], now_ms: int = 91_000, **how: Any) -> dict[str, Any]:
    words = {"failure": "", **how}
    return finish_run(
        context,
        run["callout"],
        started_at=run["started_at"],
        started_steady=run["steady"],
        first_seq=run["first_seq"],
        steady=lambda: Steady("boot", now_ms),
        **words,
    )


def ending(context: Context, callout: str) -> tuple[str, str]:
    work = list(context.ledger.events(callout=callout, kind="work_logged"))[-1]
    closed = list(context.ledger.events(callout=callout, kind="closed"))[-1]
    return work.body["outcome"], closed.body["outcome"]


@pytest.mark.parametrize(
    ("kinds", "how", "outcome", "closing"),
    [
        (["patched"], {}, "done", "satisfied"),
        ([], {}, "unchanged", "satisfied"),
        (["gate_refused"], {"failure": "refused"}, "refused", "not-possible"),
        (["patched", "rolled_back"], {"failure": "GUI down"}, "rolled_back", "not-possible"),
        (["rolled_back", "rollback_failed"], {"failure": "x"}, "rollback_failed", "not-possible"),
        ([], {"failure": "unreachable"}, "failed", "not-possible"),
        ([], {"failure": "Ctrl-C", "interrupted": True}, "interrupted", "not-possible"),
    ],
)
def test_endings(
    context: Context, system: System, clock: Clock, kinds: list[str], how: dict[str, Any], outcome: str, closing: str
) -> None:
    run = started(context, system)
    clock.forward(seconds=90)
    for kind in kinds:
        context.record(kind, system, run["callout"], {})
    assert finished(context, run, **how) == {
        "changed": True, "callout": "CO-0001", "seconds": 90, "closed": True,
    }  # fmt: skip
    assert ending(context, "CO-0001") == (outcome, closing)


def test_an_earlier_runs_events_do_not_count(context: Context, system: System) -> None:
    callout = open_callout(context, system, "T-1", "x").callout
    context.record("gate_refused", system, callout, {})
    run = started(context, system, callout)
    assert run["changed"] is False
    context.record("patched", system, callout, {})
    finished(context, run)
    assert ending(context, callout)[0] == "done"


def test_wall_clock_that_jumps_does_not_change_the_duration(context: Context, system: System, clock: Clock) -> None:
    run = started(context, system)
    clock.forward(hours=-5)
    finished(context, run)
    (work,) = context.ledger.events(kind="work_logged")
    assert work.body["seconds"] == 90
    assert work.body["clock_flags"]


def test_after_a_reboot_the_wall_clock_counts(context: Context, system: System, clock: Clock) -> None:
    run = {**started(context, system), "steady": "another boot/1"}
    clock.forward(seconds=30)
    assert finished(context, run)["seconds"] == 30


def test_somebody_elses_closing_stays(context: Context, system: System) -> None:
    run = started(context, system)
    close_callout(context, run["callout"], "satisfied")
    assert finished(context, run, failure="late")["closed"] is False
    assert ending(context, run["callout"])[1] == "satisfied"


def test_unreadable_start_is_said(context: Context, system: System) -> None:
    run = {**started(context, system), "started_at": "yesterday"}
    with pytest.raises(BadInput, match="started_at is 'yesterday'"):
        finished(context, run)


def test_the_beginning_of_a_run_says_what_is_left(context: Context, system: System, clock: Clock) -> None:
    assert started(context, system)["balance"] == ""
    left = KeptBalance("block", "minutes", "1200", "200", "80", "")
    kept = Kept("globex", "2026-03", clock() + dt.timedelta(days=9), clock(), 99, (left,))
    folder = context.places.data / "balances"
    folder.mkdir(parents=True)
    (folder / "globex.json").write_text(kept.as_text())
    assert started(context, system)["balance"] == (
        "Left for globex as of 2026-03-03 10:00 UTC: block 3:20 h of 20:00 h – over 80 % used."
    )
