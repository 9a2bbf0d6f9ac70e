"""Claim: one question to a system costs far less than the same question through Ansible's raw module."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.pairs import Ratio, in_turn, processor_ms, wall_ms
from callout.inventory import load_inventory
from callout.places import find_places
from callout.shell import OpenSSHSession


def measure() -> list[Ratio]:
    """Wall time of a script on acme-pbx1 over the shared connection, against `ansible -m raw` (its own shared one)."""
    places = find_places(Path("inventory/lab"), os.environ, Path.cwd())
    session = OpenSSHSession(load_inventory(places).system("globex-sw1").target)
    ansible = [str(Path(sys.executable).with_name("ansible")), "globex-sw1", "-i", "inventory/lab", "-m", "raw"]
    known_hosts = f"-o UserKnownHostsFile={places.known_hosts}"
    words = [
        *ansible,
        "-a",
        "df -P /",
        "-e",
        f"ansible_port=2020 ansible_user=root ansible_ssh_common_args='{known_hosts}'",
    ]
    try:
        ours, peer = in_turn(
            lambda: wall_ms(lambda: session.run("df -P /\n")),
            lambda: wall_ms(lambda: processor_ms(words)),
            rounds=5,
        )
    finally:
        session.close()
    return [Ratio("one script on a system / ansible -m raw", "wall", ours, peer, 0.5)]
