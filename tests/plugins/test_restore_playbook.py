"""playbooks/restore.yml with real ansible-playbook on a practice site behind a real sshd: planned, refused, done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.unit.backups.practice_site import PracticeSite, build_site, write_program
from tests.unit.backups.restore_site import TABLES, database_of, equip, reinstall, tree
from tests.unit.shell.conftest import Sshd, sshd

__all__ = ["sshd"]  # the fixture
BIN = Path(sys.executable).parent
ALIVE = """#!/bin/sh
case "$*" in
*version*) echo 'Asterisk 16.28.0 built by practice' ;;
*) printf '0 active channels\\n0 active calls\\n12 calls processed\\n' ;;
esac
"""
# What a practice site on loopback has none of.
ABSENT = ("sip.options", "gui.page", "api.key", "api.licence", "api.services", "api.service", "address.public")


@dataclass
class Desk:
    """An inventory with one system, the site behind sshd, and a data folder."""

    site: PracticeSite
    inventory: Path

    def run(self, *words: str, rc: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("ANSIBLE_")}
        environment |= {"CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [str(BIN / words[0]), *words[1:], "-i", str(self.inventory)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert rc is None or done.returncode == rc, f"{words}: {done.returncode} {done.stdout} {done.stderr}"
        return done

    def callout(self, *words: str) -> Any:
        return json.loads(self.run("callout", *words, "--json").stdout)

    def restore(self, *words: str, **variables: object) -> subprocess.CompletedProcess[str]:
        told = {"ticket": "T-1", "reason": "It burnt down", "backup": "acme-pbx1", **variables}
        return self.run("ansible-playbook", "playbooks/restore.yml", "-e", json.dumps(told), *words, rc=None)

    def kinds(self) -> list[str]:
        """Kinds of the newest call-out's events."""
        newest = self.callout("list")["callouts"][-1]["callout"]
        return [event["kind"] for event in self.callout("show", newest)["events"]]


@pytest.fixture
def desk(tmp_path: Path, sshd: Sshd) -> Desk:
    """The site lives: its Asterisk answers, and its database can be dumped."""
    site = build_site(tmp_path)
    (site.product / "nasty/large").unlink()
    equip(site)
    write_program(site.product / "sh/asterisk", ALIVE)
    variables = site.variables()
    system = variables["callout_system"]
    operation = system["operation"]
    operation["database"]["client"] = [str(site.product / "sh/mysql")]
    operation |= {"asterisk": [str(site.product / "sh/asterisk")], "health_wait_s": 1}
    operation["restart"] = {"web": f"echo restarted >>{site.home}/restarts"}
    system["waivers"] = dict.fromkeys(ABSENT, "a practice site on loopback")
    variables |= {"ansible_host": "127.0.0.1", "ansible_port": sshd.port, "ansible_user": "root"}
    variables["ansible_ssh_private_key_file"] = str(sshd.folder / "id_ed25519")
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    shutil.copy(sshd.folder / "known_hosts", inventory / "known_hosts")
    hosts = {"all": {"children": {"acme": {"hosts": {"acme-pbx1": variables}}}}}
    (inventory / "hosts.yml").write_text(yaml.safe_dump(hosts))
    return Desk(site, inventory)


@pytest.mark.skipif(os.geteuid() != 0, reason="the site's files belong to several users")
@pytest.mark.timeout(600)
def test_a_restore_is_planned_refused_on_a_live_system_and_done_on_a_reinstalled_one(desk: Desk) -> None:
    desk.callout("backup", "create", "acme-pbx1", "--level", "sample")
    old = tree(desk.site)

    # The live system: all reasons, nothing touched, and the record is closed.
    refused = desk.restore()
    assert refused.returncode == 2
    assert "It is taken for the live system" in refused.stdout
    assert "--onto acme-pbx1 --overwrite-live" in refused.stdout
    assert tree(desk.site) == old
    kinds = desk.kinds()
    assert [kind for kind in kinds if kind.startswith("restor")] == []
    assert {"opened", "gate_refused", "closed"} <= set(kinds)

    # The plan of what would be done: nothing there, and nothing in the ledger.
    reinstall(desk.site)
    fresh = tree(desk.site)
    planned = desk.restore("--check", "--diff")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert f"create {desk.site.product}/nasty/" in planned.stdout
    assert tree(desk.site) == fresh
    assert database_of(desk.site).read_text() != TABLES
    assert desk.kinds() == kinds

    done = desk.restore()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "holds no accounts of the database server" in done.stdout  # what is left to do by hand
    assert "licence" in done.stdout
    now = tree(desk.site)
    wanted = {path: image for path, image in old.items() if "/pw/proc/" not in path and "/mysql/" not in path}
    assert {path: now.get(path) for path in wanted} == wanted
    assert database_of(desk.site).read_text() == TABLES
    story = desk.kinds()
    assert [kind for kind in story if kind.startswith("restor")] == ["restore_begun", "restored"]
    assert story[-1] == "closed"
    assert "verified" in story
