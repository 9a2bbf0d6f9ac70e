"""Hostile systems, one at a time: each ends in time, costs little, and is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from access_check.findings import Finding
from access_check.probes.sip import sip_options
from access_check.sweep import check_system
from tests.faults.conftest import SERVED_TIMES, HostileHost
from tests.faults.hostile.table import BEHAVIOURS, SLICE, Hostile
from tests.faults.metering import Cost, Meter

DEADLINE_S = 4.0
# For what takes all the time that there is, in the slice: enough to come to where it is slow.
SHORT_S = 2.0
MEBIBYTE = 1024 * 1024
BEFORE_LOGIN_BYTES = 64 * 1024
# What the kernels on both ends of a connection hold is counted by the server and was read by nobody.
KERNEL_BYTES = 8 * MEBIBYTE


@dataclass(frozen=True)
class Met:
    """What one meeting with a hostile system came to."""

    code: str
    texts: str
    received_bytes: int
    cost: Cost


def meet(host: HostileHost, hostile: Hostile, deadline_s: float, time: int = 0) -> Met:
    with Meter(without=(host.process.pid,)) as cost:
        if hostile.speaks == "sip":
            seen = sip_options("127.0.0.1", host.ports[hostile.name][time], deadline_s)
            return Met(str(seen.sip), seen.reason + seen.user_agent, 0, cost)
        report = check_system(host.target(hostile, time), deadline_s)
    found: dict[str, Finding] = {finding.check.partition("@")[0]: finding for finding in report.findings}
    texts = "".join(finding.seen + finding.remedy for finding in report.findings)
    received = found["ssh.banner"].evidence.get("received_bytes", 0)
    told = {check: finding.code for check, finding in found.items() if finding.blocks}
    assert found[hostile.check].code in hostile.codes, told
    return Met(found[hostile.check].code, texts, received, cost)


@pytest.fixture(scope="module")
def usual_peak(hostile_host: HostileHost) -> int:
    """The most memory that looking at a system takes which is good, or slow and nothing else: all is started then."""
    slow = [hostile for hostile in BEHAVIOURS if hostile.name in ("silent page", "command never ends")]
    peaks = []
    for usual in (None, *slow):
        with Meter(without=(hostile_host.process.pid,)) as cost:
            report = check_system(hostile_host.target(usual, SERVED_TIMES), 20 if usual is None else SHORT_S)
        facts_apart = [finding for finding in report.findings if not finding.check.startswith("facts.")]
        assert usual or not [finding for finding in facts_apart if finding.blocks]
        peaks.append(cost.peak_bytes)
    return max(peaks)


def require_bounds(
    host: HostileHost, hostile: Hostile, deadline_s: float, usual_peak: int, record: Any, times: int
) -> None:
    ports = host.ports[hostile.name][:times]
    before = host.counts()  # the sweeps have met them as well
    met = [meet(host, hostile, deadline_s, time) for time in range(times)]
    after = host.counts()
    counts = [after[port] - before[port] for port in ports]
    growth = max(one.cost.peak_bytes for one in met) - usual_peak
    record("times", times)
    record("verdict", f"{hostile.check} {' / '.join(sorted({one.code for one in met}))}")
    record("s after the deadline", f"{max(one.cost.wall_s for one in met) - deadline_s:.2f}")
    record("s starved", f"{max(one.cost.starved_s for one in met):.2f}")
    record("bytes read", max(one.received_bytes for one in met))
    record("s of processor", f"{max(one.cost.cpu_s for one in met):.2f}")
    record("MB growth", f"{max(0, growth) / MEBIBYTE:.1f}")
    for one, count in zip(met, counts, strict=True):
        assert one.code in hostile.codes
        assert one.texts.isprintable()
        assert one.cost.wall_s <= deadline_s + 1 + one.cost.starved_s
        assert one.cost.cpu_s <= 1
        assert count.passwords <= 1
        if hostile.before_login:
            assert one.received_bytes <= BEFORE_LOGIN_BYTES
            assert count.sent_bytes <= BEFORE_LOGIN_BYTES + KERNEL_BYTES
    assert growth <= 32 * MEBIBYTE


@pytest.mark.faults
@pytest.mark.parametrize("hostile", SLICE, ids=lambda hostile: hostile.name)
def test_a_hostile_system(hostile_host: HostileHost, usual_peak: int, hostile: Hostile, record_property: Any) -> None:
    deadline_s = SHORT_S if hostile.name == "silent" else DEADLINE_S
    require_bounds(hostile_host, hostile, deadline_s, usual_peak, record_property, 1)


@pytest.mark.faults_whole
@pytest.mark.parametrize("hostile", BEHAVIOURS, ids=lambda hostile: hostile.name)
def test_a_hostile_system_three_times(
    hostile_host: HostileHost, usual_peak: int, hostile: Hostile, record_property: Any
) -> None:
    require_bounds(hostile_host, hostile, DEADLINE_S, usual_peak, record_property, SERVED_TIMES)


@pytest.mark.faults
def test_there_are_thirty_and_ten_of_them_run_always() -> None:
    assert len({hostile.name for hostile in BEHAVIOURS}) == len(BEHAVIOURS) >= 30
    assert len(SLICE) >= 10
