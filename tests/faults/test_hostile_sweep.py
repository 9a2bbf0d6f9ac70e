"""Hostile systems among good ones: the good ones are right and hardly later, and nothing is left behind."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Status
from access_check.sweep import SystemReport, sweep
from access_check.targets import Target
from benchmarks.loopback_systems import Loopback, address_of, loopback
from tests.faults.conftest import HostileHost
from tests.faults.hostile.table import BEHAVIOURS, Hostile
from tests.faults.metering import Meter, family

DEADLINE_S = 6.0
SLICE_DEADLINE_S = 4.0
SLOWER = 1.2
GRACE_S = 1.0
# These end as soon as we hang up, or hang up themselves: a thousand of them do not take an hour.
QUICK = ("closes at once", "endless banner", "speaks http", "packet length zero", "garbage after the banner",
         "no algorithm at all", "nonsense in the key reply", "hangs up at the password", "questions without end",
         "channel refused with escape sequences", "output without end on both streams", "endless headers")  # fmt: skip


@pytest.fixture(scope="module")
def good_systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    """A real sshd on every loopback address."""
    with loopback(tmp_path_factory.mktemp("good")) as systems:
        yield systems


@dataclass(frozen=True)
class Neighbourhood:
    """Good systems with an sshd behind them, and hostile ones."""

    systems: Loopback
    host: HostileHost

    def good(self, number: int) -> Target:
        """A system on a loopback address of its own, whose key is on file."""
        known_hosts = self.systems.folder / "known_hosts"
        if not known_hosts.exists():
            key = " ".join((self.systems.folder / "host_key.pub").read_text().split()[:2])
            lines = [f"[{address_of(place)}]:{self.systems.ssh_port} {key}\n" for place in range(200)]
            known_hosts.write_text("".join(lines))
        port = self.systems.ssh_port
        target = self.host.target(
            None, name=f"good{number:04d}", address=address_of(number % 200), port=port, password=None,
            private_key=self.systems.private_key, known_hosts=known_hosts,
            wizard={"password": "wizard-1"}, waivers={"address.public": "loopback", "sip.options": "no telephones"},
        )  # fmt: skip
        only = {"work_port": port, "ssh_ports": (port,), "tcp_ports": (port,)}
        return target.model_copy(update={"profile": target.profile.model_copy(update=only)})

    def hostile(self, number: int, among: Sequence[Hostile]) -> Target:
        """One of these, in turn."""
        hostile = among[number % len(among)]
        return self.host.target(hostile, number // len(among) % 3, name=f"hostile{number:04d}")


@pytest.fixture
def neighbourhood(good_systems: Loopback, hostile_host: HostileHost) -> Neighbourhood:
    return Neighbourhood(good_systems, hostile_host)


def timed(targets: Sequence[Target], deadline_s: float) -> tuple[float, list[SystemReport]]:
    began = time.monotonic()
    reports = sweep(targets, timeout_s=deadline_s)
    return time.monotonic() - began, reports


def not_right(reports: Sequence[SystemReport]) -> dict[str, dict[str, str]]:
    """What is amiss with those that are good: nothing may be, facts about the test's own machine apart."""
    amiss = {}
    for report in reports:
        wrong = {
            finding.check: f"{finding.code}: {finding.seen}"
            for finding in report.findings
            if finding.status not in (Status.PASS, Status.WAIVED) and not finding.check.startswith("facts.")
        }
        if wrong and report.target.name.startswith("good"):
            amiss[report.target.name] = wrong
    return amiss


def meet_among_good_ones(
    neighbourhood: Neighbourhood, count: int, hostile_count: int, deadline_s: float, record: Any
) -> None:
    on_tcp = [hostile for hostile in BEHAVIOURS if hostile.speaks != "sip"]
    among = random.Random(50).sample(on_tcp, hostile_count)
    good = [neighbourhood.good(number) for number in range(count - hostile_count)]
    mixed: list[Target] = list(good)
    for number in range(hostile_count):
        mixed.insert(number * (count // hostile_count), neighbourhood.hostile(number, among))
    assert len(mixed) == count
    start_s, _ = timed(good[:1], deadline_s)  # everything is imported
    usual_s, alone = timed(good, deadline_s)
    with Meter(without=(neighbourhood.host.process.pid,)) as cost:
        together_s, together = timed(mixed, deadline_s)
    record("systems", f"{count}, {hostile_count} hostile")
    record("s without them", f"{usual_s:.1f}")
    record("s with them", f"{together_s:.1f}")
    assert [report.target.name for report in together] == [target.name for target in mixed]
    assert not_right(alone) == {}
    assert not_right(together) == {}
    kept = {report.target.name: report.status for report in together if report.target.name.startswith("hostile")}
    assert len(kept) == hostile_count
    assert Status.PASS not in kept.values()
    # What a hostile system may take it takes once, side by side with everything else; the deadlines begin when
    # the workers have started, and nobody is in time on a machine that does not run them.
    latest_s = max(usual_s * SLOWER, deadline_s + GRACE_S + start_s)
    assert together_s <= latest_s + cost.starved_s


@pytest.mark.faults_whole
def test_200_systems_of_which_50_are_hostile(neighbourhood: Neighbourhood, record_property: Any) -> None:
    meet_among_good_ones(neighbourhood, 200, 50, DEADLINE_S, record_property)


@pytest.mark.faults
def test_8_systems_of_which_2_are_hostile(neighbourhood: Neighbourhood, record_property: Any) -> None:
    meet_among_good_ones(neighbourhood, 8, 2, SLICE_DEADLINE_S, record_property)


def held(without: Sequence[int]) -> dict[str, int]:
    """Threads, descriptors and processes of ours and of our children."""
    ours = family(without)
    return {
        "processes": len(ours),
        "threads": sum(_count(pid, "task") for pid in ours),
        "descriptors": sum(_count(pid, "fd") for pid in ours),
    }


def _count(pid: int, what: str) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/{what}").iterdir()))
    except OSError:
        return 0  # it has ended


def leave_nothing_behind(neighbourhood: Neighbourhood, checks: int, record: Any) -> None:
    quick = [hostile for hostile in BEHAVIOURS if hostile.name in QUICK]
    assert len(quick) == len(QUICK)
    targets = [
        neighbourhood.good(number) if number % 2 else neighbourhood.hostile(number // 2, quick)
        for number in range(checks)
    ]
    bystanders = [pid for pid in family() if pid != os.getpid()]  # before our own children are there
    sweep(targets[:30], timeout_s=DEADLINE_S)
    before = held(bystanders)
    began = time.monotonic()
    for start in range(0, checks, 100):
        sweep(targets[start : start + 100], timeout_s=DEADLINE_S)
    record("checks", checks)
    record("s a check", f"{(time.monotonic() - began) / checks:.3f}")
    until = time.monotonic() + 10
    while (after := held(bystanders)) != before and time.monotonic() < until:
        time.sleep(0.1)
    record("held before", str(before))
    record("held after", str(after))
    assert all(after[what] <= before[what] for what in before), (before, after)


@pytest.mark.faults_whole
@pytest.mark.timeout(900)
def test_1000_checks_leave_no_thread_no_descriptor_and_no_process(
    neighbourhood: Neighbourhood, record_property: Any
) -> None:
    leave_nothing_behind(neighbourhood, 1000, record_property)


@pytest.mark.faults
def test_16_checks_leave_no_thread_no_descriptor_and_no_process(
    neighbourhood: Neighbourhood, record_property: Any
) -> None:
    leave_nothing_behind(neighbourhood, 16, record_property)
