"""A practice site in a temporary folder: a PBX's tree, a dump command, and a system that points at them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access_check.inventory_source import RawSystem
from callout.backups.increment import TICK_S
from callout.inventory import System, system_from_raw
from tests.unit.local_shell import DASH, LocalShellSession

PASSPHRASE = "practice-passphrase-7c1f"
NEWLINE, INVALID, LONG = b"two\nlines", b"caf\xe9\xff", b"n" * 255
DUMP = """#!/bin/sh
echo "-- MariaDB dump"
echo "CREATE TABLE cdr (id int);"
echo "-- Dump completed on 2026-11-23"
"""


@dataclass
class PracticeSite:
    """`root` stands for / of the system: all paths of its profile lie below it."""

    root: Path
    home: Path

    @property
    def product(self) -> Path:
        """What /opt/pbxware is on a real one."""
        return self.root / "opt/pbxware"

    @property
    def dump(self) -> Path:
        """The dump command."""
        return self.product / "sh/mysqldump"

    def variables(self, **backups: Any) -> dict[str, Any]:
        """What an inventory says of the system; `backups` is laid over callout_policy.backups."""
        operation = {
            "backup": {
                "paths": [str(self.product), str(self.root / "home/servers"), str(self.root / "etc/shadow")],
                "prune": [str(self.product / "pw" / name) for name in ("proc", "sys", "dev", "var/lib/mysql")],
                "recordings": [str(self.product / "pw/var/spool/asterisk/monitor")],
            },
            "database": {"name": "pbxware", "dump": [str(self.root / "no/such"), str(self.dump)], "client": []},
        }
        customer = {
            "id": "acme",
            "name": "Acme",
            "contract": "maintenance",
            "registered_addresses": ["it@acme.example"],
            "time_zone": "Europe/Vienna",
            "currency": "EUR",
        }
        return {
            "ansible_host": "192.0.2.1",
            "callout_system": {"product": "pbxware", "operation": operation},
            "callout_customer": customer,
            "callout_policy": {"backups": {"passphrase": PASSPHRASE, **backups}},
        }

    def system(self, **backups: Any) -> System:
        """The system; `backups` is laid over callout_policy.backups."""
        raw = RawSystem("acme-pbx1", ("acme",), self.variables(**backups), {}, {})
        return system_from_raw(raw, self.home / "known_hosts")

    def session(self, shell: tuple[str, ...] = DASH) -> LocalShellSession:
        """A session to it, with tools of its own in `home`/tools."""
        return LocalShellSession(self.home / "tools", shell)

    def plant_tool(self, name: str, text: str) -> None:
        """Puts a program of the test's own first on the system's PATH."""
        write_program(self.home / "tools" / name, text)

    def state(self) -> list[tuple[str, int, int]]:
        """Every path with its inode's change time and size: equal before and after means that nothing was written."""
        entries = [self.root, *self.root.rglob("*")]
        return sorted((str(path), path.lstat().st_ctime_ns, path.lstat().st_size) for path in entries)


def build_site(home: Path) -> PracticeSite:
    """A site with everything nasty that a file system can hold, and a chroot whose proc must not be entered."""
    site = PracticeSite(home / "system", home)
    product = site.product
    for folder in ("sh", "pw/proc/1", "pw/sys", "pw/dev", "pw/var/lib/mysql/pbxware", "pw/etc", "nasty"):
        (product / folder).mkdir(parents=True)
    monitor = product / "pw/var/spool/asterisk/monitor/200"
    monitor.mkdir(parents=True)
    (monitor / "call.wav").write_bytes(b"RIFF" + bytes(4000))
    (product / "pw/proc/1/kcore").write_text("128 TB of kernel")
    (product / "pw/var/lib/mysql/pbxware/cdr.ibd").write_text("live table")
    (product / "pw/etc/asterisk.conf").write_text("[directories]\n")
    (site.root / "etc").mkdir()
    (site.root / "etc/shadow").write_text("root:*:1::::::\n")
    (site.root / "etc/shadow").chmod(0o000)
    nasty = os.fsencode(product / "nasty")
    for name in (NEWLINE, INVALID, LONG, b"-rf", b" space ", b"'quote", b"*"):
        Path(os.fsdecode(nasty + b"/" + name)).write_bytes(name)
    os.link(nasty + b"/" + NEWLINE, nasty + b"/hard")
    (product / "nasty/dangling").symlink_to(os.fsdecode(b"../../caf\xe9/gone"))
    os.mkfifo(nasty + b"/fifo")
    (product / "nasty/empty").touch()
    (product / "nasty/large").write_bytes(os.urandom(3 * 1024 * 1024))
    # A socket's address is limited to 108 bytes: it is made here and moved there.
    short = Path(tempfile.gettempdir(), f"callout-test-{os.getpid()}.sock")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(short))
    shutil.move(short, product / "nasty/socket")
    os.utime(product / "pw/etc/asterisk.conf", ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))
    write_program(site.dump, DUMP)
    return site


def write_program(path: Path, text: str) -> None:
    """An executable shell script."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@contextmanager
def small_disk(folder: Path, size: str, kind: str = "tmpfs") -> Iterator[Path]:
    """A file system of its own, so small that it fills, or the kernel's. Needs root; says so with PermissionError."""
    folder.mkdir()
    options = ["-o", f"size={size}"] if kind == "tmpfs" else []
    mounted = subprocess.run(["mount", "-t", kind, *options, kind, str(folder)], capture_output=True)
    if mounted.returncode != 0:
        raise PermissionError(mounted.stderr.decode())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def settle(site: PracticeSite) -> None:
    """Waits until nothing there was changed just now: as a tick of the clock may hide more, it would be read again."""
    youngest = max(path.lstat().st_ctime for path in [site.root, *site.root.rglob("*")])
    time.sleep(max(0.0, youngest + TICK_S + 1.1 - time.time()))
