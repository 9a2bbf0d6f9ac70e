"""A playbook's run as logged work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callout.errors import BadInput
from callout.ledger import Draft, Event, open_ledger
from callout.ledger.store import NEW
from callout.places import Places
from callout.policy.chargeable import RunOutcome
from callout.steps.context import Context
from callout.steps.work import log_run
from callout.worklog.entry import clock_flags

NOW = dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)
BEGAN = NOW - dt.timedelta(minutes=4)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    def connect(target: object) -> None:
        raise AssertionError("logging contacts no system")

    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", lambda: NOW)
    ledger.append(Draft("opened", BEGAN, "eva@desk", "globex", "globex-sw1", NEW, {"ticket": "T-7"}))
    yield Context(ledger, Places(tmp_path, tmp_path, ""), "eva@desk", lambda: NOW, connect)  # type: ignore[arg-type]
    ledger.close()


def logged(context: Context, began: dt.datetime, ended: dt.datetime, seconds: int, outcome: str) -> Event:
    """The event of a run on Globex's switch."""
    return log_run(
        context,
        customer="globex",
        system="globex-sw1",
        callout="CO-0001",
        started_at=began,
        ended_at=ended,
        seconds=seconds,
        note="Patch 17",
        outcome=outcome,
    )


@pytest.mark.parametrize("outcome", list(RunOutcome))
def test_a_run_is_logged_with_the_call_outs_ticket(context: Context, outcome: RunOutcome) -> None:
    event = logged(context, BEGAN, NOW, 240, outcome)
    body = event.body
    assert (event.callout, event.customer, event.system) == ("CO-0001", "globex", "globex-sw1")
    assert (body["source"], body["outcome"], body["ticket"], body["seconds"]) == ("playbook", outcome, "T-7", 240)
    assert "clock_flags" not in body


def test_an_unknown_outcome_and_negative_seconds_are_refused(context: Context) -> None:
    with pytest.raises(BadInput, match="no way for a run to end"):
        logged(context, BEGAN, NOW, 240, "splendid")
    with pytest.raises(BadInput, match="went backwards"):
        logged(context, BEGAN, NOW, -1, "done")


def test_a_clock_that_moved_during_the_run_is_flagged_and_nothing_is_changed(context: Context) -> None:
    body = logged(context, NOW, BEGAN, 240, "done").body
    assert (body["seconds"], body["clock_flags"]) == (240, ["went_backwards", "jumped"])
    assert body["started_at"] > body["ended_at"]


@pytest.mark.parametrize(
    ("began", "ended", "seconds", "flags"),
    [
        (NOW, NOW, 0, []),
        (NOW, NOW + dt.timedelta(hours=1), 3600, []),
        (NOW, NOW + dt.timedelta(hours=2), 3600, ["jumped"]),
        (NOW, NOW + dt.timedelta(hours=17), 17 * 3600, ["too_long"]),
        # 01:30 to 03:30 in the night in which an hour is left out: an hour, not two.
        (
            dt.datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Berlin")),
            dt.datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin")),
            3600,
            [],
        ),
    ],
)
def test_what_is_odd_about_a_span(began: dt.datetime, ended: dt.datetime, seconds: int, flags: list[str]) -> None:
    assert clock_flags(began, ended, seconds) == flags
