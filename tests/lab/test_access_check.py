"""The access check on the practice customers: real sshd, real web server, real Asterisk."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from access_check.findings import Finding, Move, Status
from access_check.inventory_source import read_inventory
from access_check.observations import Sip
from access_check.probes.sip import sip_options
from access_check.sweep import check_system
from access_check.targets import Target, target_from_variables

pytestmark = pytest.mark.lab

SYSTEMS = ("acme-pbx1", "globex-sw1")


@pytest.fixture(scope="module")
def targets(lab: Path, root: Path) -> dict[str, Target]:
    """The lab's targets, as access-check reads them."""
    folder = root / "inventory" / "lab"
    raws = read_inventory(folder)
    return {raw.name: target_from_variables(raw, folder / "known_hosts") for raw in raws}


def checked(target: Target, timeout_s: float = 20) -> dict[str, Finding]:
    return {finding.check: finding for finding in check_system(target, timeout_s).findings}


@pytest.mark.parametrize("name", SYSTEMS)
def test_all_passes_and_the_address_is_waived(targets: dict[str, Target], name: str) -> None:
    found = checked(targets[name])
    amiss = {check: finding.status for check, finding in found.items() if finding.status is not Status.PASS}
    assert amiss == {"address.public": Status.WAIVED, "web.wizard_exposed@81": Status.WAIVED}
    assert found["ssh.login@2020"].evidence["method"] == ("password" if name == "acme-pbx1" else "key")
    assert "self-signed" in found["web.gui@443"].seen
    for door in ("web.gui_login@443", "web.wizard_login@81"):
        assert (found[door].code, found[door].evidence["attempts"]) == ("signed-in", 1)
        assert found[door].evidence["signed_out"] is True


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_wrong_password_at_gui_and_wizard_is_refused_and_tried_once(targets: dict[str, Target], name: str) -> None:
    target = targets[name]
    wrong = SecretStr("wrong-0815")
    assert target.gui is not None
    assert target.wizard is not None
    gui, wizard = (login.model_copy(update={"password": wrong}) for login in (target.gui, target.wizard))
    found = checked(target.model_copy(update={"gui": gui, "wizard": wizard}))
    for door in ("web.gui_login@443", "web.wizard_login@81"):
        finding = found[door]
        assert (finding.status, finding.code, finding.move) == (Status.FAIL, "sign-in-refused", Move.CUSTOMER)
        assert finding.evidence["attempts"] == 1


def test_host_and_pbx_of_a_serverware_have_different_keys(targets: dict[str, Target]) -> None:
    found = checked(targets["globex-sw1"])
    prints = {found[f"ssh.host_key@{port}"].evidence["fingerprint"] for port in (2020, 2222)}
    assert len(prints) == 2


def test_wrong_password_is_refused_and_tried_once(targets: dict[str, Target]) -> None:
    wrong = targets["acme-pbx1"].model_copy(update={"password": SecretStr("wrong-0815")})
    finding = checked(wrong)["ssh.login@2020"]
    assert (finding.status, finding.code, finding.move) == (Status.FAIL, "refused", Move.CUSTOMER)
    assert finding.evidence["password_attempts"] == 1


def test_closed_port(targets: dict[str, Target]) -> None:
    target = targets["acme-pbx1"]
    profile = target.profile.model_copy(update={"tcp_ports": (*target.profile.tcp_ports, 4)})
    found = checked(target.model_copy(update={"profile": profile}))
    assert (found["tcp@4"].status, found["tcp@4"].code) == (Status.FAIL, "refused")
    assert found["ssh.shell@2020"].status is Status.PASS


def test_swapped_host_keys_are_told_and_nothing_is_sent(targets: dict[str, Target], tmp_path: Path) -> None:
    """The key of 2222 stands on file for 2020 and the other way round, as after a wrong forward."""
    target = targets["globex-sw1"]
    swap = {"2020": "2222", "2222": "2020"}
    lines = target.known_hosts.read_text()
    trust = tmp_path / "known_hosts"
    trust.write_text(re.sub(r"\]:(2020|2222)", lambda match: f"]:{swap[match[1]]}", lines))
    found = checked(target.model_copy(update={"known_hosts": trust}))
    assert found["ssh.host_key@2020"].code == "host-key-changed"
    assert found["ssh.login@2020"].code == "not-reached"


@pytest.mark.parametrize("name", SYSTEMS)
def test_one_sip_options(targets: dict[str, Target], name: str) -> None:
    seen = sip_options(str(targets[name].address), targets[name].profile.sip_port, 3)
    assert seen.sip is Sip.ANSWERED


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "access-check")
    return subprocess.run(
        [program, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_command_and_its_document(targets: dict[str, Target], root: Path) -> None:
    done = run(root, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert [system["system"] for system in document["systems"]] == list(SYSTEMS)
    for target in targets.values():
        for secret in (target.password, target.gui and target.gui.password, target.api and target.api.key):
            assert secret is None or secret.get_secret_value() not in done.stdout + done.stderr


def test_the_limit_and_the_waiver_are_shown(targets: dict[str, Target], root: Path) -> None:
    done = run(root, "-i", "inventory/lab", "-l", "acme")
    assert done.returncode == 0
    assert "address.public" in done.stdout
    assert "globex" not in done.stdout


def test_the_playbook(targets: dict[str, Target], root: Path, tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "ansible-playbook")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    ledger = {"CALLOUT_DATA": str(tmp_path / "data"), "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"}
    well = subprocess.run(
        [program, "playbooks/check_access.yml"],
        cwd=root,
        env={**os.environ, **ledger},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert well.returncode == 0, well.stdout + well.stderr
    broken = subprocess.run(
        [program, "playbooks/check_access.yml", "-l", "globex", "-e", f"ansible_port={closed}"],
        cwd=root,
        env={**os.environ, **ledger},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert broken.returncode != 0
    assert "refuses connections" in broken.stdout
    assert "Traceback" not in broken.stdout + broken.stderr
