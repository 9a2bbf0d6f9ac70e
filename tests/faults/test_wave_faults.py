"""The engineer's own machine dies in the middle of a run over many systems: the resumed run brings all to their end.

It dies at moments that are waited for: an event in the ledger, a lock on a system, the first login. So every part of
a run has its kills, however quick the machine is.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.consented_callouts import consented
from benchmarks.practice_bundle import make_bundle
from benchmarks.separate_sites import Sites, sites
from callout.ledger import Ledger, open_ledger
from callout.ledger.event import KINDS
from callout.places import find_places
from callout.steps.world import now
from tests.conftest import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.faults_whole, pytest.mark.timeout(3 * 3600)]
SYSTEMS = 6
WAVES = ((0,), (1, 2), (3, 4, 5))
LONGEST_S = 600
LOOK_S = 0.02


@dataclass
class Run:
    """A run that is watched from outside: what the ledger has got since it began, and what lies on the systems."""

    made: Sites
    ledger: Ledger
    first: int
    process: subprocess.Popen[str]

    def recorded(self, kind: str) -> int:
        """On how many systems. A kind that is never written would be waited for in vain."""
        assert kind in KINDS
        return len({event.system for event in self.ledger.events(kind=kind) if event.seq > self.first})

    def locked(self, wave: int) -> bool:
        """Whether a system of that wave is being changed."""
        return any((self.made.tree(number) / ".callout").exists() for number in WAVES[wave])

    def killed_when(self, reached: Callable[[Run], Any]) -> bool:
        """Kills all of it at that moment; False where it was over before somebody looked. Fails if it never comes."""
        ends_at = time.monotonic() + LONGEST_S
        while not reached(self):
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < ends_at, "that moment never came"
            time.sleep(LOOK_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        return self.process.returncode == -signal.SIGKILL


@dataclass(frozen=True)
class Moment:
    """When the run is killed, and how many systems may be done by then."""

    name: str
    reached: Callable[[Run], Any]
    done: range


# Who is done is seen a little later than the moment itself, when every process is dead: never before its wave is.
MOMENTS = [
    Moment("nothing is recorded yet", lambda run: run.made.round_trips(), range(1)),
    Moment("canary: access is checked", lambda run: run.recorded("access_checked"), range(1)),
    Moment("canary: it is backed up", lambda run: run.recorded("backed_up"), range(2)),
    Moment("canary: its files are changed", lambda run: run.locked(0), range(2)),
    Moment("canary: it is patched", lambda run: run.recorded("patched"), range(1, 2)),
    Moment("canary: it is verified", lambda run: run.recorded("verified"), range(1, 2)),
    Moment("between canary and second wave", lambda run: run.recorded("closed"), range(1, 2)),
    Moment("second wave: a backup is made", lambda run: run.recorded("backed_up") > 1, range(1, 4)),
    Moment("second wave: files are changed", lambda run: run.locked(1), range(1, 4)),
    Moment("second wave: one is patched", lambda run: run.recorded("patched") > 1, range(2, 4)),
    Moment("between second wave and third", lambda run: run.recorded("closed") > 2, range(3, 4)),
    Moment("third wave: files are changed", lambda run: run.locked(2), range(3, 7)),
    Moment("third wave: one is patched", lambda run: run.recorded("patched") > 3, range(4, 7)),
    Moment("third wave: all are patched", lambda run: run.recorded("patched") > 5, range(6, 7)),
    Moment("the first work of the last wave is logged", lambda run: run.recorded("work_logged") > 3, range(6, 7)),
    Moment("the last work is logged", lambda run: run.recorded("work_logged") > 5, range(6, 7)),
    Moment("all are closed", lambda run: run.recorded("closed") > 5, range(6, 7)),
]


def maintain(inventory: Path, bundle: Path, **more: object) -> subprocess.Popen[str]:
    """A run in waves, in a session of its own, so that all of it can be killed at once."""
    given = {"ticket": "T-1", "bundle": str(bundle), "take_up": True, "waves": [len(wave) for wave in WAVES], **more}
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    return subprocess.Popen(
        [program, "playbooks/maintain.yml", "-i", str(inventory), "-f", "3", "-e", json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, "CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = run.communicate(timeout=LONGEST_S)
    return run.returncode, said


def not_new(made: Sites) -> list[int]:
    return [number for number in range(SYSTEMS) if made.is_new(number) != {True}]


def killed(made: Sites, inventory: Path, bundle: Path, moment: Moment) -> bool:
    """A run that is killed at that moment; whether it still ran then."""
    made.round_trips()
    with contextlib.closing(open_ledger(find_places(inventory, {}, ROOT).ledger, now)) as ledger:
        first = max(event.seq for event in ledger.events())
        return Run(made, ledger, first, maintain(inventory, bundle)).killed_when(moment.reached)


def resumed(made: Sites, inventory: Path, bundle: Path) -> bool:
    """Brings all systems to their end; True where the customer had to consent once more.

    A consent is spent by the change that it was given for: what was begun and taken back is asked for again.
    """
    status, said = ended(maintain(inventory, bundle, resume=True))
    again = status != 0
    if again:
        for system in not_new(made):
            consented(inventory, bundle, only=f"site{system:02d}")
        status, said = ended(maintain(inventory, bundle, resume=True))
    assert (status, not_new(made)) == (0, []), said
    return again


@dataclass
class Stand:
    """The systems of all cases, with one bundle for them; each case has an inventory and a ledger of its own."""

    made: Sites
    bundle: Path

    def inventory(self, name: str) -> Path:
        """A new one, after every system is as it came; all have consented."""
        for number in range(SYSTEMS):
            shutil.rmtree(self.made.tree(number))
            self.made.add(number)
        inventory = inventory_of(self.made, name)
        shutil.copy(self.made.folder / "inventory-first/allowed_signers", inventory)
        consented(inventory, self.bundle)
        return inventory


def inventory_of(made: Sites, name: str) -> Path:
    return made.inventory(f"inventory-{name}", SYSTEMS, vendor="Practice", backups={"passphrase": "practice"})


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with sites(tmp_path_factory.mktemp("waves"), SYSTEMS) as made:
        yield Stand(made, make_bundle(made, inventory_of(made, "first")))


@pytest.mark.parametrize("place", range(len(MOMENTS)), ids=[moment.name for moment in MOMENTS])
def test_killed_in_a_run_in_waves(stand: Stand, record_property: Callable[[str, object], None], place: int) -> None:
    made, moment = stand.made, MOMENTS[place]
    inventory = stand.inventory(str(place))
    still_ran = killed(made, inventory, stand.bundle, moment)
    assert still_ran or moment is MOMENTS[-1]
    done = SYSTEMS - len(not_new(made))
    record_property("done then", done)
    assert done in moment.done
    again = resumed(made, inventory, stand.bundle)
    record_property("consent anew", again)
    for system in range(SYSTEMS):
        ours = [path.name for path in made.tree(system).rglob(".callout*")]
        assert ours.count(".callout") == 0, (system, ours)
