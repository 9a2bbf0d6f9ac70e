"""Bad input at the command line: one sentence, a remedy, the documented exit status, no traceback, nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.lab.call_outs import Desk

pytestmark = pytest.mark.lab


@pytest.fixture
def desk(lab: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """A copy of the practice inventory to spoil."""
    copy = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory" / "lab", copy, ignore=shutil.ignore_patterns(".callout"))
    return copy


def refused(desk: Desk, status: int, sentence: str, *words: str) -> None:
    done = desk.run(*words)
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    assert sentence in said
    assert "Traceback" not in said
    assert done.stdout == ""


def test_unknown_customer_and_system(desk: Desk) -> None:
    opening = ["callout", "open", "--ticket", "T", "--reason", "x", "--system"]
    refused(desk, 2, "There is no system 'nosuch'", *opening, "nosuch")
    assert desk.run(*opening, "acme-pbx1").returncode == 0
    refused(desk, 2, "There is no customer 'nosuch'", "callout", "bill", "--customer", "nosuch", "--month", "2026-03")
    refused(desk, 2, "There is no call-out 'CO-0099'", "callout", "show", "CO-0099")


def test_missing_vault_password(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n", encoding="ascii")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(wrong))
    refused(desk, 2, "vault.yml is encrypted", "callout", "inventory", "lint")


def test_broken_yaml_names_file_and_line(desk: Desk, inventory: Path) -> None:
    (inventory / "group_vars" / "acme.yml").write_text("callout_customer:\n  id: [acme\n", encoding="ascii")
    refused(desk, 2, "acme.yml:3: not valid YAML", "callout", "inventory", "lint", "-i", str(inventory))


def test_missing_access_detail_names_file_and_key(desk: Desk, inventory: Path) -> None:
    host = inventory / "host_vars" / "acme-pbx1.yml"
    lines = host.read_text(encoding="utf-8").splitlines(keepends=True)
    host.write_text("".join(line for line in lines if "gui:" not in line), encoding="utf-8")
    done = desk.run("callout", "inventory", "lint", "-i", str(inventory))
    assert done.returncode == 3
    assert "host_vars/acme-pbx1.yml: callout_system.gui" in done.stdout


def test_bundle_that_is_no_bundle(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "photo.callout"
    file.write_bytes(b"\x89PNG" * 500)
    refused(desk, 2, "is no patch bundle", "callout", "patch", "show", str(file))
    refused(desk, 2, "is no patch bundle", "callout", "patch", "verify", str(file))


def test_unknown_host_key_is_refused_before_anything_is_sent(desk: Desk, inventory: Path) -> None:
    (inventory / "known_hosts").write_text("", encoding="ascii")
    done = desk.run("access-check", "-i", str(inventory), "-l", "globex-sw1")
    assert done.returncode == 3
    assert "host key" in done.stdout
    words = ["ansible-playbook", "playbooks/back_up.yml", "-i", str(inventory), "-l", "globex-sw1"]
    done = desk.run(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr


def test_unreachable_system(desk: Desk, inventory: Path) -> None:
    hosts = inventory / "hosts.yml"
    hosts.write_text(hosts.read_text(encoding="utf-8").replace("10.213.77.21", "10.213.77.99"), encoding="utf-8")
    done = desk.run("access-check", "-i", str(inventory), "-l", "globex-sw1", "--timeout", "4")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_nothing_is_added_to_a_closed_or_foreign_call_out(desk: Desk) -> None:
    """Every module refuses, before it looks at anything."""
    opened = desk.run("callout", "open", "--ticket", "T", "--system", "acme-pbx1", "--reason", "x")
    callout = opened.stdout.strip()
    foreign = desk.run("ansible", "globex-sw1", "-m", "system_backup", "-a", f"callout={callout}")
    assert foreign.returncode == 2
    assert f"{callout} is about acme-pbx1, not globex-sw1" in foreign.stdout
    assert desk.run("callout", "close", callout, "--outcome", "satisfied").returncode == 0
    closed = desk.run("ansible", "acme-pbx1", "-m", "service_health", "-a", f"callout={callout} moment=before")
    assert closed.returncode == 2
    assert f"{callout} is closed" in closed.stdout
    assert desk.kinds(callout) == ["opened", "closed"]


def test_damaged_ledger_is_said(desk: Desk) -> None:
    assert desk.run("callout", "open", "--ticket", "T", "--system", "acme-pbx1", "--reason", "x").returncode == 0
    file = desk.data / "ledger.sqlite"
    content = file.read_bytes()
    # In the row's body: an index holds none of it.
    place = content.rindex(b'"reason":"x"') + len(b'"reason":"')
    file.write_bytes(content[:place] + b"A" + content[place + 1 :])
    done = desk.run("callout", "ledger", "verify")
    assert done.returncode == 3
    assert "is not what was written" in done.stdout
