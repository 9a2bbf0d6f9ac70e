"""A system whose SSH port is a real server on loopback, and its trust store; files to compare with ssh-keygen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.inventory_source import RawSystem
from callout.inventory import System, system_from_raw
from tests.unit.access_check.conftest import SshServer, loop, serve, ssh_server
from tests.unit.steps.conftest import clock, context

__all__ = ["clock", "context", "loop", "serve", "ssh_server"]

PAGES = ("gui", "gui_plain", "wizard")


def variables_of(port: int) -> dict[str, Any]:
    """The variables of a system on loopback with nothing but one SSH port."""
    access = {
        "work_port": port,
        "ssh_ports": [port],
        "tcp_ports": [port],
        "web": {page: {"port": port} for page in PAGES},
    }
    return {
        "ansible_host": "127.0.0.1",
        "callout_system": {"product": "pbxware", "access": access},
        "callout_customer": {
            "id": "globex",
            "name": "Globex",
            "contract": "support",
            "registered_addresses": ["it@globex.example"],
            "time_zone": "America/New_York",
            "currency": "EUR",
        },
    }


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the system's trust store is; not there yet."""
    return tmp_path / "known_hosts"


@pytest.fixture
def system_at(store: Path) -> Callable[[int], System]:
    """The system that has its SSH at the given port of loopback."""

    def at(port: int) -> System:
        return system_from_raw(RawSystem("globex-sw1", ("globex",), variables_of(port), {}, {}), store)

    return at


@pytest.fixture
def inventory(tmp_path: Path) -> Callable[[SshServer], Path]:
    """Writes an inventory with that server as its one system, and gives back its folder."""

    def write(server: SshServer) -> Path:
        folder = tmp_path / "inventory"
        folder.mkdir()
        hosts = {"globex-sw1": variables_of(server.port)}
        (folder / "hosts.yml").write_text(json.dumps({"all": {"children": {"globex": {"hosts": hosts}}}}))
        return folder

    return write
