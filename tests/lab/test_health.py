"""Health of the practice systems: real Asterisk, real calls, real GUI and API."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.findings import Finding, Status
from callout.health.calls import CallsCode
from callout.health.web import product_version
from callout.inventory import System, load_inventory
from callout.ledger import open_ledger
from callout.places import Places
from callout.shell import OpenSSHSession
from callout.steps.context import Context
from callout.steps.health import calls_in_progress, check_health, health_findings, wait_for_calls

pytestmark = pytest.mark.lab
SYSTEMS = pytest.mark.parametrize("name", ["acme-pbx1", "globex-sw1"])
ASTERISK = "/opt/pbxware/sh/asterisk -rx"
SERVICE = "/opt/pbxware/sh/service"


def now() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def system_of(lab: Path) -> Callable[[str], System]:
    """A practice system, from the practice inventory."""
    folder = lab.parent / "inventory" / "lab"
    return load_inventory(Places(inventory=folder, data=folder / ".callout", ledger="")).system


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A ledger of its own, and real sessions."""
    with closing(open_ledger(str(tmp_path / "ledger.sqlite"), now)) as ledger:
        places = Places(inventory=tmp_path, data=tmp_path, ledger="")
        yield Context(ledger, places, "eva@desk", now, OpenSSHSession)


def blocking(findings: list[Finding]) -> dict[str, str]:
    """Check → code of what blocks."""
    return {finding.check: finding.code for finding in findings if finding.blocks}


@SYSTEMS
def test_well_system(context: Context, system_of: Callable[[str], System], name: str) -> None:
    """Asterisk, calls, SIP, GUI, API and every service were really seen well."""
    findings = {finding.check: finding for finding in health_findings(context, system_of(name))}
    expected = ["asterisk.running", "asterisk.calls", "sip.options@5060", "gui.page", "api.licence"]
    expected += ["api.service@asterisk", "api.service@mariadb", "api.service@nginx", "api.service@php-fpm"]
    assert {check: findings[check].status for check in expected} == dict.fromkeys(expected, Status.PASS)
    assert blocking(list(findings.values())) == {}


@SYSTEMS
def test_version_by_the_api(system_of: Callable[[str], System], name: str) -> None:
    """Numbers and dots, without the build."""
    assert product_version(system_of(name).target) == "7.2"


def test_change_waits_for_a_real_call(context: Context, system_of: Callable[[str], System]) -> None:
    """A call in progress is counted, refused at the limit, and waited for until it ends."""
    system = system_of("acme-pbx1")
    session = OpenSSHSession(system.target)
    session.run(f'{ASTERISK} "channel originate Local/s@demo application Wait 60"')
    try:
        assert (calls_in_progress(context, system) or 0) >= 1
        assert wait_for_calls(context, system, 0).code is CallsCode.BUSY
        verdict = wait_for_calls(
            context,
            system,
            1,
            sleep=lambda _: session.run(f'{ASTERISK} "channel request hangup all"; sleep 1') and None,
        )
        assert verdict.code is CallsCode.IDLE
    finally:
        session.run(f'{ASTERISK} "channel request hangup all"')
        session.close()


def test_change_that_stops_asterisk_is_found(context: Context, system_of: Callable[[str], System]) -> None:
    """Fine before, stopped after: not verified, by shell, SIP and API alike; the calls are unknown, not zero."""
    system = system_of("globex-sw1")
    impatient = system.model_copy(update={"operation": system.operation.model_copy(update={"health_wait_s": 0})})
    session = OpenSSHSession(system.target)
    assert blocking(check_health(context, impatient, "CO-0001", "before")) == {}
    session.run(f"{SERVICE} asterisk stop", deadline_s=90)
    try:
        comparison = check_health(context, impatient, "CO-0001", "after")
        assert calls_in_progress(context, system) is None
    finally:
        session.run(f"{SERVICE} asterisk start </dev/null >/dev/null 2>&1", deadline_s=90)
        session.close()
    assert blocking(comparison)["asterisk.running"] == "broken-now"
    assert blocking(comparison)["sip.options@5060"] == "broken-now"
    assert blocking(comparison)["api.service@asterisk"] == "broken-now"
    assert blocking(comparison)["asterisk.calls"] == "uncounted"
    # It has been started again: looked at until it is well, as after a change that restarts it.
    assert blocking(check_health(context, system, "CO-0001", "after")) == {}
    assert [event.kind for event in context.ledger.events()] == ["health_checked", "health_checked", "verified"]


PLAY = """\
- name: Look
  hosts: acme-pbx1
  gather_facts: false
  tasks:
    - name: look how it is
      service_health:
        wait_for_calls_minutes: 0
"""


def test_module_looks_and_refuses_while_somebody_speaks(
    lab: Path, system_of: Callable[[str], System], tmp_path: Path
) -> None:
    """service_health in a playbook: well without a call, refused with its reason during one; never a change."""
    (tmp_path / "look.yml").write_text(PLAY)
    program = str(Path(sys.executable).parent / "ansible-playbook")

    def play(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [program, "-i", "inventory/lab", str(tmp_path / "look.yml"), *arguments]
        return subprocess.run(command, cwd=lab.parent, capture_output=True, text=True, check=False)

    well = play()
    assert (well.returncode, "acme-pbx1: well · 1 steps, 0 changed" in well.stdout) == (0, True), well.stdout
    session = OpenSSHSession(system_of("acme-pbx1").target)
    session.run(f'{ASTERISK} "channel originate Local/s@demo application Wait 60"')
    try:
        refused = play("--check")
    finally:
        session.run(f'{ASTERISK} "channel request hangup all"')
        session.close()
    assert refused.returncode == 2
    assert refused.stdout.startswith("refused ")
    assert "still in progress" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr
