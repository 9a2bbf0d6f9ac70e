"""A practice system for one trial: a container of its own from the lab's image, on its own bridge, gone afterwards.

It is told by the label `callout.drift`, whose value is the process that made it: what a killed process left behind is
removed by the next one. The lab's own containers are never touched.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
import yaml

from callout.inventory import System, load_inventory
from callout.places import Places
from tests.conftest import ROOT
from tests.faults.drift.deeds import File

IMAGE = "localhost/callout-lab-pbxware"
LABEL = "callout.drift"
NETS = tuple(f"10.213.{third}" for third in range(78, 98))
STATE = Path(os.environ.get("CALLOUT_LAB_STATE") or ROOT / "lab/.state")
POLICY = {
    "vendor": "Practice Vendor",
    "backups": {"passphrase": "practice-passphrase-7c1f"},
    # Practice rates: the published procedure names none.
    "money": {"rates": {"engineer": "96.00", "developer": "120.00"}, "increment_minutes": 15, "rounding": "each"},
}
API_KEY = "practice-key-of-drift"
# Where files are drawn from; `\0` ends a record, since a name may hold anything else.
LISTING = (
    "find /usr /bin /sbin /opt -xdev \\( -path /opt/pbxware/pw/proc -o -path /opt/pbxware/pw/sys -o -path "
    "/opt/pbxware/pw/dev -o -path /opt/pbxware/pw/var/lib/mysql \\) -prune -o -type f -printf '%s %m %U %G %p\\0'"
)
OWNED = (
    'for root in "" /opt/pbxware/pw; do for list in $root/var/lib/dpkg/info/*.list; do package=${list##*/}; '
    'awk -v r="$root" -v p="${package%.list}" \'{ print p " " r $0 }\' "$list"; done; done'
)


@dataclass
class Stage:
    """The running container, and how to reach it: past sshd as the one who plants, by sshd as we do."""

    engine: str
    container: str
    address: str
    inventory: Path

    @property
    def keys(self) -> Path:
        """Where keys lie: Ansible takes every file of an inventory's folder for a piece of it."""
        return self.inventory.parent / "keys"

    @property
    def places(self) -> Places:
        """An inventory that knows this one system, with a ledger of its own."""
        data = self.inventory / ".callout"
        return Places(self.inventory, data, f"sqlite:///{data}/ledger.sqlite")

    @cached_property
    def system(self) -> System:
        """The system, as every verb reads it."""
        return load_inventory(self.places, self.container).system(self.container)

    def shell(self, script: str, timeout_s: float = 120) -> str:
        """What a script prints inside, as root and not by way of sshd; it must end well."""
        done = subprocess.run(
            [self.engine, "exec", "-i", self.container, "bash", "-s"],
            input=script.encode(), capture_output=True, timeout=timeout_s, env=_environment(),
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout[-800:], done.stderr[-1500:].decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "surrogateescape")

    def files(self) -> list[File]:
        """Every regular file that something may be planted in, with its package: in the chroot the chroot's."""
        packages: dict[str, str] = {}
        for line in self.shell(OWNED).splitlines():
            package, _, path = line.partition(" ")
            packages[path] = package.partition(":")[0]
        made = []
        for record in filter(None, self.shell(LISTING).split("\0")):
            size, mode, uid, gid, path = record.split(" ", 4)
            # /bin and /usr/bin are one folder on some systems; packages name the older way.
            package = packages.get(path) or packages.get(path.removeprefix("/usr"), "")
            made.append(File(path, int(size), int(mode, 8), int(uid), int(gid), package))
        return sorted(made, key=lambda file: file.path)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A new system, removed at the end whatever happened; skipped where the lab's image is not built."""
    engine = shutil.which("podman") or pytest.skip("no podman here")
    listed = _run(engine, "images", "--format", "{{.Repository}}:{{.Tag}}").split()
    image = next((one for one in listed if one.startswith(f"{IMAGE}:")), None) or pytest.skip(f"{IMAGE} is not built")
    _remove_left(engine)
    label = f"--label={LABEL}={os.getpid()}"
    name, net = _network(engine, label)
    try:
        _run(
            engine, "run", "--detach", "--name", name, "--hostname", name, label,
            "--network", name, "--ip", f"{net}.11",
            *(f"--cap-add={right}" for right in ("SYS_ADMIN", "SYS_NICE", "AUDIT_WRITE", "NET_ADMIN")),
            "--security-opt=unmask=ALL", "--security-opt=apparmor=unconfined", image,
        )  # fmt: skip
        made = Stage(engine, name, f"{net}.11", folder)
        _furnish(made)
        yield made
    finally:
        _remove(engine, name)


