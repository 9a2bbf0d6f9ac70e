"""The systems that hurt, each in one way: one sweep by the real command gives what one would say by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]

Findings = dict[str, dict[str, Any]]
# Warnings that speak of this machine and its bridge, not of what is wrong: containers share their host's load.
OF_THIS_MACHINE = {"facts.load@2020", "web.wizard_exposed@81"}
SPEAKS = ("fail", "unknown", "warn")
# System, the step that speaks, its status, code, whose move it is, and a word that the remedy must hold.
SAID_BY_HAND = [
    ("closed-wizard", "tcp@81", "fail", "refused", "customer", "TCP port 81"),
    ("wrong-forward", "ssh.banner@2020", "fail", "not-ssh", "customer", "forward of TCP port 2020"),
    ("hosts-deny", "ssh.banner@2020", "fail", "closed-before-banner", "customer", "hosts.deny"),
    ("changed-key", "ssh.host_key@2020", "fail", "host-key-changed", "us", "callout trust accept changed-key"),
    ("expired-bssup", "ssh.certificate@2020", "fail", "certificate-expired", "customer", "BSSUP"),
    ("expired-web", "web.gui@443", "warn", "certificate-expired", "customer", "renew the certificate"),
    ("wrong-password", "ssh.login@2020", "fail", "refused", "customer", "current root password"),
    ("full-disk", "facts.disk@2020", "fail", "disk-full", "customer", "make room"),
    ("live-call", "facts.calls@2020", "warn", "calls-in-progress", "", "call"),
    ("busybox-only", "facts.tools@2020", "warn", "busybox-tools", "", "busybox"),
]  # fmt: skip


def inside(system: str, *command: str) -> str:
    """Standard output of a command inside the container, not by way of sshd."""
    said = subprocess.run(
        [str(ROOT / "lab" / "shell"), system, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def attempts(system: str, *words: str) -> int:
    """How many lines of sshd's own log have one of the words."""
    return sum(any(word in line for word in words) for line in inside(system, "cat", "/var/log/sshd.log").splitlines())


@pytest.fixture(scope="module")
def hurt() -> Path:
    """The systems that hurt, brought up if they are not; their inventory."""
    subprocess.run([str(ROOT / "lab" / "up"), "--hurt"], check=True, cwd=ROOT, timeout=300)
    return ROOT / "inventory" / "hurt"


@pytest.fixture(scope="module")
def refused_before(hurt: Path) -> int:
    return attempts("wrong-password", "Failed password")


@pytest.fixture(scope="module")
def swept(hurt: Path, refused_before: int) -> dict[str, Findings]:
    """What one sweep finds: system → check → finding, in the order of the walk."""
    program = str(Path(sys.executable).parent / "access-check")
    done = subprocess.run(
        [program, "-i", str(hurt), "--format", "json", "--timeout", "60"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    return {
        system["system"]: {finding["check"]: finding for finding in system["findings"]}
        for system in document["systems"]
    }


def amiss(findings: Findings) -> list[dict[str, Any]]:
    """All that speaks, in the order of the walk, but for what follows from an earlier step or is this machine's."""
    return [
        finding
        for check, finding in findings.items()
        if finding["status"] in SPEAKS and finding["code"] != "not-reached" and check not in OF_THIS_MACHINE
    ]


@pytest.mark.parametrize(("system", "check", "status", "code", "move", "word"), SAID_BY_HAND)
def test_the_first_step_that_speaks(
    swept: dict[str, Findings], system: str, check: str, status: str, code: str, move: str, word: str
) -> None:
    first = amiss(swept[system])[0]
    assert (first["check"], first["status"], first["code"]) == (check, status, code), first
    assert not move or first["move"] == move
    assert word in first["remedy"] + ("" if move else first["seen"])


def test_each_hurts_in_one_way_only(swept: dict[str, Findings]) -> None:
    """Where the step that speaks is no login, nothing else is amiss; a login that fails may fail in more places."""
    same_secret = {"ssh.certificate@2020", "ssh.login@2020", "web.wizard_login@81"}
    for system, check, *_ in SAID_BY_HAND:
        also = {finding["check"] for finding in amiss(swept[system])} - {check}
        assert also <= (same_secret if check in same_secret else set()), (system, also)


def test_what_is_modified_does_not_show_from_the_street(swept: dict[str, Findings]) -> None:
    assert amiss(swept["modified"]) == []
    assert "ward@hurt" in inside("modified", "cat", "/etc/profile")
    triggers = inside("modified", "/opt/pbxware/sh/mysql", "-N", "pbxware", "-e", "SHOW TRIGGERS")
    assert "hide_short_calls" in triggers


def test_the_wrong_password_was_tried_once(swept: dict[str, Findings], refused_before: int) -> None:
    assert swept["wrong-password"]["ssh.login@2020"]["evidence"]["password_attempts"] == 1
    assert attempts("wrong-password", "Failed password") == refused_before + 1


def test_nothing_was_sent_to_the_system_with_another_key(swept: dict[str, Findings]) -> None:
    assert swept["changed-key"]["ssh.login@2020"]["code"] == "not-reached"
    assert attempts("changed-key", "Failed password", "Accepted ") == 0


def test_the_disk_is_really_full_and_the_call_is_real(swept: dict[str, Findings]) -> None:
    assert "99%" in inside("full-disk", "df", "-P", "/").splitlines()[1].split()
    assert "\n1 active call\n" in inside("live-call", "/opt/pbxware/sh/asterisk", "-rx", "core show channels count")


def test_only_what_the_lab_made_would_be_removed(swept: dict[str, Findings]) -> None:
    """lab/down goes by the label: every system that hurts has it."""
    asked = """'{{index .Config.Labels "callout.lab"}}' "$container_prefix$name\""""
    script = (
        f'. parts/settings.sh; . parts/engine.sh; find_engine; for name; do "$engine" inspect --format {asked}; done'
    )
    said = subprocess.run(
        ["bash", "-c", script, "labels", *swept], cwd=ROOT / "lab", capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1"] * len(swept)
