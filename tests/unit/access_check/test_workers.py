"""Worker processes that spin, freeze or die: each costs one worker, and never a second password."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.sweep import SystemReport
from access_check.sweep_loop import Sweep
from access_check.targets import Target
from access_check.verdicts import judge
from access_check.workers.outcome import WorkerFault
from tests.unit.access_check.processes import children, settles

ROOT = Path(__file__).resolve().parents[3]
STRANGE = "tests.unit.access_check.strange_workers"
TIMEOUT_S = 12.0
# What starting the workers may take on a machine that has other things to do as well.
START_S = 20.0


def swept(targets: list[Target], timeout_s: float = TIMEOUT_S) -> list[SystemReport]:
    def report(target: Target, seen: Any) -> SystemReport:
        return SystemReport(target, tuple(judge(target, seen)))

    began = time.monotonic()
    reports = Sweep(64, timeout_s, (), report, module=STRANGE).run(targets)
    assert time.monotonic() - began <= timeout_s + 1 + START_S
    return reports


def found(report: SystemReport) -> dict[str, Finding]:
    return {finding.check.partition("@")[0]: finding for finding in report.findings}


def visits(target: Target) -> list[str]:
    return [line.split()[0] for line in target.known_hosts.with_name("visits").read_text().splitlines()]


@pytest.fixture
def crowd(ssh_server: Any, make_target: Any) -> Callable[..., tuple[Any, list[Target]]]:
    """A good server that several systems point at, and those systems by name."""
    server = ssh_server()

    def make(*names: str) -> tuple[Any, list[Target]]:
        return server, [make_target(server.port, server.known_hosts_line(), name=name) for name in names]

    return make


@pytest.mark.parametrize("what", ["dies", "freezes"])
def test_a_lost_job_is_done_again_where_no_credential_was_sent(crowd: Any, what: str) -> None:
    server, targets = crowd("good-1", f"{what}-1", "good-2", "good-3")
    for report in swept(targets, timeout_s=30):
        assert found(report)["ssh.shell"].code == "works", report.target.name
    assert len(server.passwords) == 4
    assert visits(targets[0]).count(f"{what}-1") == 2


def test_a_lost_job_is_never_done_again_once_a_credential_may_be_out(crowd: Any) -> None:
    server, targets = crowd("trusting-1", "good-1")
    lost, good = swept(targets)
    walk = found(lost)["walk"]
    assert (walk.code, walk.status, walk.move) == ("could-not-look", Status.UNKNOWN, Move.US)
    assert "credential" in walk.seen
    assert found(lost)["ssh.login"].code == "not-reached"
    assert found(lost)["ssh.banner"].code == "ssh"
    assert found(good)["ssh.shell"].code == "works"
    assert visits(targets[0]).count("trusting-1") == 1
    assert len(server.passwords) == 1


@pytest.mark.parametrize(("what", "timeout_s"), [("spins", 4), ("stops", 10)])
def test_one_that_hangs_for_good_hurts_nobody_else(crowd: Any, what: str, timeout_s: float) -> None:
    """A frozen worker is found after a third of the time; then those in it have a second try, each by itself."""
    server, targets = crowd(f"{what}-1", "good-1", "good-2")
    hung, *good = swept(targets, timeout_s)
    assert found(hung)["walk"].code == "could-not-look"
    assert [found(report)["ssh.shell"].code for report in good] == ["works", "works"]
    assert len(server.passwords) == 2


def test_a_fault_of_ours_ends_the_sweep_with_its_traceback(crowd: Any) -> None:
    with pytest.raises(WorkerFault, match="ZeroDivisionError: a fault of ours"):
        swept(crowd("faulty-1", "good-1")[1])


def test_it_works_in_any_thread(crowd: Any) -> None:
    reports: list[SystemReport] = []
    thread = threading.Thread(target=lambda: reports.extend(swept(crowd("good-1")[1])))
    thread.start()
    thread.join()
    assert found(reports[0])["ssh.shell"].code == "works"


def test_processes_threads_and_descriptors_are_given_back(crowd: Any) -> None:
    """What other suites have in this process does not count, and the server may take a moment to hang up."""
    others = children(os.getpid())
    _, targets = crowd("good-1", "stops-1", "good-2")
    swept(targets, timeout_s=2)
    before = (threads(), open_descriptors())
    swept(targets, timeout_s=2)
    assert set(children(os.getpid())) <= set(others)
    settles(lambda: threads() <= before[0] and open_descriptors() <= before[1])


def threads() -> int:
    """Without those that the event loop of the test's own server starts when it has much to do."""
    return sum(1 for thread in threading.enumerate() if not thread.name.startswith("asyncio"))


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_many_that_were_in_a_frozen_worker_are_not_as_many_processes(crowd: Any) -> None:
    """They are looked at once more a few at a time, each in a worker of its own."""
    _, targets = crowd("stops-1", *(f"waits-{number}" for number in range(50)))
    most = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.02):
            most = max(most, sum(len(children(child)) for child in children(os.getpid())))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        hung, *others = swept(targets, timeout_s=20)
    finally:
        over.set()
        watching.join()
    assert found(hung)["walk"].code == "could-not-look"
    assert {found(report)["ssh.shell"].code for report in others} == {"works"}
    log = targets[0].known_hosts.with_name("visits").read_text()
    workers = {line.split()[1] for line in log.splitlines()}
    assert len(workers) > 20  # or this is no test of anything
    assert most <= 16 + 2 + max(2, os.cpu_count() or 2)
