"""playbooks/maintain.yml in waves, with real ansible-playbook on systems behind a real sshd: stopped, then resumed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.consented_callouts import consented
from benchmarks.practice_bundle import make_bundle
from benchmarks.separate_sites import Sites, sites
from tests.conftest import ROOT

BIN = Path(sys.executable).parent
BREAKS = "breaks-with-patch"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="systems of their own are mounts, which needs root")


@dataclass(frozen=True)
class Fleet:
    """Systems, their inventory, a bundle that is signed for them."""

    sites: Sites
    inventory: Path
    bundle: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("ANSIBLE_")}
        environment |= {"CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1"}
        return subprocess.run(
            [str(BIN / words[0]), *words[1:], "-i", str(self.inventory)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900,
        )  # fmt: skip

    def maintain(self, **variables: Any) -> subprocess.CompletedProcess[str]:
        given = {"ticket": "T-1", "reason": "Apply PW-2041", "bundle": str(self.bundle), **variables}
        return self.run("ansible-playbook", "playbooks/maintain.yml", "-f", "10", "-e", json.dumps(given))

    def callout(self, *words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run("callout", *words, "--json").stdout)
        return told

    def steps(self, system: str) -> list[list[str]]:
        """The steps of each call-out of a system."""
        return [one["steps"] for one in self.callout("list", "--system", system)["callouts"]]

    def stands(self) -> dict[str, str]:
        """How the bundle stands, by system."""
        return {one["system"]: one["stands"] for one in self.callout("patch", "who", "PW-2041")["systems"]}


@pytest.fixture
def fleet(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fleet]:
    """As many systems as the test's parameter says."""
    with sites(tmp_path, request.param) as made:
        inventory = made.inventory("inventory", request.param, backups={"passphrase": "practice-pass-7c1f"})
        yield Fleet(made, inventory, make_bundle(made, inventory))


@pytest.mark.parametrize("fleet", [2], indirect=True)
@pytest.mark.timeout(900)  # a quarter of a minute where nothing else runs
def test_a_canary_that_fails_stops_the_waves_and_a_resumed_run_finishes(fleet: Fleet) -> None:
    consented(fleet.inventory, fleet.bundle)
    (fleet.sites.tree(1) / BREAKS).touch()
    stopped = fleet.maintain(take_up=True, canary="site01", waves=[1, "100%"])
    assert stopped.returncode == 2, stopped.stdout + stopped.stderr
    assert "Asterisk does not answer" in stopped.stdout
    assert "0 well, 1 failed, 1 never begun." in stopped.stdout
    assert "Never begun: site00" in stopped.stdout
    assert fleet.sites.is_new(1) == {False}
    assert fleet.sites.is_new(0) == {False}
    # The canary's record is closed with its time; the other one still waits, untouched.
    assert fleet.steps("site01")[0][-3:] == ["rolled_back", "work_logged", "closed"]
    assert fleet.steps("site00") == [["opened", "planned", "consented"]]

    (fleet.sites.tree(1) / BREAKS).unlink()
    # The customer's yes was for one change, and that one was tried: it takes another.
    consented(fleet.inventory, fleet.bundle, only="site01")
    finished = fleet.maintain(take_up=True, waves="100%", resume=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 well, 0 failed, 0 never begun." in finished.stdout
    assert fleet.sites.is_new(0) == fleet.sites.is_new(1) == {True}

    before = fleet.callout("list")
    done = fleet.maintain(resume=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("done before") == 2
    assert fleet.callout("list") == before
    assert fleet.stands() == {"site00": "in", "site01": "in"}


@pytest.mark.faults_whole
@pytest.mark.parametrize("fleet", [20], indirect=True)
@pytest.mark.timeout(1800)
def test_twenty_systems_of_which_one_fails_half_way(fleet: Fleet) -> None:
    """A canary, then four, five, ten: the eighth system fails in the third wave, the fourth is never begun."""
    consented(fleet.inventory, fleet.bundle)
    (fleet.sites.tree(7) / BREAKS).touch()
    waves = [1, 4, 5, 10]
    stopped = fleet.maintain(take_up=True, waves=waves)
    assert stopped.returncode == 2, stopped.stdout + stopped.stderr
    assert "9 well, 1 failed, 10 never begun." in stopped.stdout
    assert [fleet.sites.is_new(number) for number in range(20)] == [
        {number < 10 and number != 7} for number in range(20)
    ]
    stands = fleet.stands()
    assert [stands[f"site{number:02d}"] for number in (0, 7)] == ["in", "failed"]
    for number in range(10, 20):
        assert fleet.steps(f"site{number}") == [["opened", "planned", "consented"]]

    (fleet.sites.tree(7) / BREAKS).unlink()
    consented(fleet.inventory, fleet.bundle, only="site07")
    finished = fleet.maintain(take_up=True, waves=waves, resume=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "20 well, 0 failed, 0 never begun." in finished.stdout
    assert finished.stdout.count("done before") == 9
    assert all(fleet.sites.is_new(number) == {True} for number in range(20))
    assert set(fleet.stands().values()) == {"in"}
    # One record each, but for the one that was tried twice; each of them is closed.
    listed = fleet.callout("list")["callouts"]
    assert len(listed) == 21
    assert {one["state"] for one in listed} == {"closed"}
    assert fleet.run("callout", "ledger", "verify").returncode == 0
