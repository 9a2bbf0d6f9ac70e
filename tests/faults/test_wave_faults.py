"""The engineer's own machine dies in the middle of a run over many systems: the resumed run brings all to their end."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.consented_callouts import consented
from benchmarks.practice_bundle import make_bundle
from benchmarks.separate_sites import Sites, sites
from tests.conftest import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.faults_whole, pytest.mark.timeout(3600)]
SYSTEMS = 6
LONGEST_S = 600


def maintain(inventory: Path, bundle: Path, **more: object) -> subprocess.Popen[str]:
    """A run in waves, in a session of its own, so that all of it can be killed at once."""
    given = {"ticket": "T-1", "bundle": str(bundle), "take_up": True, "waves": [1, 2, 3], **more}
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


def anew(made: Sites) -> None:
    """Every system as it came."""
    for number in range(SYSTEMS):
        tree = made.tree(number)
        subprocess.run(["rm", "-rf", str(tree)], check=True)
        made.add(number)


@pytest.mark.parametrize("kills", [8])
def test_killed_in_mid_wave(tmp_path: Path, record_property, kills: int) -> None:
    chance = random.Random(2043)
    told = []
    with sites(tmp_path, SYSTEMS) as made:
        inventory = made.inventory("inventory-0", SYSTEMS, vendor="Practice", backups={"passphrase": "practice"})
        bundle = make_bundle(made, inventory)
        consented(inventory, bundle)
        began = time.monotonic()
        status, said = ended(maintain(inventory, bundle))
        whole_s = time.monotonic() - began
        assert (status, not_new(made)) == (0, []), said
        for number in range(1, kills + 1):
            anew(made)
            inventory = made.inventory(f"inventory-{number}", SYSTEMS, vendor="Practice", backups={"passphrase": "x"})
            shutil.copy(tmp_path / "inventory-0/allowed_signers", inventory)
            consented(inventory, bundle)
            run = maintain(inventory, bundle)
            at_s = chance.uniform(0.25, 0.95) * whole_s
            try:
                run.wait(at_s)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            left = not_new(made)
            status, said = ended(maintain(inventory, bundle, resume=True))
            again = status != 0
            if again:
                # A consent is spent by the change that it was given for: what was begun is asked for once more.
                for system in not_new(made):
                    consented(inventory, bundle, only=f"site{system:02d}")
                status, said = ended(maintain(inventory, bundle, resume=True))
            assert (status, not_new(made)) == (0, []), said
            for system in range(SYSTEMS):
                ours = [path.name for path in made.tree(system).rglob(".callout*")]
                assert ours.count(".callout") == 0, (system, ours)
            told.append({"killed after s": round(at_s, 1), "not done then": len(left), "consent anew": again})
    record_property("kills", told)
