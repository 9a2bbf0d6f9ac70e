"""Sessions under clocks that lie: no negative and no silently changed duration; what was measured stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from callout.errors import BadInput
from callout.ledger import Event, open_ledger
from callout.places import Places
from callout.steps.context import Context
from callout.steps.work import Subject, log_run, start_work, stop_work, switch_work
from callout.steps.worked import sessions_running, worked
from callout.worklog.details import Details
from callout.worklog.entry import CLOCK_TOLERANCE_S
from callout.worklog.worked import Wanted
from tests.faults.clock_cases import ZONES, Case, Clocks, Fault, cases, changes

GLOBEX = Subject("globex", "globex-sw1")
# A ledger of its own for so many cases: looking for the running session reads what was before.
TOGETHER = 50


def context_of(folder: Path, clocks: Clocks) -> Context:
    def connect(target: object) -> None:
        raise AssertionError("work by hand contacts no system")

    places = Places(folder, folder, f"sqlite:///{folder}/ledger.sqlite")
    return Context(open_ledger(places.ledger, clocks.now), places, "eva@desk", clocks.now, connect)  # type: ignore[arg-type]


def happen(case: Case, clocks: Clocks) -> None:
    """What truly passes during the session, and what befalls the clocks meanwhile."""
    half = case.length_s / 2
    if case.fault is Fault.SUSPEND:
        clocks.passes(half)  # suspended: nothing runs, all clocks count on
    clocks.passes(case.length_s - half if case.fault is Fault.SUSPEND else half)
    if case.fault in (Fault.JUMP, Fault.THERE_AND_BACK):
        clocks.wrong += case.jump
    if case.fault is Fault.SLEW:
        clocks.wrong += dt.timedelta(seconds=CLOCK_TOLERANCE_S - 20) * (1 if case.number % 2 else -1)
    if case.fault is Fault.RESTART:
        clocks.boot, clocks.ms = f"{clocks.boot}-again", 5000
    if case.fault is not Fault.SUSPEND:
        clocks.passes(case.length_s - half)
    if case.fault is Fault.THERE_AND_BACK:
        clocks.wrong -= case.jump


def ended(context: Context, case: Case, clocks: Clocks) -> Event | None:
    """The session's `work_logged` event; None where its end was refused."""
    try:
        if case.verb == "switch":
            return switch_work(context, GLOBEX, Details("T-next"), steady=clocks.steady)[0]
        return stop_work(context, steady=clocks.steady)
    except BadInput as refusal:
        return _refused_for_its_clock(refusal)


def _refused_for_its_clock(refusal: BadInput) -> None:
    """Every other refusal is a fault of ours."""
    assert "clock" in refusal.message, refusal.message


def check(case: Case, event: Event | None, clocks: Clocks) -> None:
    """What must hold of the end of that session."""
    refused_for_jump = case.fault is Fault.JUMP or (case.fault is Fault.SLEW and clocks.now() < case.begins)
    assert (event is None) == refused_for_jump, case
    if event is None:
        return
    body = event.body
    exact = case.fault not in (Fault.RESTART, Fault.NO_STEADY_CLOCK)
    assert body["measured_by"] == ("steady clock" if exact else "wall clock"), case
    assert body["seconds"] == case.length_s, case
    assert body["seconds"] >= 0
    assert body["started_at"] <= body["ended_at"]


def run(folder: Path, some: list[Case]) -> None:
    for first in range(0, len(some), TOGETHER):
        place = folder / str(first)
        place.mkdir()
        stored: dict[str, str] = {}
        for case in some[first : first + TOGETHER]:
            clocks = Clocks(case)
            context = context_of(place, clocks)
            start_work(context, GLOBEX, Details("T-1"), steady=clocks.steady)
            happen(case, clocks)
            before = len(list(context.ledger.rows()))
            event = ended(context, case, clocks)
            check(case, event, clocks)
            if event is None:
                assert len(list(context.ledger.rows())) == before
                assert len(sessions_running(context.ledger)) == 1
            else:
                stored[event.id] = event.body_text
            for _ in sessions_running(context.ledger):
                stop_work(context, discard="next case", steady=clocks.steady)
            flagged(context, case, clocks)
            context.ledger.close()
        again = context_of(place, clocks)
        entries = {entry.event.id: entry for entry in worked(again.ledger, Wanted(source="person")).entries}
        assert {name: entry.event.body_text for name, entry in entries.items()} == stored
        assert all(entry.seconds == entry.event.body["seconds"] >= 0 for entry in entries.values())
        again.ledger.close()


def flagged(context: Context, case: Case, clocks: Clocks) -> None:
    """A playbook's run by the same clocks: its seconds as measured, and a jump is named."""
    ended_at = clocks.now()
    body = log_run(
        context,
        customer="globex",
        system="globex-sw1",
        callout="",
        started_at=case.begins,
        ended_at=ended_at,
        seconds=case.length_s,
        note="Patch 17",
        outcome="done",
    ).body
    assert body["seconds"] == case.length_s
    assert ("jumped" in body.get("clock_flags", ())) == (case.fault is Fault.JUMP), case


def test_every_zone_of_the_cases_changes_its_clocks_twice_a_year() -> None:
    assert {len(changes(zone)) for zone in ZONES} == {2}


@pytest.mark.faults
def test_a_slice_of_the_clock_cases(tmp_path: Path) -> None:
    run(tmp_path, cases(112))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_2000_sessions_under_clocks_that_lie(tmp_path: Path) -> None:
    run(tmp_path, cases(2000))
