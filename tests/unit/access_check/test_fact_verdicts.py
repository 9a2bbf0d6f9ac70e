"""What the shell told → findings: by tables, without any system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from access_check.fact_verdicts import clock_difference_s
from access_check.facts_observation import AsteriskSeen, CallCount, ClockSeen, Room, ShellFacts, Tool
from access_check.findings import Finding, Move, Status
from access_check.observations import Banner, Observations, Shell, ShellObservation, SshObservation
from access_check.profile import access_profile
from access_check.targets import Target
from access_check.verdicts import judge
from tests.unit.access_check.well_facts import MEBIBYTE, NOW_S, WELL_FACTS

GIBIBYTE = 1024 * MEBIBYTE
TOOLS = WELL_FACTS.tools
UNSEEN = ShellFacts(whole=True)


def found(
    make_target: Any, facts: ShellFacts, overrides: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Finding]:
    """The findings on facts, by name, where all before them is well."""
    profile = access_profile("pbxware", {"facts": overrides or {}})
    target: Target = make_target(2020, profile=profile.model_dump(), **fields)
    ssh = SshObservation(2020, Banner.SSH, shell=ShellObservation(Shell.WORKS, facts=facts))
    findings = judge(target, Observations(ssh={2020: ssh}))
    return {finding.check: finding for finding in findings if finding.check.startswith("facts.")}


def room(free: int, size: int = 100 * GIBIBYTE) -> dict[str, Any]:
    return {"rooms": (*WELL_FACTS.rooms, Room("/opt", size, free))}


def clock(ahead_s: float, trip_s: float = 0.2) -> dict[str, Any]:
    before_ms = NOW_S * 1000
    theirs = (before_ms + trip_s * 500) / 1000 + ahead_s
    return {"clock": ClockSeen(int(theirs // 1), before_ms, before_ms + int(trip_s * 1000))}


def counted(calls: int) -> dict[str, Any]:
    return {"asterisk": AsteriskSeen("asterisk", "Asterisk 16", CallCount(2 * calls, calls, 9), "said")}


CASES: list[tuple[dict[str, Any], str, Status, str, Move]] = [
    ({}, "disk", Status.PASS, "room", Move.NOBODY),
    (room(15 * MEBIBYTE), "disk", Status.FAIL, "disk-full", Move.CUSTOMER),
    (room(0), "disk", Status.FAIL, "disk-full", Move.CUSTOMER),
    (room(400 * MEBIBYTE, 40 * GIBIBYTE), "disk", Status.FAIL, "disk-full", Move.CUSTOMER),  # 99 % full
    (room(20 * GIBIBYTE, 2000 * GIBIBYTE), "disk", Status.WARN, "disk-low", Move.CUSTOMER),  # 1 % free, but much
    (room(511 * MEBIBYTE, 4 * GIBIBYTE), "disk", Status.WARN, "disk-low", Move.CUSTOMER),
    (room(60 * MEBIBYTE, 64 * MEBIBYTE), "disk", Status.PASS, "room", Move.NOBODY),  # a small /tmp is no full one
    (room(10 * MEBIBYTE, 64 * MEBIBYTE), "disk", Status.FAIL, "disk-full", Move.CUSTOMER),
    ({"inodes": (Room("/", 1_000_000, 12),)}, "disk", Status.FAIL, "disk-full", Move.CUSTOMER),
    ({"inodes": (Room("/", 1_000_000, 12_000),)}, "disk", Status.WARN, "disk-low", Move.CUSTOMER),
    ({"inodes": ()}, "disk", Status.PASS, "room", Move.NOBODY),
    ({"rooms": ()}, "disk", Status.UNKNOWN, "not-understood", Move.US),
    ({"load": "0.10 8.00 0.30"}, "load", Status.PASS, "load", Move.NOBODY),
    ({"load": "0.10 8.01 0.30"}, "load", Status.WARN, "load-high", Move.US),
    ({"load": "0.10 8.01 0.30", "cpus": 3}, "load", Status.PASS, "load", Move.NOBODY),
    ({"load": ""}, "load", Status.UNKNOWN, "not-understood", Move.US),
    ({"cpus": None}, "load", Status.UNKNOWN, "not-understood", Move.US),
    (clock(0), "clock", Status.PASS, "in-step", Move.NOBODY),
    (clock(29), "clock", Status.PASS, "in-step", Move.NOBODY),
    (clock(33), "clock", Status.WARN, "clock-skew", Move.CUSTOMER),
    (clock(-33), "clock", Status.WARN, "clock-skew", Move.CUSTOMER),
    (clock(303), "clock", Status.FAIL, "clock-skew", Move.CUSTOMER),
    (clock(-86400 * 400), "clock", Status.FAIL, "clock-skew", Move.CUSTOMER),
    (clock(33, trip_s=10), "clock", Status.PASS, "in-step", Move.NOBODY),  # the round trip may explain it
    (clock(50, trip_s=10), "clock", Status.WARN, "clock-skew", Move.CUSTOMER),
    ({"clock": None}, "clock", Status.UNKNOWN, "not-understood", Move.US),
    ({}, "tools", Status.PASS, "there", Move.NOBODY),
    ({"tools": {**TOOLS, "tar": Tool.ABSENT}}, "tools", Status.FAIL, "tools-missing", Move.US),
    ({"tools": {**TOOLS, "sync": Tool.INSIDE}}, "tools", Status.PASS, "there", Move.NOBODY),
    ({"tools": {**TOOLS, "mysqldump": Tool.ABSENT}}, "tools", Status.PASS, "there", Move.NOBODY),
    ({"tools": dict.fromkeys(TOOLS, Tool.BUSYBOX)}, "tools", Status.WARN, "busybox-tools", Move.US),
    ({"tar": "tar (busybox) 1.35.0"}, "tools", Status.WARN, "busybox-tools", Move.US),
    ({"tools": {}}, "tools", Status.UNKNOWN, "not-understood", Move.US),
    ({}, "version", Status.PASS, "version", Move.NOBODY),
    ({"product": ""}, "version", Status.WARN, "version-unknown", Move.US),
    (counted(0), "calls", Status.PASS, "idle", Move.NOBODY),
    (counted(1), "calls", Status.WARN, "calls-in-progress", Move.US),
    (counted(7), "calls", Status.WARN, "calls-in-progress", Move.US),
    ({"asterisk": None}, "calls", Status.UNKNOWN, "calls-unknown", Move.US),
    ({"asterisk": AsteriskSeen("asterisk", "Asterisk 16")}, "calls", Status.UNKNOWN, "calls-unknown", Move.US),
    ({"asterisk": AsteriskSeen(complaints=("no",))}, "calls", Status.UNKNOWN, "calls-unknown", Move.US),
    ({"asterisk": AsteriskSeen("a", "b", None, "0 active")}, "calls", Status.UNKNOWN, "calls-unknown", Move.US),
]


@pytest.mark.parametrize(("change", "name", "status", "code", "move"), CASES)
def test_facts(make_target: Any, change: dict[str, Any], name: str, status: Status, code: str, move: Move) -> None:
    finding = found(make_target, replace(WELL_FACTS, **change))[f"facts.{name}@2020"]
    assert (finding.status, finding.code, finding.move) == (status, code, move)
    assert bool(finding.remedy) is (status is not Status.PASS)
    assert finding.seen.endswith(".")
    assert not any(isinstance(value, float) for value in finding.evidence.values())


def test_well_facts_are_six_and_pass(make_target: Any) -> None:
    findings = found(make_target, WELL_FACTS)
    assert [check.partition("@")[0] for check in findings] == [
        f"facts.{name}" for name in ("disk", "load", "clock", "tools", "version", "calls")
    ]
    assert {finding.status for finding in findings.values()} == {Status.PASS}


@pytest.mark.parametrize("facts", [None, ShellFacts(whole=False)])
def test_what_was_not_told_for_want_of_time_is_not_reached(make_target: Any, facts: ShellFacts | None) -> None:
    assert {finding.code for finding in found(make_target, facts).values()} <= {"not-reached", "version-unknown"}


def test_what_came_before_the_end_of_the_time_is_judged(make_target: Any) -> None:
    """Asterisk hung: all before it was told."""
    findings = found(make_target, replace(WELL_FACTS, asterisk=None, product="", whole=False))
    codes = {check.partition("@")[0].removeprefix("facts."): finding.code for check, finding in findings.items()}
    assert codes == {
        "disk": "room", "load": "load", "clock": "in-step", "tools": "there",
        "version": "version-unknown", "calls": "not-reached",
    }  # fmt: skip


def test_nothing_understood_is_nowhere_fine(make_target: Any) -> None:
    statuses = {check: finding.status for check, finding in found(make_target, UNSEEN).items()}
    assert statuses.pop("facts.version@2020") is Status.WARN
    assert set(statuses.values()) == {Status.UNKNOWN}


def test_the_version_is_no_question_where_the_api_tells_it(make_target: Any) -> None:
    finding = found(make_target, replace(WELL_FACTS, product=""), api={"key": "k3y"})["facts.version@2020"]
    assert (finding.status, finding.code) == (Status.PASS, "by-api")
    assert "Asterisk 16.28.0" in finding.seen


def test_bounds_are_the_profile_s(make_target: Any) -> None:
    rules = {"load_high_per_cpu": 0.05, "clock_warn_s": 1, "disk_low_kib": 0, "disk_low_percent": 60}
    findings = found(make_target, replace(WELL_FACTS, **clock(4)), rules)
    codes = [findings[f"facts.{name}@2020"].code for name in ("disk", "load", "clock")]
    assert codes == ["disk-low", "load-high", "clock-skew"]


def test_waivers_and_leaving_out(make_target: Any) -> None:
    waived = found(make_target, replace(WELL_FACTS, **room(0)), waivers={"facts.disk": "being cleared"})
    assert waived["facts.disk@2020"].status is Status.WAIVED
    assert list(found(make_target, WELL_FACTS, {"asked": ["load"]})) == ["facts.load@2020"]


@pytest.mark.parametrize(
    ("seen", "least", "greatest"),
    [
        (ClockSeen(100, 100_000, 100_000), 0, 1),
        (ClockSeen(100, 100_900, 100_950), -1, 1),
        (ClockSeen(160, 100_000, 110_000), 50, 61),
        (ClockSeen(40, 100_000, 110_000), -70, -59),
    ],
)
def test_the_difference_of_clocks_is_a_span(seen: ClockSeen, least: int, greatest: int) -> None:
    assert clock_difference_s(seen) == (least, greatest)


def test_missing_programs_are_named_by_what_needs_them(make_target: Any) -> None:
    tools = {**TOOLS, "wc": Tool.ABSENT, "sync": Tool.ABSENT, "tar": Tool.ABSENT}
    finding = found(make_target, replace(WELL_FACTS, tools=tools))["facts.tools@2020"]
    assert "backup needs tar, wc; patch needs sync, tar" in finding.seen
