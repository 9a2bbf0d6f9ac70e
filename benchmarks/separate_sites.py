"""Many systems on one machine, each with files of its own: one real sshd on every loopback address, and for each login
a mount namespace in which the product's folder is that address's. Needs root, as mounting does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.loopback_systems import address_of, free_port, running, wait_for

_SSHD = """\
Port {port}
ListenAddress 0.0.0.0
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
MaxStartups 500
MaxSessions 50
PidFile none
LogLevel ERROR
SetEnv HOME={folder}
Subsystem sftp {sftp}
ForceCommand {folder}/enter
"""
# SSH_CONNECTION: the client's address and port, then the address and port that it came to.
_ENTER = """\
#!/bin/sh
set -- $SSH_CONNECTION
echo >>{folder}/round-trips
exec unshare --mount sh -c 'mount --bind "$1" {folder}/opt && exec sh -c "${{SSH_ORIGINAL_COMMAND:-true}}"' \\
    enter {folder}/systems/"$3"
"""
_ALIVE = """\
#!/bin/sh
# A practice Asterisk: it answers, unless this system is one that breaks with the new files.
if [ -e {product}/breaks-with-patch ] && grep -q new {product}/gui/file-01.php; then exit 1; fi
case "$*" in
*version*) echo 'Asterisk 16.28.0 built by practice' ;;
*) printf '0 active channels\\n0 active calls\\n12 calls processed\\n' ;;
esac
"""
# What a practice site on loopback has none of.
_ABSENT = (
    "address.public", "sip.options", "gui.page", "api.key", "api.licence", "api.services", "api.service", "tcp@80",
    "tcp@81", "tcp@443", "web.gui", "web.gui_plain", "web.wizard", "web.wizard_exposed", "facts.load",
)  # fmt: skip
FILES = 20


@dataclass(frozen=True, slots=True)
class Sites:
    """`folder`/systems/ADDRESS is what `product` is to whoever logs in there."""

    folder: Path
    ssh_port: int

    @property
    def product(self) -> Path:
        """Where every system has its product; empty for whoever is not logged in."""
        return self.folder / "opt"

    @property
    def private_key(self) -> Path:
        """The key by which root logs in."""
        return self.folder / "user_key"

    @property
    def paths(self) -> list[Path]:
        """The twenty files that the bundle changes, as a system names them."""
        return [self.product / "gui" / f"file-{number:02d}.php" for number in range(1, FILES + 1)]

    def tree(self, number: int) -> Path:
        """The files of the system with that number, from 0."""
        return self.folder / "systems" / address_of(number)

    def add(self, number: int) -> None:
        """A system's files: the old ones, a practice Asterisk, a dump command."""
        tree = self.tree(number)
        (tree / "gui").mkdir(parents=True)
        (tree / "sh").mkdir()
        for path in self.paths:
            (tree / path.relative_to(self.product)).write_bytes(old(path))
        write_program(tree / "sh/asterisk", _ALIVE.format(product=self.product))
        write_program(tree / "sh/mysqldump", "#!/bin/sh\necho '-- MariaDB dump'\necho '-- Dump completed on today'\n")

    def round_trips(self) -> int:
        """Commands that came over ssh since this was asked last."""
        counted = self.folder / "round-trips"
        trips = counted.stat().st_size if counted.exists() else 0
        counted.unlink(missing_ok=True)
        return trips

    def is_new(self, number: int) -> set[bool]:
        """{True} where all twenty files of the system are the bundle's, {False} where all are the old ones."""
        tree = self.tree(number)
        return {(tree / path.relative_to(self.product)).read_bytes() == new(path) for path in self.paths}

    def inventory(self, name: str, systems: int, **policy: Any) -> Path:
        """An inventory folder of the first `systems` systems, ten to a customer; `policy` is laid over the defaults."""
        folder = self.folder / name
        folder.mkdir()
        kind, key = (self.folder / "host_key.pub").read_text().split()[:2]
        known = [f"[{address_of(number)}]:{self.ssh_port} {kind} {key}\n" for number in range(systems)]
        (folder / "known_hosts").write_text("".join(known))
        customers: dict[str, Any] = {}
        for number in range(systems):
            customer = f"customer{number // 10}"
            group = customers.setdefault(customer, {"vars": {"callout_customer": _customer(customer)}, "hosts": {}})
            group["hosts"][f"site{number:02d}"] = {"ansible_host": address_of(number)}
        everyone = {"vars": {**self._variables(), "callout_policy": policy}, "children": customers}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"all": everyone}))
        return folder

    def _variables(self) -> dict[str, Any]:
        product = str(self.product)
        operation = {
            "backup": {"paths": [product], "prune": [], "recordings": []},
            "database": {"name": "pbxware", "dump": [f"{product}/sh/mysqldump"], "client": []},
            "asterisk": [f"{product}/sh/asterisk"],
            "restart": {"web": f"echo restarted >>{product}/restarts"},
            "health_wait_s": 1,
            "settle_s": 0,
        }
        return {
            "ansible_port": self.ssh_port,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.private_key),
            "ansible_python_interpreter": "/usr/bin/python3",
            "callout_system": {
                "product": "pbxware",
                "gui": {"user": "practice", "password": "practice"},
                "wizard": {"password": "practice"},
                "operation": operation,
                "waivers": dict.fromkeys(_ABSENT, "a practice site on loopback"),
            },
        }


def old(path: Path) -> bytes:
    """The content that a system comes with: some kilobytes, another for each file."""
    return f"old {path.name}\n".encode() * 400


def new(path: Path) -> bytes:
    """The content that the bundle brings."""
    return f"new {path.name}\n".encode() * 400


def _customer(identifier: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": identifier.capitalize(),
        "contract": "maintenance",
        "registered_addresses": [f"it@{identifier}.example"],
        "time_zone": "Europe/Vienna",
        "currency": "EUR",
    }


def write_program(path: Path, text: str) -> None:
    """An executable shell script."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@contextlib.contextmanager
def sites(folder: Path, systems: int) -> Iterator[Sites]:
    """The sshd, up for as long as the context, and that many systems behind it. Raises SystemExit without sshd."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if sshd is None:
        raise SystemExit("bench: sshd is not installed here; install openssh-server")
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "user_key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    sftp = next(path for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(path).exists())
    port = free_port()
    (folder / "sshd_config").write_text(_SSHD.format(port=port, folder=folder, sftp=sftp))
    write_program(folder / "enter", _ENTER.format(folder=folder))
    made = Sites(folder, port)
    made.product.mkdir()
    for number in range(systems):
        made.add(number)
    with running([sshd, "-D", "-f", str(folder / "sshd_config")]):
        wait_for(port)
        yield made
