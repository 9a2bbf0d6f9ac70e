"""A machine that dies while work is switched, imported or amended: the ledger has all of it or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import callout.ledger.sqlite as store
import callout.steps.exchange as exchange
import callout.steps.past_work as past_work
import callout.steps.work as work
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.context import Context
from callout.steps.work import Subject, start_work, switch_work
from callout.steps.worked import sessions_running
from callout.worklog.details import Details
from callout.worklog.exchange.record import File
from callout.worklog.exchange.taking import Known, Terms, taking
from callout.worklog.exchange.timeclock import read
from tests.faults.kills import killed_at

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
GLOBEX = Subject("globex", "globex-sw1")
WRITING = {str(module.__file__) for module in (store, work, past_work, exchange)}
FILE = File(
    "work.timeclock",
    b"i 2026-03-02 09:00 globex  ; ticket:T-1\no 2026-03-02 10:00\ni 2026-03-02 11:00 globex  ; ticket:T-1\n"
    b"o 2026-03-02 12:00\n",
    dt.UTC,
)
# Every place is tried in the whole suite, every seventh of them in the slice.
SLICE_STEP = 7


def context_of(folder: Path) -> Context:
    def connect(target: object) -> None:
        raise AssertionError("work by hand contacts no system")

    places = Places(folder, folder, f"sqlite:///{folder}/ledger.sqlite")
    return Context(open_ledger(places.ledger, lambda: NOW), places, "eva@desk", lambda: NOW, connect)  # type: ignore[arg-type]


def switch(folder: Path) -> None:
    switch_work(context_of(folder), GLOBEX, Details("T-2"), steady=lambda: None)


def amend(folder: Path) -> None:
    context = context_of(folder)
    (logged,) = context.ledger.events(kind="work_logged")
    past_work.amend(context, logged.id[:8], {"note": "amended"}, "told so", dt.UTC)


def take(folder: Path) -> None:
    context = context_of(folder)
    known = Known(customers={"globex": "globex"})
    terms = Terms("timeclock", {}, {}, known, "", context.actor, NOW)
    context.ledger.append_after(lambda ledger: taking(FILE, read(FILE), terms, ledger.events()).drafts)


def kinds(folder: Path) -> list[str]:
    """The kinds of all events, in order; the chain is whole."""
    ledger = open_ledger(f"sqlite:///{folder}/ledger.sqlite", lambda: NOW)
    try:
        assert [row["seq"] for row in ledger.rows()] == list(range(1, len(list(ledger.rows())) + 1))
        return [event.kind for event in ledger.events()]
    finally:
        ledger.close()


CASES = {
    "switch": (switch, ["work_started"], ["work_started", "work_logged", "work_started"]),
    "import": (take, ["work_started"], ["work_started", "work_logged", "work_logged"]),
    "amend": (amend, ["work_started", "work_logged"], ["work_started", "work_logged", "work_amended"]),
}


def run(folder: Path, name: str, step: int) -> None:
    doing, before, after = CASES[name]
    place, went_on = 0, True
    while went_on:
        desk = folder / f"{name}-{place}"
        desk.mkdir()
        prepare(desk, name)
        went_on = killed_at(place, WRITING, lambda desk=desk, doing=doing: doing(desk))  # type: ignore[misc]
        found = kinds(desk)
        assert found in ((before, after) if went_on else (after,)), (name, place)
        context = context_of(desk)
        assert len(sessions_running(context.ledger)) == 1
        context.ledger.close()
        place += step
    assert place > 3 * step


def prepare(desk: Path, name: str) -> None:
    """A session that runs, and for an amendment something to amend."""
    context = context_of(desk)
    start_work(context, GLOBEX, Details("T-1"), steady=lambda: None)
    if name == "amend":
        from callout.worklog.past import on_day

        past_work.add_work(context, GLOBEX, Details("T-1"), on_day(dt.date(2026, 3, 2), 600))
    context.ledger.close()


@pytest.mark.faults
@pytest.mark.parametrize("name", list(CASES))
def test_a_kill_leaves_all_of_it_or_nothing(name: str, tmp_path: Path) -> None:
    run(tmp_path, name, SLICE_STEP)


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", list(CASES))
def test_a_kill_at_every_line_leaves_all_of_it_or_nothing(name: str, tmp_path: Path) -> None:
    run(tmp_path, name, 1)
