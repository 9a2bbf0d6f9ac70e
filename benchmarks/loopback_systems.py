"""Many systems on one machine: one sshd that answers on all of 127.0.0.0/8, and ports that never say a word.

The inventories made here are read by `access-check` and by `ansible` alike.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A home of its own: what this machine's .bashrc does at every login is no business of a practice system's.
_SSHD = """\
Port {port}
ListenAddress 0.0.0.0
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
MaxStartups 5000
PidFile none
LogLevel ERROR
SetEnv HOME={folder}
"""


@dataclass(frozen=True, slots=True)
class Loopback:
    """One sshd on every loopback address, the key that opens it, and the folder that all this lives in."""

    folder: Path
    ssh_port: int

    @property
    def private_key(self) -> Path:
        """The key by which root logs in."""
        return self.folder / "user_key"

    def inventory(self, name: str, systems: int, *, hurt: int = 0, hurt_port: int = 0) -> Path:
        """An inventory of `systems` systems, of which the last `hurt` are on `hurt_port`; every key is on file."""
        folder = self.folder / name
        folder.mkdir()
        kind, key = (self.folder / "host_key.pub").read_text().split()[:2]
        hosts, known = [], []
        for number in range(systems):
            address = address_of(number)
            port = hurt_port if number >= systems - hurt else self.ssh_port
            hosts.append(f"    system{number:04d}: {{ansible_host: {address}, ansible_port: {port}}}")
            known.append(f"[{address}]:{port} {kind} {key}")
        (folder / "known_hosts").write_text("\n".join(known) + "\n")
        (folder / "hosts.yml").write_text(_HEAD.format(key=self.private_key) + "\n".join(hosts) + "\n")
        return folder / "hosts.yml"


_HEAD = """\
all:
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: {key}
    ansible_python_interpreter: /usr/bin/python3
    callout_system: {{product: pbxware, gui: {{user: a, password: b}}, wizard: {{password: c}}}}
  hosts:
"""


def address_of(number: int) -> str:
    """The loopback address of the system with that number (from 0, below 60,000)."""
    return f"127.1.{number // 200}.{number % 200 + 1}"


@contextlib.contextmanager
def loopback(folder: Path) -> Iterator[Loopback]:
    """The sshd, up for as long as the context."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if sshd is None:
        raise SystemExit("bench: sshd is not installed here; install openssh-server")
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "user_key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    port = free_port()
    (folder / "sshd_config").write_text(_SSHD.format(port=port, folder=folder))
    with running([sshd, "-D", "-f", str(folder / "sshd_config")]):
        wait_for(port)
        yield Loopback(folder, port)


@contextlib.contextmanager
def tar_pits() -> Iterator[int]:
    """A port on every loopback address that is silent, sends a byte a second, or goes quiet behind its banner."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.tar_pits", str(port)]):
        wait_for(port)
        yield port


@contextlib.contextmanager
def running(words: list[str]) -> Iterator[None]:
    """A server, ended with the context."""
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("0.0.0.0", 0))
        port: int = sock.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Returns once the port answers, at most 10 s later."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"bench: nothing answers on port {port}")
