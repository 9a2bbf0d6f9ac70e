"""A system of 500 MB on the loopback sshd: recordings that do not compress, and many small files that do."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback_systems import Loopback

PASSPHRASE = "benchmark-passphrase"
_RECORDINGS, _RECORDING_BYTES = 70, 5 * 1024 * 1024
_SMALL_FILES, _SMALL_BYTES = 5000, 32 * 1024


@dataclass(frozen=True, slots=True)
class BackupSite:
    """`tree` is the system's product; what is backed up of it goes to a store below `home`."""

    home: Path
    tree: Path
    systems: Loopback

    def inventory(self, name: str, port: int) -> Path:
        """An inventory of the one system `site`, reached on that port of 127.0.0.1, with a data folder of its own."""
        folder = self.home / name
        folder.mkdir()
        kind, key = (self.systems.folder / "host_key.pub").read_text().split()[:2]
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {kind} {key}\n")
        (folder / "hosts.yml").write_text(_INVENTORY.format(site=self, port=port, passphrase=PASSPHRASE))
        return folder

    def ssh(self, port: int) -> list[str]:
        """The words of a hand-made connection."""
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"]
        words = ["ssh", "-p", str(port), "-i", str(self.systems.private_key)]
        return [*words, *(word for option in options for word in ("-o", option)), "root@127.0.0.1"]

    def by_hand(self, port: int, repository: Path) -> str:
        """The pipeline that an engineer would type, as a line of shell."""
        line = f"tar -C / --numeric-owner -cf - {str(self.tree).lstrip('/')}"
        return f"{' '.join(self.ssh(port))} '{line}' | {borg()} import-tar {repository}::by-hand -"


_INVENTORY = """\
all:
  children:
    bench:
      hosts:
        site:
          ansible_host: 127.0.0.1
          ansible_port: {port}
          ansible_user: root
          ansible_ssh_private_key_file: {site.systems.private_key}
          callout_system:
            product: pbxware
            operation:
              backup: {{paths: [{site.tree}], prune: [], recordings: []}}
              database: null
          callout_customer:
            id: bench
            name: Bench
            contract: maintenance
            registered_addresses: [bench@example.com]
            time_zone: Europe/Vienna
            currency: EUR
          callout_policy:
            backups: {{passphrase: {passphrase}}}
"""


def build(home: Path, systems: Loopback, megabytes: int = 500) -> BackupSite:
    """Makes the tree, always the same; `megabytes` of it, roughly, in the proportions of a PBX."""
    tree, chance, share = home / "tree", random.Random(20), megabytes / 500
    recordings, settings = tree / "monitor", tree / "settings"
    recordings.mkdir(parents=True)
    for number in range(round(_RECORDINGS * share)):
        (recordings / f"call-{number:04d}.wav").write_bytes(chance.randbytes(_RECORDING_BYTES))
    for number in range(round(_SMALL_FILES * share)):
        folder = settings / f"{number // 100:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        half = chance.randbytes(_SMALL_BYTES // 4).hex().encode()
        (folder / f"extension-{number:05d}.conf").write_bytes(half + b"\n" + b"allow=all\n" * (_SMALL_BYTES // 20))
    return BackupSite(home, tree, systems)


def borg() -> str:
    """The Borg that callout uses."""
    return str(Path(sys.executable).with_name("borg"))


def borg_environment(home: Path) -> dict[str, str]:
    """What the hand-made pipeline's Borg runs with: a passphrase, and a cache that is nobody else's."""
    return {**os.environ, "BORG_PASSPHRASE": PASSPHRASE, "BORG_BASE_DIR": str(home / "borg-by-hand")}


def new_repository(home: Path, name: str) -> Path:
    """An empty repository, encrypted as ours are."""
    repository = home / name
    words = [borg(), "init", "--encryption=repokey-blake2", str(repository)]
    subprocess.run(words, check=True, env=borg_environment(home), capture_output=True)
    return repository
