"""A practice site that can be backed up, destroyed and restored, with a database in a file."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from access_check.targets import Target
from callout.backups.restoring.selection import Asked
from callout.inventory import System
from callout.shell import Session
from callout.steps.context import Context
from callout.steps.record import open_callout
from callout.steps.restore import Restored, restore
from callout.steps.restore_carrier import Confirmed
from tests.unit.backups.practice_site import PracticeSite, write_program

TABLES = """-- MariaDB dump
CREATE TABLE `cdr` (
  `id` int
);
INSERT INTO `cdr` VALUES (1,'a'),(2,'b'),(3,'c');
-- Dump completed on 2026-11-23
"""
# Takes a dump in; asked with -N -B it counts the rows of the one table that it knows.
CLIENT = """#!/bin/sh
if [ "$1" = -N ]; then
    while read -r _; do grep -o "([0-9]" {file} | wc -l; done
else
    cat >{file}.new && mv {file}.new {file}
    [ ! -e {broken} ] || ! grep -q cdr {file} || {{ echo 'ERROR 1064: no such thing' >&2; exit 1; }}
fi
"""
ASTERISK = "#!/bin/sh\necho 'Unable to connect to remote asterisk' >&2\nexit 1\n"


def database_of(site: PracticeSite) -> Path:
    """What stands for the database: it lies where no backup of files looks."""
    return site.root / "var/database.sql"


def restorable(site: PracticeSite) -> System:
    """The site's system, with a database that can be dumped and loaded, and an Asterisk that is down."""
    equip(site)
    return system_of(site)


def system_of(site: PracticeSite) -> System:
    """The same, for a site that has its programs; touches nothing there."""
    system = site.system()
    database = system.operation.database
    assert database
    client = str(site.product / "sh/mysql")
    operation = system.operation.model_copy(
        update={
            "database": database.model_copy(update={"client": (client,)}),
            "asterisk": (str(site.product / "sh/asterisk"),),
            "restart": {"web": f"echo restarted >>{site.home}/restarts"},
        }
    )
    return system.model_copy(update={"operation": operation})


def equip(site: PracticeSite) -> None:
    """Puts the product's programs and a database in their places."""
    file = database_of(site)
    file.parent.mkdir(exist_ok=True)
    file.write_text(TABLES)
    write_program(site.dump, f"#!/bin/sh\nexec cat {file}\n")
    write_program(site.product / "sh/mysql", CLIENT.format(file=file, broken=site.home / "broken"))
    write_program(site.product / "sh/asterisk", ASTERISK)


def reinstall(site: PracticeSite) -> None:
    """Away with everything; the product as an installer leaves it, with an empty database."""
    shutil.rmtree(site.root)
    for folder in ("sh", "pw/etc", "pw/proc", "pw/sys", "pw/dev", "pw/var/lib/mysql"):
        (site.product / folder).mkdir(parents=True)
    (site.product / "pw/etc/asterisk.conf").write_text("[fresh]\n")
    (site.product / "pw/etc/installed").write_text("today\n")
    (site.root / "etc").mkdir()
    equip(site)
    database_of(site).write_text("-- MariaDB dump\n-- Dump completed\n")


def tree(site: PracticeSite, below: Path | None = None) -> dict[str, Any]:
    """Everything that a backup of the site holds: kind, mode, owner, time, content or target, and who is linked."""
    inodes: dict[int, str] = {}
    found: dict[str, Any] = {}
    top = below or site.root
    for folder, folders, files in os.walk(os.fsencode(top)):
        for name in sorted([*folders, *files]):
            path = os.path.join(folder, name)  # noqa: PTH118 - names that are no text
            relative = os.fsdecode(os.path.relpath(path, os.fsencode(site.root)))
            status = os.lstat(path)
            kind = stat.S_IFMT(status.st_mode)
            passing = relative in ("etc", "opt", "home") or relative.startswith("var")
            if passing or ".callout" in relative or kind == stat.S_IFSOCK:
                continue
            content: Any = Path(os.fsdecode(path)).readlink() if kind == stat.S_IFLNK else b""
            if kind == stat.S_IFREG:
                content = (Path(os.fsdecode(path)).read_bytes(), inodes.setdefault(status.st_ino, relative))
            mtime = int(status.st_mtime)
            found[relative] = (status.st_mode, status.st_uid, status.st_gid, mtime, content)
    return found


def put_back(
    context: Context,
    system: System,
    backup: str,
    asked: Asked | None = None,
    confirmed: Confirmed | None = None,
    callout: str = "",
) -> Restored:
    """The step, in a call-out of its own, with a health that nobody looks at."""
    callout = callout or open_callout(context, system, "T-9", "Restore").callout
    return restore(context, system, callout, backup, asked or Asked(), confirmed or Confirmed(), lambda _: [])


def through(context: Context, wrap: Callable[[Session], Session]) -> Context:
    """A context whose every session is wrapped."""
    connect = context.connect

    def connected(target: Target) -> Session:
        return wrap(connect(target))

    return replace(context, connect=connected)
