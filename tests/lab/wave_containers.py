"""Twenty practice customers of a test's own: whole PBX containers from the lab's image, on a network of their own.

They have nothing in common with the lab's own systems but the image: other names, other addresses, other keys. Needs
root and podman, as the lab does; memory: some 150 MB each.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

IMAGE = "localhost/callout-lab-pbxware"
PREFIX, NETWORK, SUBNET = "wave-", "callout-wave", "10.213.79"
PRODUCT = "/opt/pbxware/pw"
GUI = f"{PRODUCT}/opt/pbxware-gui"
# What the bundle's login page takes in: a system without it does not bear the bundle.
NEEDED = "/etc/pbxware/site.php"
SECRET = {"gui": "Practice-Gui-1", "wizard": "Practice-Wizard-1", "api": "practice-api-key-1"}
READY_S = 300
FILES = 20


@dataclass
class Engine:
    """podman, as it works on this machine."""

    program: str
    environment: dict[str, str]

    def __call__(self, *words: str, given: str = "", check: bool = True) -> str:
        """What it says. Raises CalledProcessError unless told otherwise."""
        run = [self.program, *words]
        done = subprocess.run(run, input=given, env=self.environment, check=check, capture_output=True, text=True)
        return done.stdout

    def image(self) -> str:
        """The lab's image; the test is skipped where it is not built."""
        found = [name for name in self("images", "--format", "{{.Repository}}:{{.Tag}}").split() if IMAGE in name]
        return found[0] if found else pytest.skip(f"{IMAGE} is not built here (make lab-up)")


@dataclass
class Containers:
    """The systems by number, from 0; `folder` holds key, inventories and known hosts."""

    engine: Engine
    folder: Path
    count: int

    @staticmethod
    def name(number: int) -> str:
        """In the inventory and for the engine."""
        return f"{PREFIX}{number:02d}"

    def inside(self, number: int, script: str, given: str = "") -> str:
        """What a script says that the system's root runs there; $1 is where the PBX's outer system begins."""
        return self.engine("exec", "-i", self.name(number), "sh", "-c", script, "inside", "/", given=given)

    def memory_mb(self) -> float:
        """What all of them have in memory together, without the page cache."""
        processes = self.engine("ps", "--filter", f"label={NETWORK}", "--format", "{{.Pid}}").split()
        pids = {pid for root in processes for pid in _family(root)}
        status = [Path(f"/proc/{pid}/smaps_rollup") for pid in pids]
        lines = [line for path in status for line in _lines(path) if line.startswith("Pss:")]
        return sum(int(line.split()[1]) for line in lines) / 1024

    def images(self, number: int) -> dict[str, str]:
        """SHA-256 of every file that the bundle is about, by path; those that are not there are left out."""
        listed = self.inside(number, f"sha256sum {GUI}/*.php")
        return {line[66:]: line[:64] for line in listed.splitlines()}

    def inventory(self) -> Path:
        """Ten systems to a customer; what their pages look like is the lab's."""
        folder = self.folder / "inventory"
        folder.mkdir()
        access = yaml.safe_load((ROOT / "inventory/lab/group_vars/all/practice.yml").read_text())["practice_access"]
        operation = {
            "backup": {"paths": [f"{PRODUCT}/opt", f"{PRODUCT}/etc"], "prune": []},
            "restart": {"php-fpm": "/opt/pbxware/sh/service php-fpm restart"},
            "health_wait_s": 10,
        }
        system = {
            "product": "pbxware",
            "gui": {"user": "admin", "password": SECRET["gui"]},
            "wizard": {"password": SECRET["wizard"]},
            "api": {"key": SECRET["api"]},
            "waivers": dict.fromkeys(("address.public", "web.wizard_exposed"), "on this machine's own bridge"),
            "access": access,
            "operation": operation,
        }
        everyone: dict[str, Any] = {
            "ansible_ssh_private_key_file": str(self.folder / "key"),
            "callout_system": system,
            "callout_policy": {"vendor": "Practice", "backups": {"passphrase": "practice"}},
        }
        customers: dict[str, Any] = {}
        for number in range(self.count):
            named = f"customer{number // 10}"
            told = {"id": named, "name": named.capitalize(), "contract": "maintenance", "currency": "EUR"}
            told |= {"registered_addresses": [f"it@{named}.example"], "time_zone": "Europe/Vienna"}
            group = customers.setdefault(named, {"vars": {"callout_customer": told}, "hosts": {}})
            group["hosts"][self.name(number)] = {"ansible_host": address(number)}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"vars": everyone, "children": customers}}))
        keys = [self.inside(number, "cat /etc/ssh/ssh_host_ed25519_key.pub").split() for number in range(self.count)]
        lines = [f"[{address(number)}]:2020 {kind} {key}\n" for number, (kind, key, *_) in enumerate(keys)]
        (folder / "known_hosts").write_text("".join(lines))
        return folder


