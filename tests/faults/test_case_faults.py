"""Killed at every line that writes: what a person does with a case is done wholly, or not at all, and can be done
again."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from callout.desk.entitlement import Channel
from callout.desk.outcome import Outcome
from callout.ledger import Draft, open_ledger, sqlite
from callout.ledger.chain import verify_chain
from callout.places import Places
from callout.policy.outcomes import NO_FAQ
from callout.steps.case_end import end_case
from callout.steps.case_judge import judge_emergency
from callout.steps.case_open import Asking, Matter, open_case
from callout.steps.case_talk import Reply, reply
from callout.steps.context import Context
from callout.steps.past_work import add_work
from callout.steps.record import open_callout
from callout.steps.work import Subject
from callout.worklog.details import Details
from callout.worklog.past import Told
from tests.faults.kills import killed_at
from tests.unit.steps.case_desk import LINK, Desk, desk_inventory
from tests.unit.steps.conftest import Clock, no_connection

WRITES = (sqlite.__file__,)
SLICE = 15


def desk_at(folder: Path) -> Desk:
    """A desk on the ledger of that folder, opened anew: nothing of it lives in the process that was killed."""
    clock = Clock()
    url = f"sqlite:///{folder}/ledger.sqlite"
    places = Places(inventory=folder, data=folder / ".callout", ledger=url)
    return Desk(Context(open_ledger(url, clock), places, "eva@desk", clock, no_connection), clock, desk_inventory())


def opens(desk: Desk) -> None:
    customer, policy = desk.inventory.customer("globex"), desk.inventory.policy
    matter = Matter("Long", "x" * 50_000, answered=True)
    open_case(desk.context, customer, policy, "", Asking(Channel.CHAT, "it@globex.example"), matter)


def instructs(desk: Desk) -> None:
    reply(desk.context, desk.inventory.policy, "CS-1", Reply("See there.", (LINK,), instructions=True))


def calls_out(desk: Desk) -> None:
    open_callout(desk.context, desk.inventory.system("globex-pbx1"), "", "Mend it", case="CS-1")


def judges(desk: Desk) -> None:
    judge_emergency(desk.context, "CS-2", "man_made", "Their firewall.")


def ends(desk: Desk) -> None:
    bug = Outcome("bug", "", "BUG-7", "now", NO_FAQ, critical=True, confirmed_at=desk.now, bundle="PW-1")
    end_case(desk.context, desk.inventory.policy, "CS-1", bug)


DEEDS: dict[str, tuple[Callable[[Desk], None], int]] = {
    "open": (opens, 4),
    "instructions": (instructs, 2),
    "call-out": (calls_out, 3),
    "judge": (judges, 4),
    "end": (ends, 2),
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a case, an emergency with three pieces of work, and a bundle."""
    folder = tmp_path_factory.mktemp("before")
    desk = desk_at(folder)
    desk.opened()
    desk.emergency()
    began = desk.now - dt.timedelta(hours=1)
    for _ in range(3):
        details = Details(ticket="CS-000002", note="Looked", activity="support")
        add_work(desk.context, Subject("globex"), details, Told(began, desk.now, 3600))
    desk.context.ledger.append(Draft("patch_announced", desk.now, "eva", body={"bundle": "PW-1"}))
    desk.context.ledger.close()
    return folder


def events_in(folder: Path) -> int:
    """How many there are; the chain is whole."""
    desk = desk_at(folder)
    found = list(desk.context.ledger.events())
    assert not [finding for finding in verify_chain(desk.context.ledger.rows()) if finding.blocks]
    desk.context.ledger.close()
    return len(found)


def die(deed: str, before: Path, folder: Path, stride: int) -> int:
    """Kills the deed before each `stride`th line, from the same beginning each time; how often that was."""
    does, adds = DEEDS[deed]
    were = events_in(before)
    place = 0
    while True:
        here = Path(shutil.copytree(before, folder / f"{place}"))
        killed = killed_at(place, WRITES, lambda here=here: does(desk_at(here)))  # type: ignore[misc]
        there = events_in(here)
        assert there in ((were, were + adds) if killed else (were + adds,)), place
        if not killed:
            return place // stride
        if there == were:
            does(desk_at(here))
            assert events_in(here) == were + adds
        shutil.rmtree(here)
        place += stride


@pytest.mark.faults
@pytest.mark.parametrize("deed", DEEDS)
def test_killed_now_and_then(deed: str, before: Path, tmp_path: Path) -> None:
    assert die(deed, before, tmp_path, SLICE) > 1


@pytest.mark.faults_whole
@pytest.mark.parametrize("deed", DEEDS)
def test_killed_before_every_line(deed: str, before: Path, tmp_path: Path) -> None:
    assert die(deed, before, tmp_path, 1) > 20
