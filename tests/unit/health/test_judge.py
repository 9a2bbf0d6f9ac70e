"""What was seen → findings: pure, each case by a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from access_check.observations import ApiObservation, Page, Sip, SipObservation
from access_check.profile import access_profile
from access_check.targets import Target
from callout.findings import Finding, Move, Status
from callout.health.judge import health_checks, judge
from callout.health.observation import (
    Answer,
    CallCount,
    DiskRoom,
    HealthObservation,
    ShellSeen,
    WebSeen,
)

URL = "https://192.0.2.7:443/"
SHELL = ShellSeen(
    command="/opt/pbxware/sh/asterisk",
    version="Asterisk 16.28.0",
    calls=CallCount(2, 1, 9),
    disk=DiskRoom(10_000_000, 5_000_000),
    load="0.10 0.20 0.30",
)
WELL = HealthObservation(
    shell=SHELL,
    sip=SipObservation(Sip.ANSWERED, status=401, reason="Unauthorized", duration_ms=3),
    gui=WebSeen(Answer.ANSWERED, URL, 200),
    api=ApiObservation(Page.ANSWERED, 200, "8.1", "", {"asterisk": "running", "fax": "running"}),
)


def target(**waivers: str) -> Target:
    """A Target with `waivers`."""
    return Target(
        name="acme-pbx1",
        product="pbxware",
        address="192.0.2.7",
        port=2020,
        user="root",
        password=None,
        private_key=None,
        connection_arguments=(),
        known_hosts=Path("/nonexistent"),
        gui=None,
        wizard=None,
        api=None,
        waivers=waivers,
        profile=access_profile("pbxware"),
    )


def by_check(observation: HealthObservation) -> dict[str, Finding]:
    """Findings by check."""
    return {finding.check: finding for finding in judge(observation, target())}


def test_well_system_passes_everywhere() -> None:
    """Every check is named once, in a fixed order; a call in progress is no illness."""
    findings = judge(WELL, target())
    assert {finding.status for finding in findings} == {Status.PASS}
    assert [finding.check for finding in findings] == [
        "asterisk.running",
        "asterisk.calls",
        "sip.options@5060",
        "gui.page",
        "api.licence",
        "api.service@asterisk",
        "api.service@fax",
        "disk.free@/",
        "system.load",
    ]


def web(**changes: Any) -> WebSeen:
    """The GUI's answer, changed."""
    return replace(WebSeen(Answer.ANSWERED, URL, 200), **changes)


def shell(**changes: Any) -> ShellSeen:
    """The shell's answer, changed."""
    return replace(SHELL, **changes)


