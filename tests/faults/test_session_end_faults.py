"""The end of a session killed at every step: its time with what of it does not count, or neither."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from callout.ledger import Draft, sqlite
from callout.ledger.chain import verify_chain
from callout.steps import session_end
from callout.steps.session_end import Ended, log_end
from callout.worklog.idle import Idle, Stretch
from callout.worklog.recorded_work import Asked, Measured, Said, begun_body
from tests.faults.kills import killed_at
from tests.unit.invoice_desk import InvoiceDesk

WRITING = (sqlite.__file__, session_end.__file__)
STARTED = ["work_started"]
WHOLE = [*STARTED, "work_logged", "work_deducted"]


def ended(desk: InvoiceDesk, counts: bool | None) -> Ended:
    """Half an hour with ten minutes in which nothing was typed."""
    now = desk.clock.now
    asked = Asked(ticket="T-1")
    body = begun_body(asked, now, None, None, "")
    (started,) = desk.ledger.append(Draft("work_started", now, "eva@desk", "globex", "globex-sw1", "", body))
    later = now + dt.timedelta(minutes=30)
    measured = Measured(now, later, 1800, 0, True, Idle(600, (Stretch(0, 600),)), "exited", 0)
    return Ended(started, True, asked, measured, Said("", counts), None, "Not recorded")


def kills(folder: Path, step: int) -> int:
    place = 0
    while True:
        (folder / str(place)).mkdir()
        desk = InvoiceDesk(folder / str(place))
        told = ended(desk, False)
        desk.ledger.close()
        context = desk.by("eva@desk", desk.ledger)
        killed = killed_at(place, WRITING, lambda context=context, told=told: log_end(context, told))
        desk.ledger = desk.opened_again()
        kinds = [event.kind for event in desk.ledger.events()]
        assert kinds in (STARTED, WHOLE)
        if kinds == STARTED:
            log_end(context, told)
        logged, deducted = list(desk.ledger.events())[1:]
        assert deducted.body["work"] == logged.id
        assert not [one for one in verify_chain(desk.ledger.rows()) if one.blocks]
        desk.ledger.close()
        if not killed:
            return place // step
        place += step


@pytest.mark.faults
def test_a_kill_logs_idle_time_with_the_work_or_not_at_all(tmp_path: Path) -> None:
    assert kills(tmp_path, 9) > 3


@pytest.mark.faults_whole
def test_a_kill_at_every_step_logs_idle_time_with_the_work_or_not_at_all(tmp_path: Path) -> None:
    assert kills(tmp_path, 1) > 40


@pytest.mark.parametrize("counts", [None, True])
def test_without_a_no_nothing_is_let_off(tmp_path: Path, counts: bool | None) -> None:
    desk = InvoiceDesk(tmp_path)
    log_end(desk.by("eva@desk"), ended(desk, counts))
    assert [event.kind for event in desk.opened_again().events()] == [*STARTED, "work_logged"]