def _network(engine: str, label: str) -> tuple[str, str]:
    for net in NETS:
        name = f"drift-{net.rsplit('.', 1)[-1]}"
        words = [engine, "network", "create", "--disable-dns", "--subnet", f"{net}.0/24", label, name]
        if subprocess.run(words, capture_output=True, env=_environment()).returncode == 0:
            return name, net
    raise AssertionError(f"no free network among {NETS[0]}.0/24 to {NETS[-1]}.0/24")


def _remove(engine: str, name: str) -> None:
    subprocess.run([engine, "rm", "--force", "--time", "0", name], capture_output=True, env=_environment())
    subprocess.run([engine, "network", "rm", "--force", name], capture_output=True, env=_environment())


def _remove_left(engine: str) -> None:
    """What processes that are no more have left."""
    words = ("network", "ls", "--filter", f"label={LABEL}", "--format", "{{.Name}}")
    for name in _run(engine, *words).split():
        owner = _run(engine, "network", "inspect", name, "--format", f'{{{{index .Labels "{LABEL}"}}}}').strip()
        if not owner.isdigit() or not Path(f"/proc/{owner}").exists():
            _remove(engine, name)


def _furnish(stage: Stage) -> None:
    """Waits for its services, lets us in, and writes the inventory that describes it."""
    _wait_until(stage, "[ -e /run/ready ]")
    stage.inventory.mkdir()
    stage.keys.mkdir()
    key = stage.keys / "engineer"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    secrets = {
        "root_password": "", "wizard_password": "practice", "gui_user": "admin", "gui_password": "practice",
        "api_key": API_KEY, "authorized_keys": key.with_suffix(".pub").read_text(), "support_ca": "",
    }  # fmt: skip
    lines = "".join(f"{name} {base64.b64encode(value.encode()).decode()}\n" for name, value in secrets.items())
    script = (ROOT / "lab/parts/install-secrets.sh").read_text()
    done = subprocess.run(
        [stage.engine, "exec", "-i", stage.container, "sh", "-c", script, "install-secrets", "/"],
        input=lines.encode(), capture_output=True, timeout=60, env=_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _write_inventory(stage)


def _write_inventory(stage: Stage) -> None:
    keys = stage.shell("cat /etc/ssh/ssh_host_*_key.pub").splitlines()
    known = "".join(f"[{stage.address}]:2020 {' '.join(line.split()[:2])}\n" for line in keys)
    (stage.inventory / "known_hosts").write_text(known)
    service = "/opt/pbxware/sh/service {} restart"
    system = {
        "product": "pbxware",
        "gui": {"user": "admin", "password": "practice"},
        "api": {"key": API_KEY},
        "waivers": {"address.public": "practice system on this machine's own bridge"},
        "access": {"api_path": "/index.php", "facts": {"load_high_per_cpu": 100}},
        "operation": {
            "restart": {name: service.format(name) for name in ("asterisk", "nginx", "php-fpm")}, "health_wait_s": 20,
            # The vendor's schema is not published: a site says which tables are configuration.
            "drift": {"also": {"count_tables": ["tenants", "extensions", "trunks", "dids", "settings"]}},
        },
    }  # fmt: skip
    customer = {
        "id": "acme", "name": "ACME Telephony GmbH", "contract": "maintenance", "time_zone": "Europe/Vienna",
        "registered_addresses": ["support@acme.example"], "currency": "EUR",
    }  # fmt: skip
    host = {
        "ansible_host": stage.address, "ansible_port": 2020, "ansible_user": "root",
        "ansible_ssh_private_key_file": str(stage.keys / "engineer"),
        "callout_system": system, "callout_customer": customer,
        "callout_policy": POLICY,
    }  # fmt: skip
    described = {"all": {"children": {"acme": {"hosts": {stage.container: host}}}}}
    (stage.inventory / "hosts.yml").write_text(yaml.safe_dump(described))


def _wait_until(stage: Stage, question: str, seconds: float = 90) -> None:
    ends = time.monotonic() + seconds
    words = [stage.engine, "exec", stage.container, "sh", "-c", question]
    while subprocess.run(words, capture_output=True, env=_environment()).returncode != 0:
        assert time.monotonic() < ends, f"{stage.container}: not within {seconds:g} s: {question}"
        time.sleep(0.3)


def _environment() -> dict[str, str]:
    """What the lab has learnt of this machine's podman."""
    if (STATE / "needs-containers-conf").exists():
        return {**os.environ, "CONTAINERS_CONF": str(ROOT / "lab/containers.conf")}
    return dict(os.environ)


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=_environment())
    assert done.returncode == 0, (words, done.stderr[-600:])
    return done.stdout
