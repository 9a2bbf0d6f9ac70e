"""A small system in a folder, for looks: accounts, packages, tables of cron, and names that no sane person gives."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callout.drift.collecting import Randomness, collect
from callout.drift.look import LookFile
from callout.drift.scope import DriftScope
from callout.shell import Session

NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
SALT = b"salt-of-these-tests-32-bytes-lg."
RANDOMNESS = Randomness(seed=20, nonce="5b1f0a9be2c34d18a7c6f0e1d2b3a495")
PASSWORD_HASH = "$6$practice$Zk3vJ1hVtHq8QfQe"
NASTY = (
    b"two\nlines", b"+ users", b"= whole files", b"caf\xe9\xff", b"esc\x1b[2J", b"-rf", b" space ", b"'quote", b"*",
    b"back\\slash", b"carriage\rreturn", b"tab\there", b"x\n= whole nothing\n.", b"n" * 255,
)  # fmt: skip
STATUS = """\
Package: tidy
Status: install ok installed
Architecture: amd64
Version: 1.2-3
Conffiles:
 /etc/tidy.conf {conffile}
Description: a package of these tests

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 0.9
"""


@dataclass
class LookedSite:
    """`root` stands for a root file system of the system; what is not in files is this machine's own."""

    root: Path

    def scope(self, **changes: Any) -> DriftScope:
        """All of the root; a database only where a client is given."""
        scope = DriftScope(
            roots=(str(self.root),),
            prunes=(str(self.root / "var/spool/calls"),),
            skipped_globs=(f"{self.root}/var/log/*",),
            text_globs=(f"{self.root}/etc/*",),
            secret_globs=("*/shadow*",),
            maximum_text_bytes=64 * 1024,
            database="",
            client=(),
            count_tables=(),
            file_systems=(str(self.root),),
        )
        return replace(scope, **changes)

    def write(self, path: str, content: str | bytes) -> Path:
        """A file below the root, with its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def look(
        self, session: Session, previous: LookFile | None = None, *, full: bool = False, **changes: Any
    ) -> LookFile:
        """A look, always with the same randomness."""
        return collect(
            session,
            self.scope(**changes),
            previous=previous,
            full=full,
            randomness=RANDOMNESS,
            salt=SALT,
            now=lambda: NOW,
        )

    def state(self) -> list[tuple[str, int, int]]:
        """Every path with its inode's change time and size: equal before and after means that nothing was written."""
        entries = [self.root, *self.root.rglob("*")]
        return sorted((str(path), path.lstat().st_ctime_ns, path.lstat().st_size) for path in entries)


def build_site(root: Path) -> LookedSite:
    """The system, always the same."""
    site = LookedSite(root)
    site.write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\neva:x:1000:1000:Eva,,,:/home/eva:/bin/sh\n")
    site.write("etc/shadow", f"root:{PASSWORD_HASH}:20000:0:99999:7:::\neva:!:20001:0:99999:7::20500:\n")
    (root / "etc/shadow").chmod(0o640)
    site.write("etc/group", "root:x:0:\nsudo:x:27:eva,adam\n")
    site.write(
        "etc/sudoers", "# comment\nDefaults env_reset\n%sudo ALL=(ALL:ALL) \\\n    ALL\n#includedir /etc/sudoers.d\n"
    )
    site.write("etc/crontab", "SHELL=/bin/sh\n# m h\n5 4 * * * root /usr/bin/report --password=hunter2\n")
    site.write("etc/cron.d/two", "1 2 * * * root one\n1 2 * * * root one\n")
    site.write("etc/cron.daily/tidy", "#!/bin/sh\n")
    site.write("etc/apt/sources.list", "deb https://eva:geheim@deb.example/debian stable main\n")
    site.write("root/.ssh/authorized_keys", f'from="10.0.0.1" ssh-ed25519 {KEY} eva@desk\nnot a key\n')
    site.write("etc/tidy.conf", "colour = blue\n")
    site.write("usr/bin/tidy", b"\x7fELF tidy\n")
    site.write("var/lib/dpkg/status", STATUS.format(conffile=md5("colour = blue\n")))
    site.write("var/lib/dpkg/info/tidy.list", "/.\n/etc\n/etc/tidy.conf\n/usr/bin/tidy\n")
    site.write("var/lib/dpkg/info/tidy.md5sums", f"{md5(b'x' * 3)}  usr/share/doc/tidy\n{md5(TIDY)}  usr/bin/tidy\n")
    site.write("var/lib/dpkg/info/tidy.postinst", "adduser --system --home /var/tidy --group tidyd >/dev/null\n")
    site.write("var/log/dpkg.log", "2026-11-01 10:00:00 upgrade tidy:amd64 1.2-2 1.2-3\n")
    site.write("var/spool/calls/1.call", "never entered")
    nasty = os.fsencode(root / "opt/nasty")
    (root / "opt/nasty").mkdir(parents=True)
    for name in NASTY:
        Path(os.fsdecode(nasty + b"/" + name)).write_bytes(name)
    (root / "opt/nasty/link").symlink_to(os.fsdecode(b"to \xff nowhere\n"))
    os.mkfifo(nasty + b"/fifo")
    (root / "opt/empty").touch()
    return site


TIDY = b"\x7fELF tidy\n"
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIJVtuyO9RCmQrnsLVHjK7p9dlCIFZkAEDcIhhXBL9VSK"


def md5(content: str | bytes) -> str:
    """As dpkg has it on record."""
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.md5(raw, usedforsecurity=False).hexdigest()


def seen_sums(look: LookFile, below: Path) -> dict[str, str]:
    """SHA-256 by path, of regular files at or below a folder."""
    return {path: seen.sha256 for path, seen in look.files() if seen.kind == "f" and path.startswith(str(below))}


def real_sums(folder: Path, left_out: Sequence[str] = ()) -> dict[str, str]:
    """The same, by Python."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not any(one in str(path) for one in left_out)
    }