@pytest.mark.parametrize(
    ("part", "seen", "check", "status", "code"),
    [
        ("shell", shell(trouble="no answer within 60 s."), "asterisk.running", Status.UNKNOWN, "no-shell"),
        ("shell", shell(command="", complaints=("Unable to connect",)), "asterisk.running", Status.FAIL, "not-running"),
        ("shell", shell(command="", missing=("chroot",)), "asterisk.running", Status.UNKNOWN, "no-command"),
        ("shell", shell(command=""), "asterisk.running", Status.UNKNOWN, "no-command"),
        ("shell", shell(calls=None), "asterisk.calls", Status.UNKNOWN, "uncounted"),
        ("shell", shell(calls=None, calls_said="hello"), "asterisk.calls", Status.UNKNOWN, "uncounted"),
        ("shell", shell(disk=None), "disk.free@/", Status.UNKNOWN, "unreadable"),
        ("shell", shell(disk=DiskRoom(10_000_000, 0)), "disk.free@/", Status.FAIL, "full"),
        ("shell", shell(disk=DiskRoom(100_000_000, 4_000_000)), "disk.free@/", Status.WARN, "little-room"),
        ("shell", shell(disk=DiskRoom(1_000_000, 400_000)), "disk.free@/", Status.WARN, "little-room"),
        ("sip", SipObservation(Sip.SILENT), "sip.options@5060", Status.FAIL, "silent"),
        ("sip", SipObservation(Sip.REFUSED), "sip.options@5060", Status.FAIL, "refused"),
        ("sip", SipObservation(Sip.NOT_SIP, reason="x"), "sip.options@5060", Status.FAIL, "not-sip"),
        ("sip", SipObservation(Sip.RESOLVE_FAILED), "sip.options@5060", Status.UNKNOWN, "resolve-failed"),
        ("sip", None, "sip.options@5060", Status.UNKNOWN, "unasked"),
        ("gui", web(status=302), "gui.page", Status.PASS, "answers"),
        ("gui", web(status=399), "gui.page", Status.PASS, "answers"),
        ("gui", web(status=400), "gui.page", Status.FAIL, "http-error"),
        ("gui", web(status=502), "gui.page", Status.FAIL, "http-error"),
        ("gui", web(status=0), "gui.page", Status.FAIL, "http-error"),
        ("gui", web(fatal=True), "gui.page", Status.FAIL, "php-error"),
        ("gui", web(answer=Answer.SILENT), "gui.page", Status.FAIL, "silent"),
        ("gui", web(answer=Answer.TLS_REFUSED), "gui.page", Status.FAIL, "tls-refused"),
        ("gui", web(answer=Answer.UNASKED), "gui.page", Status.UNKNOWN, "unasked"),
        ("api", None, "api.key", Status.WARN, "no-api-key"),
        ("api", ApiObservation(Page.REFUSED, 0, None, "x"), "api.licence", Status.FAIL, "no-answer"),
        ("api", ApiObservation(Page.ANSWERED, 503, None, "x"), "api.licence", Status.FAIL, "no-answer"),
        (
            "api",
            ApiObservation(Page.ANSWERED, 200, None, "Invalid API key."),
            "api.licence",
            Status.UNKNOWN,
            "not-understood",
        ),
        (
            "api",
            ApiObservation(Page.ANSWERED, 200, "8.1", "", None, "not JSON"),
            "api.services",
            Status.UNKNOWN,
            "not-understood",
        ),
        (
            "api",
            ApiObservation(Page.ANSWERED, 200, "8.1", "", {"fax": "stopped"}),
            "api.service@fax",
            Status.FAIL,
            "not-running",
        ),
    ],
)
def test_one_thing_wrong(part: str, seen: Any, check: str, status: Status, code: str) -> None:
    """Each gets its code, says whose move it is, and has a remedy."""
    finding = by_check(replace(WELL, **{part: seen}))[check]
    assert (finding.status, finding.code) == (status, code)
    if finding.status is not Status.PASS:
        assert finding.move is not Move.NOBODY
        assert finding.remedy


def test_no_gui_in_the_profile_is_no_finding() -> None:
    """What the profile does not name is not judged."""
    assert "gui.page" not in by_check(replace(WELL, gui=None))


@pytest.mark.parametrize("named", ["sip.options", "sip.options@5060"])
def test_waiver_sets_aside_but_hides_nothing(named: str) -> None:
    """A firewall that keeps us out may be waived with its reason; what was seen stays."""
    silent = replace(WELL, sip=SipObservation(Sip.SILENT))
    finding = next(each for each in judge(silent, target(**{named: "SIP is filtered"})) if each.check.startswith("sip"))
    assert finding.status is Status.WAIVED
    assert "silent" in finding.seen
    assert "SIP is filtered" in finding.remedy


def test_a_waiver_without_a_reason_is_none() -> None:
    """As with the access check."""
    silent = replace(WELL, sip=SipObservation(Sip.SILENT))
    finding = next(each for each in judge(silent, target(**{"sip.options": "  "})) if each.check.startswith("sip"))
    assert finding.status is Status.FAIL


def test_findings_can_go_into_the_ledger() -> None:
    """No floats, and back again unchanged."""
    from callout.ledger.event import canonical

    for finding in judge(WELL, target()):
        assert canonical(finding.as_dict())
        assert Finding.from_dict(finding.as_dict()) == finding


def test_every_finding_has_a_name_that_can_be_waived() -> None:
    """Lint believes this list."""
    names = health_checks(target())
    for seen in (WELL, replace(WELL, api=None)):
        for finding in judge(seen, target()):
            assert finding.check in names or finding.check.startswith("api.service@")
