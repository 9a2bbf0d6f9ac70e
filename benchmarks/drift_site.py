"""A system of 119,000 files and 5.4 GB on the loopback sshd, as a PBX has them: many small ones, some large."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback_systems import Loopback

_BYTES_EACH = 5_400_000_000 // 119_000
_LARGE_EVERY = 100
_LARGE_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class DriftSite:
    """`tree` is looked at; looks are kept in `looks`."""

    home: Path
    tree: Path
    systems: Loopback
    files: int

    @property
    def looks(self) -> Path:
        """Where the looks are kept."""
        return self.home / "looks"

    @property
    def known_hosts(self) -> Path:
        """The key of the sshd."""
        return self.home / "known_hosts"

    def aide(self, *words: str) -> list[str]:
        """aide, looking at what we look at: owner, mode, times, size, inode, links, capabilities, SHA-256."""
        return ["aide", *words, "--config", str(self.home / "aide.conf")]


# The hash that we take, and no other: each further one makes aide slower.
_AIDE = """\
database_in=file:{home}/aide.db
database_out=file:{home}/aide.db
gzip_dbout=yes
{tree} p+ftype+i+l+n+u+g+s+m+c+X+sha256
"""


@contextmanager
def drift_site(home: Path, systems: Loopback, files: int) -> Iterator[DriftSite]:
    """Makes the tree, always the same one, and removes it at once afterwards."""
    site = DriftSite(home, home / "tree", systems, files)
    kind, key = (systems.folder / "host_key.pub").read_text().split()[:2]
    site.known_hosts.write_text(f"[127.0.0.1]:{systems.ssh_port} {kind} {key}\n")
    (home / "aide.conf").write_text(_AIDE.format(home=home, tree=site.tree))
    try:
        _fill(site)
        subprocess.run(["sync"], check=True)
        yield site
    finally:
        shutil.rmtree(site.tree, ignore_errors=True)


def _fill(site: DriftSite) -> None:
    chance = random.Random(7)
    block = chance.randbytes(8 * 1024 * 1024)
    whole = site.files * _BYTES_EACH
    large = max(1, site.files // _LARGE_EVERY)
    large_bytes = int(whole * _LARGE_SHARE / large)
    small_bytes = int(whole * (1 - _LARGE_SHARE) / max(1, site.files - large))
    for number in range(site.files):
        folder = site.tree / f"{number // 10_000:02d}" / f"{number // 100 % 100:02d}"
        if number % 100 == 0:
            folder.mkdir(parents=True)
        size = large_bytes if number % _LARGE_EVERY == 0 else chance.randrange(small_bytes * 2)
        begins = chance.randrange(len(block) - min(size, len(block) // 2))
        content = f"{number}\n".encode() + block[begins : begins + size]
        (folder / f"file-{number:06d}.conf").write_bytes(content)
