"""Silence after it was open reads as a ban; other silence does not."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.last_report import NoReport, read_last_report
from access_check.last_seen import COUNTS_FOR, LastSeen, last_seen
from access_check.observations import Observations, Reach, TcpObservation
from access_check.profile import access_profile
from access_check.sweep import SystemReport
from access_check.targets import Target
from access_check.verdicts import first_broken, judge
from access_check.views.json import render

PORTS = (80, 81, 443, 2020)
NOW = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
AT = dt.datetime(2026, 11, 20, 15, 3, tzinfo=dt.timezone(dt.timedelta(hours=1)))
SILENT = dict.fromkeys(PORTS, Reach.TIMEOUT)


@pytest.fixture
def target(make_target: Any) -> Target:
    made: Target = make_target(2020, profile=access_profile("pbxware").model_dump())
    return made


def codes(target: Target, reaches: dict[int, Reach], before: LastSeen | None) -> list[str]:
    seen = Observations(tcp={port: TcpObservation(port, reach) for port, reach in reaches.items()})
    return [finding.code for finding in judge(target, seen, before) if finding.check.startswith("tcp@")]


CASES: list[tuple[dict[int, Reach], LastSeen | None, str]] = [
    (SILENT, LastSeen(AT, PORTS), "banned"),
    (SILENT, LastSeen(AT, (2020,)), "banned"),
    (SILENT, None, "timeout"),
    (SILENT, LastSeen(AT, (22,)), "timeout"),  # another port than those of today
    ({**SILENT, 443: Reach.OPEN}, LastSeen(AT, PORTS), "timeout"),
    ({**SILENT, 443: Reach.REFUSED}, LastSeen(AT, PORTS), "timeout"),
    ({80: Reach.TIMEOUT}, LastSeen(AT, PORTS), "timeout"),  # the others were not knocked at in time
    (dict.fromkeys(PORTS, Reach.UNREACHABLE), LastSeen(AT, PORTS), "unreachable"),
]


@pytest.mark.parametrize(("reaches", "before", "code"), CASES)
def test_what_reads_as_a_ban(target: Target, reaches: dict[int, Reach], before: LastSeen | None, code: str) -> None:
    told = codes(target, reaches, before)
    assert told[0] == code
    assert "banned" not in told[1:]


def test_the_sentence_has_the_time_in_utc_and_claims_no_proof(target: Target) -> None:
    seen = Observations(tcp={port: TcpObservation(port, Reach.TIMEOUT) for port in PORTS})
    finding = first_broken(judge(target, seen, LastSeen(AT, (443, 2020))))
    assert finding is not None
    assert (finding.check, finding.code, finding.status) == ("tcp@80", "banned", Status.FAIL)
    assert finding.move is Move.CUSTOMER
    assert "on 2026-11-20 14:03 UTC ports 443 and 2020 were open" in finding.seen
    assert "cannot prove" in finding.seen
    assert "fail2ban, sipPROT" in finding.remedy


def test_a_waived_port_does_not_hide_the_ban(target: Target) -> None:
    waiving = target.model_copy(update={"waivers": {"tcp@80": "closed on purpose"}})
    assert codes(waiving, SILENT, LastSeen(AT, PORTS))[:2] == ["timeout", "banned"]


def look(code: str, port: str = "2020") -> list[Finding]:
    return [Finding(f"tcp@{port}", Status.PASS if code == "open" else Status.FAIL, code, "x")]


@pytest.mark.parametrize(
    ("looks", "ports"),
    [
        ([], None),
        ([(AT, look("timeout"))], None),
        ([(NOW, look("timeout")), (AT, look("open"))], (2020,)),
        ([(AT, look("open", "443") + look("open", "80"))], (80, 443)),
        ([(AT, look("open", "x"))], None),
        ([(NOW - COUNTS_FOR - dt.timedelta(days=1), look("open"))], None),
        ([(NOW + dt.timedelta(days=1), look("open"))], None),
    ],
)
def test_the_newest_look_in_which_it_was_open(looks: Any, ports: Any) -> None:
    found = last_seen(looks, NOW)
    assert (found.ports if found else None) == ports


def test_an_earlier_report_tells_what_was_open(target: Target, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    silent = target.model_copy(update={"name": "silent"})
    path.write_text(render([SystemReport(target, tuple(look("open"))), SystemReport(silent, ())], AT))
    assert read_last_report(path, NOW) == {target.name: LastSeen(AT, (2020,))}


TEXTS = ["", "[]", "{}", "null", "\xff", json.dumps({"at": "2026-11-20T14:03:00", "systems": []}), "[" * 100_000]
SYSTEMS: list[Any] = [{"system": "a", "findings": 1}, {"system": "a", "findings": [1]}, 7]
TEXTS += [json.dumps({"at": "2026-11-20T14:03:00Z", "systems": [system]}) for system in SYSTEMS]


@pytest.mark.parametrize("text", [*TEXTS, None])
def test_anything_else_is_one_sentence(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    with pytest.raises(NoReport) as refused:
        read_last_report(path, NOW)
    assert str(path) in refused.value.message
    assert refused.value.exit_status == 2
