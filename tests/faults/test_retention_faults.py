"""Retention under any history, and pruning that is killed: nothing needed goes, and the next run knows where it was."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callout.errors import Locked
from callout.inventory.policy import Retention
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.context import Context
from tests.faults.test_backup_faults import PYTHONPATH
from tests.unit.backups.histories import DEEDS, RULES, ZONES, require_invariants
from tests.unit.backups.practice_site import PracticeSite, build_site
from tests.unit.backups.prune_desk import Desk, desk_at

ROOT = Path(__file__).parent.parent.parent
# What a process that is to be killed runs: a pruning of the site in the folder that it is given.
VICTIM = """
import sys
from pathlib import Path
from tests.faults.test_retention_faults import at
desk = at(Path(sys.argv[1]))
desk.day = 100
print("ready", flush=True)
desk.prune()
"""

Deeds = list[tuple[int, str, int, int]]
LATER = st.integers(0, 2000)


@pytest.mark.faults
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, rules=RULES, zone=ZONES, later=LATER)
def test_random_histories_keep_the_invariants(deeds: Deeds, rules: Retention, zone: str, later: int) -> None:
    require_invariants(deeds, rules, zone, later)


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, rules=RULES, zone=ZONES, later=LATER)
def test_2000_random_histories_keep_the_invariants(deeds: Deeds, rules: Retention, zone: str, later: int) -> None:
    require_invariants(deeds, rules, zone, later)


def at(home: Path) -> Desk:
    """A desk whose ledger and store lie in that folder."""
    site = PracticeSite(home / "system", home)
    places = Places(inventory=home, data=home / ".callout", ledger=f"sqlite:///{home}/ledger.sqlite")
    ledger = open_ledger(places.ledger, lambda: dt.datetime.now(dt.UTC))
    session = site.session()
    context = Context(
        ledger=ledger, places=places, actor="eva@desk", now=lambda: dt.datetime.now(dt.UTC), connect=lambda _: session
    )
    return desk_at(context, site)


def kill_prunings(home: Path, count: int, chance: random.Random) -> None:
    """Each time two backups more than the rules keep, a pruning that is killed somewhere, and one that is not."""
    build_site(home)
    desk = at(home)
    kept = desk.backup(0)
    for number in range(count):
        begun = time.monotonic()
        old, kept = kept, desk.backup(number + 1)
        # A pruning starts Borg half as often: so on a busy machine, too, the kills come at all of its steps.
        longest_s = (time.monotonic() - begun) / 2
        victim = subprocess.Popen(
            [sys.executable, "-c", VICTIM, str(home)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": PYTHONPATH}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert victim.stdout
        assert victim.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, longest_s))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        prune_again(desk)
        assert desk.names() == [kept]
        events = list(desk.context.ledger.events())
        for kind in ("backup_prune_begun", "backup_pruned"):
            assert [event.body["backup"] for event in events if event.kind == kind].count(old) == 1, kind
        assert prune_again(desk) == []


def prune_again(desk: Desk) -> list[str]:
    """A pruning that works, once the orphaned borg of a killed one has let go of the store; what it removed."""
    for _ in range(30):
        try:
            return desk.prune().removed
        except Locked:
            time.sleep(1)
    raise AssertionError("the lock of a killed pruning never went away")


@pytest.mark.faults
def test_a_killed_pruning_is_ended_by_the_next(tmp_path: Path) -> None:
    kill_prunings(tmp_path, 2, random.Random(5))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_100_killed_prunings_are_ended_by_the_next(tmp_path: Path) -> None:
    kill_prunings(tmp_path, 100, random.Random(100))
