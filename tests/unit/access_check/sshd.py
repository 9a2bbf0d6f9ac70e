"""A real sshd on loopback, and certificates made by ssh-keygen."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

USER = pwd.getpwuid(os.getuid()).pw_name
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized_keys
TrustedUserCAKeys {folder}/user_ca.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
LogLevel VERBOSE
SetEnv HOME={folder}
"""


def make_key(path: Path, kind: str = "ed25519", *more: str) -> Path:
    """Makes a key pair without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *more, "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


def sign(authority: Path, key: Path, *options: str) -> Path:
    """The certificate beside `key`, made anew by `ssh-keygen -s` with these options."""
    words = ["ssh-keygen", "-q", "-s", str(authority), "-I", "BSSUP 17", *options, f"{key}.pub"]
    subprocess.run(words, check=True)
    return Path(f"{key}-cert.pub")


def public(key: Path) -> str:
    """Kind and key in base64, as a line of known_hosts holds them."""
    return " ".join(Path(f"{key}.pub").read_text().split()[:2])


@dataclass
class Sshd:
    """A running sshd and the folder of its keys; `port` is where it listens."""

    folder: Path
    config: str = ""
    port: int = 0

    def __enter__(self) -> Sshd:
        program = shutil.which("sshd") or "/usr/sbin/sshd"
        if not Path(program).exists():
            pytest.skip("no OpenSSH server here (apt-get install openssh-server)")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        for name in ("host", "user_ca", "id"):
            if not (self.folder / name).exists():
                make_key(self.folder / name)
        (self.folder / "authorized_keys").touch()
        config = self.folder / "sshd_config"
        # The first value of a keyword counts.
        config.write_text(self.config.format(folder=self.folder) + CONFIG.format(port=self.port, folder=self.folder))
        self._log = (self.folder / "sshd.log").open("wb")
        self._process = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=self._log)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return (self.folder / "sshd.log").read_text(errors="replace")

    def known_hosts(self, key: Path | None = None, marker: str = "") -> str:
        """A line for this server."""
        return f"{marker}[127.0.0.1]:{self.port} {public(key or self.folder / 'host')}\n"

    def login(self, **more: Any) -> dict[str, Any]:
        """The fields of a Target that logs in with the key of the folder."""
        return {"user": USER, "password": None, "private_key": self.folder / "id", **more}

    def _wait(self) -> None:
        ends_at = time.monotonic() + 20
        while time.monotonic() < ends_at:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, self.log
                time.sleep(0.05)
        raise AssertionError(f"sshd did not come up: {self.log}")
