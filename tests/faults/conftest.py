"""The hostile servers, once for all suites that need them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access_check.profile import AccessProfile
from access_check.targets import Target
from tests.faults.hostile.peer import Count
from tests.faults.hostile.table import Hostile

ROOT = Path(__file__).parent.parent.parent
SERVED_TIMES = 3


@dataclass
class HostileHost:
    """The process with the servers; `ports` by behaviour, one for each time that it may be met."""

    process: subprocess.Popen[str]
    folder: Path

    def __post_init__(self) -> None:
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.ports: dict[str, list[int]] = told["ports"]
        self.good: int = told["good"]
        self.password: str = told["password"]
        self.known_hosts = self.folder / "known_hosts"
        everywhere = [self.good, *(port for ports in self.ports.values() for port in ports)]
        lines = [f"[127.0.0.1]:{port} {told['host_key']}\n" for port in everywhere]
        self.known_hosts.write_text("".join(lines))

    def counts(self) -> dict[int, Count]:
        """What every server has seen until now, by port."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return {int(port): Count(**count) for port, count in json.loads(self.process.stdout.readline()).items()}

    def target(self, hostile: Hostile | None, time: int = 0, **fields: Any) -> Target:
        """A system that is good but for this behaviour, on loopback; None: good altogether."""
        port = self.ports[hostile.name][time] if hostile else self.good
        work = port if hostile is None or hostile.speaks == "ssh" else self.good
        web = {}
        if hostile is not None and hostile.speaks in ("http", "https"):
            name = "gui" if hostile.speaks == "https" else "gui_plain"
            web = {name: {"scheme": hostile.speaks, "port": port, "self_signed_tolerated": True}}
        profile = {"product": "pbxware", "work_port": work, "ssh_ports": [work], "tcp_ports": [work], "web": web}
        values: dict[str, Any] = {
            "name": "acme-pbx1", "product": "pbxware", "address": "127.0.0.1", "port": work, "user": "root",
            "password": self.password, "private_key": None, "connection_arguments": (),
            "known_hosts": self.known_hosts, "gui": {"user": "admin", "password": "swordfish-1"}, "wizard": None,
            "api": None, "waivers": {"address.public": "on loopback"},
            "profile": AccessProfile.model_validate(profile),
        }  # fmt: skip
        return Target.model_validate({**values, **fields})


@pytest.fixture(scope="session")
def hostile_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileHost]:
    """Every hostile server, each on a port for each time, and one more to get used to it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.hostile.host", str(SERVED_TIMES + 1)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield HostileHost(process, tmp_path_factory.mktemp("hostile"))
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)