def address(number: int) -> str:
    """Of the system with that number."""
    return f"{SUBNET}.{10 + number}"


def manifest_files(containers: Containers, source: Path) -> list[dict[str, Any]]:
    """Twenty changes: the GUI's own pages replaced, others made. Writes the contents to `source`."""
    (source / "files").mkdir(parents=True)
    made = []
    for place, path in enumerate(sorted(containers.images(0))):
        before = base64.b64decode(containers.inside(0, f"base64 {path}"))
        more = f"require '{NEEDED}';" if path.endswith("/login.php") else "/* PW-2041 */"
        after = before.replace(b"<?php", f"<?php {more}".encode(), 1)
        assert after != before
        (source / f"files/{place}").write_bytes(after)
        known = [hashlib.sha256(before).hexdigest()]
        made.append({"path": path, "action": "replace", "before": known, "content": f"files/{place}"})
    for place in range(len(made), FILES):
        (source / f"files/{place}").write_text(f"<?php // page {place} of PW-2041\n")
        made.append({"path": f"{GUI}/page-{place}.php", "action": "create", "content": f"files/{place}"})
    return made


@contextlib.contextmanager
def wave_containers(folder: Path, count: int) -> Iterator[Containers]:
    """That many systems, up and answering; they and their network are removed at the end, whatever happened."""
    program = shutil.which("podman") or pytest.skip("no podman here")
    environment = dict(os.environ)
    state = Path(environment.get("CALLOUT_LAB_STATE", ROOT / "lab/.state"))
    if (state / "needs-containers-conf").exists():
        environment["CONTAINERS_CONF"] = str(ROOT / "lab/containers.conf")
    made = Containers(Engine(program, environment), folder, count)
    image = made.engine.image()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    _remove(made.engine)
    options = ["--disable-dns", "--subnet", f"{SUBNET}.0/24", "--label", NETWORK]
    made.engine("network", "create", *options, NETWORK)
    try:
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(lambda number: _raise(made, image, number), range(count)))
        yield made
    finally:
        _remove(made.engine)


def _raise(made: Containers, image: str, number: int) -> None:
    """As lab/up makes one, and gives it its secrets."""
    where = ["--network", NETWORK, "--ip", address(number), "--hostname", made.name(number)]
    rights = ["--cap-add", "SYS_ADMIN", "--cap-add", "SYS_NICE", "--cap-add", "AUDIT_WRITE"]
    rights += ["--security-opt", "unmask=ALL", "--security-opt", "apparmor=unconfined"]
    made.engine("run", "--detach", "--label", NETWORK, "--name", made.name(number), *where, *rights, image)
    ends_at = time.monotonic() + READY_S
    while "asterisk" not in made.engine("exec", made.name(number), "cat", "/run/ready", check=False):
        assert time.monotonic() < ends_at, f"{made.name(number)} did not come up"
        time.sleep(0.3)
    public = (made.folder / "key.pub").read_text()
    secrets = {
        "root_password": "", "wizard_password": SECRET["wizard"], "gui_user": "admin", "gui_password": SECRET["gui"],
        "api_key": SECRET["api"], "authorized_keys": public, "support_ca": public,
    }  # fmt: skip
    given = "".join(f"{name} {base64.b64encode(value.encode()).decode()}\n" for name, value in secrets.items())
    made.inside(number, (ROOT / "lab/parts/install-secrets.sh").read_text(), given)
    made.inside(number, f"echo '<?php' >{PRODUCT}{NEEDED} && chmod 644 {PRODUCT}{NEEDED}")


def _remove(engine: Engine) -> None:
    found = engine("ps", "--all", "--quiet", "--filter", f"label={NETWORK}").split()
    if found:
        engine("rm", "--force", "--time", "0", *found)
    engine("network", "rm", "--force", NETWORK, check=False)


def _family(process: str) -> list[str]:
    """A process and all below it."""
    below = [one for line in _lines(Path(f"/proc/{process}/task/{process}/children")) for one in line.split()]
    return [process, *(each for one in below for each in _family(one))]


def _lines(path: Path) -> list[str]:
    """None of a process that has ended meanwhile."""
    with contextlib.suppress(OSError):
        return path.read_text().splitlines()
    return []


def manifest_of(files: list[dict[str, Any]]) -> str:
    """The bundle's source, as its author writes it."""
    return json.dumps(
        {
            "id": "PW-2041", "title": "Keeps the login page from forgetting", "severity": "critical",
            "products": ["pbxware"], "versions": "any", "bug": "PBX-77",
            "documentation": "https://docs.example/PBX-77", "downtime_minutes": 5, "restart": ["php-fpm"],
            "files": files,
        }
    )  # fmt: skip
