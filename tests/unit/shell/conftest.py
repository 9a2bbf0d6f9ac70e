"""A real sshd on loopback, with host keys and user keys of its own; and a Target that points to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access_check.profile import access_profile
from access_check.targets import Target
from callout.inventory import System
from callout.shell import OpenSSHSession
from tests.unit.shell.session_site import Site, site_in, system_at

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_ed25519
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
LogLevel VERBOSE
SetEnv HOME={folder}
"""


@dataclass(frozen=True)
class Sshd:
    """A running sshd: its folder (keys, known_hosts, log) and its port."""

    folder: Path
    port: int

    def target(self, **changes: Any) -> Target:
        """The Target that reaches it with its key; `changes` replace fields."""
        values: dict[str, Any] = {
            "name": "loop-pbx1",
            "product": "pbxware",
            "address": "127.0.0.1",
            "port": self.port,
            "user": os.environ.get("USER") or "root",
            "password": None,
            "private_key": self.folder / "id_ed25519",
            "connection_arguments": (),
            "known_hosts": self.folder / "known_hosts",
            "gui": None,
            "wizard": None,
            "api": None,
            "waivers": {},
            "profile": access_profile("pbxware"),
        }
        return Target(**{**values, **changes})


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def make_key(path: Path) -> str:
    """Makes an ed25519 key pair and gives back its public half (kind and key)."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """One sshd for all tests of this folder."""
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(program).exists():
        pytest.skip("no OpenSSH server here (apt-get install openssh-server)")
    folder = tmp_path_factory.mktemp("sshd")
    host_key = make_key(folder / "host_ed25519")
    (folder / "authorized_keys").write_text(make_key(folder / "id_ed25519") + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server, port = _started(program, folder)
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    try:
        yield Sshd(folder, port)
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def session(sshd: Sshd) -> Iterator[OpenSSHSession]:
    """A session to it; the shared connection is closed afterwards."""
    opened = OpenSSHSession(sshd.target())
    yield opened
    opened.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Asks until yes, for at most twenty seconds."""

    def ask(question: Callable[[], bool]) -> bool:
        ends_at = time.monotonic() + 20
        while time.monotonic() < ends_at:
            if question():
                return True
            time.sleep(0.05)
        return question()

    return ask


def _started(program: str, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A running sshd and its port; begun again where somebody else took the port before it."""
    for _ in range(5):
        port = free_port()
        (folder / "sshd_config").write_text(CONFIG.format(port=port, folder=folder))
        with (folder / "sshd.log").open("wb") as log:
            server = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
        if _listens(server, folder / "sshd.log"):
            return server, port
    raise AssertionError(f"sshd does not start: {(folder / 'sshd.log').read_text()}")


def _listens(server: subprocess.Popen[bytes], log: Path) -> bool:
    """Whether it says that it listens, before it ends; whoever answers on the port might be somebody else."""
    ends_at = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < ends_at:
        if b"Server listening on" in log.read_bytes():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that refuses connections: held without listening, so that nobody else can get it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def new_key() -> Callable[[Path], str]:
    """Makes a key pair at a path."""
    return make_key


@pytest.fixture(scope="session")
def person_system(sshd: Sshd, tmp_path_factory: pytest.TempPathFactory) -> System:
    """The local sshd as a system of an inventory."""
    return system_at(sshd, tmp_path_factory.mktemp("inventory"))


@pytest.fixture
def site(person_system: System, tmp_path: Path) -> Iterator[Site]:
    """A workplace with an empty ledger."""
    made = site_in(tmp_path, person_system)
    yield made
    made.context.ledger.close()
