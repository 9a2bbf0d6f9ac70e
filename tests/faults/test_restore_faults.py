"""Restores under fire: our process and the script there are killed at any step. Old or new, and the next run knows."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.steps.backup import back_up
from callout.steps.context import Context
from tests.faults.test_backup_faults import ROOT, at
from tests.unit.backups.practice_site import build_site, write_program
from tests.unit.backups.restore_site import TABLES, database_of, put_back, reinstall, restorable, tree

# What a process that is to be killed runs: one restore of the backup that it is given.
VICTIM = """
import os, sys
from pathlib import Path
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite
from tests.unit.backups.restore_site import put_back, system_of
home = Path(sys.argv[1])
site = PracticeSite(home / "system", home)
(home / "victim").write_text(str(os.getpid()))
put_back(at(home, site.session()), system_of(site), sys.argv[2])
"""
# Every step is one of some part: they can run side by side.
PARTS = 8
# Before the Nth use of one of these tools the process here and the script there are killed, both by SIGKILL.
WRAPPED = ("mv", "ln", "tar", "touch", "rm", "sync", "cat", "chmod")
WRAPPER = """#!/bin/sh
# Two ends of a pipe may come at the same moment.
exec 9>{home}/count.lock
/usr/bin/flock 9
count=$(($(/bin/cat {home}/count) + 1))
echo "$count" >{home}/count
[ "$count" -ne "$(/bin/cat {home}/kill-at)" ] || {{ kill -9 "$(/bin/cat {home}/victim)"; kill -9 0; }}
exec 9>&-
PATH=/usr/sbin:/usr/bin:/sbin:/bin exec {tool} "$@"
"""


class Trial:
    """A backed-up site, what it was like, what it is like reinstalled, and the counter that kills."""

    def __init__(self, home: Path) -> None:
        self.site = build_site(home)
        self.home = home
        self.system = restorable(self.site)
        self.context: Context = at(home, self.site.session())
        self.backup = back_up(self.context, self.system).id
        self.old = tree(self.site)

    def fresh(self, kill_at: int) -> dict[str, Any]:
        """Reinstalls the site and arms the wrapper; gives back its tree."""
        reinstall(self.site)
        (self.home / "count").write_text("0")
        (self.home / "kill-at").write_text(str(kill_at))
        for tool in WRAPPED:
            write_program(self.home / "tools" / tool, WRAPPER.format(home=self.home, tool=tool))
        return tree(self.site)

    def run_victim(self) -> int:
        """The exit status of one restore in a process of its own."""
        return subprocess.run(
            [sys.executable, "-c", VICTIM, str(self.home), self.backup],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=200,
        ).returncode  # fmt: skip

    def steps(self) -> int:
        """How many steps a restore has that is not killed."""
        self.fresh(0)
        assert self.run_victim() == 0
        return int((self.home / "count").read_text())

    def killed(self, kill_at: int) -> None:
        """Killed at that step, if this run has so many: one that must wait for a lock has some more. Then run again."""
        installed = self.fresh(kill_at)
        if self.run_victim() == 0:
            assert int((self.home / "count").read_text()) < kill_at
            return
        now = tree(self.site)
        for path in {*now, *installed, *self.old}:
            if "/pw/proc/" in path or "/pw/var/lib/mysql/" in path:
                continue
            states = [_file(one.get(path)) for one in (installed, self.old)]
            assert _file(now.get(path)) in states, (kill_at, path)
        assert database_of(self.site).read_text() in (TABLES, "-- MariaDB dump\n-- Dump completed\n")
        (self.home / "kill-at").write_text("0")
        put_back(self.context, self.system, self.backup)
        again = tree(self.site)
        wanted = {path: image for path, image in self.old.items() if "/pw/proc/" not in path and "/mysql/" not in path}
        # Where the files were all back the second run loads the database only: its folder tells when our lock came.
        lock = str(self.site.product).removeprefix(f"{self.site.root}/")
        assert _file(again.pop(lock))[:3] == _file(wanted.pop(lock))[:3], kill_at
        assert {path: again.get(path) for path in wanted} == wanted, kill_at
        assert database_of(self.site).read_text() == TABLES
        assert not list(self.site.product.glob(".callout/owner.*"))


def _file(image: Any) -> Any:
    """Content, mode and owner of a file; of a folder that it is one: its time is set when all is in place."""
    if image is None:
        return None
    mode, uid, gid, mtime, content = image
    if content == b"":
        return mode, uid, gid
    return mode, uid, gid, mtime, content[0] if isinstance(content, tuple) else content


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    made = Trial(tmp_path)
    yield made
    made.context.ledger.close()


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_restore_killed_anywhere_is_old_or_new_and_ends_well_when_run_again(trial: Trial) -> None:
    chance = random.Random(3)
    total = trial.steps()
    assert total > 30
    trial.killed(chance.randrange(total // 3, total))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_a_restore_killed_at_every_step(trial: Trial, part: int) -> None:
    for step in range(part, trial.steps() + 1, PARTS):
        trial.killed(step)
