"""A backup cut at any point goes on from there, and is never whole before; what changes under the reader is named."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from callout.backups.archive import Repository, repository_of
from callout.backups.record import BackupRecord, Level
from callout.errors import BackupFailed, Locked
from callout.inventory import System
from callout.steps.backup import back_up
from callout.steps.context import Context
from tests.faults.cut_lines import CuttingSession
from tests.faults.test_backup_faults import PYTHONPATH, at
from tests.unit.backups.practice_site import PracticeSite, build_site, settle
from tests.unit.backups.test_increment_backup import without_database
from tests.unit.local_shell import LocalShellSession

ROOT = Path(__file__).parent.parent.parent
# A cut is told by more than one byte: what is sent of the probe's and the lists' answers is sent again.
OVERHEAD_BYTES = 60_000
# A backup of the site in a process of its own, which ends itself, with all its kind, after so many bytes of files.
VICTIM = """
import sys
from pathlib import Path
from tests.faults.test_backup_faults import at
from tests.faults.cut_lines import DyingSession
from tests.unit.backups.practice_site import PracticeSite
from tests.unit.backups.test_increment_backup import without_database
from callout.steps.backup import back_up
home = Path(sys.argv[1])
site = PracticeSite(home / "system", home)
session = DyingSession(home / "tools", dies_after_bytes=int(sys.argv[2]))
back_up(at(home, session), without_database(site.system()), "CO-0001")
"""


@dataclass
class Trial:
    """One site, its backup without any fault, and what is asked of every faulty one."""

    site: PracticeSite
    system: System
    whole: BackupRecord
    sent: int

    def context(self, number: int, session: LocalShellSession) -> Context:
        """A context with a store of its own."""
        home = self.site.home / f"trial-{number}"
        home.mkdir(exist_ok=True)
        return at(home, session)

    def repository(self, context: Context) -> Repository:
        return repository_of(self.system, context.places)

    def cut(self, number: int, way: str, cut_after: int) -> None:
        """A cut, and the run after it: nothing is complete, then all is there, and nothing came twice."""
        session = CuttingSession(self.site.home / "tools", way=way, cut_after_bytes=cut_after)
        context = self.context(number, session)
        with pytest.raises(BackupFailed):
            back_up(context, self.system, "CO-0001", level=Level.SAMPLE)
        assert self.repository(context).names() == []
        # Both runs together: the cut one has sent so much, and what it sent for its list.
        record = back_up(
            replace(context, connect=lambda _: self.site.session()), self.system, "CO-0002", level=Level.SAMPLE
        )
        self.require_same(context, record)
        assert cut_after + record.bytes_over_line <= self.whole.bytes_over_line + OVERHEAD_BYTES, (way, cut_after)
        self.put_away(context)

    def require_same(self, context: Context, record: BackupRecord) -> None:
        assert record.root_hash == self.whole.root_hash
        assert record.verification.good
        assert self.repository(context).names() == [record.id]
        assert self.repository(context).partials() == []

    def put_away(self, context: Context) -> None:
        context.ledger.close()
        shutil.rmtree(context.places.folder)


def trial_of(home: Path) -> Trial:
    site = build_site(home)
    for number in range(20):
        (site.product / f"nasty/small-{number}").write_bytes(os.urandom(9000))
    settle(site)
    system = without_database(site.system())
    session = CuttingSession(home / "tools")
    context = at(home, session)
    whole = back_up(context, system, "CO-0000", level=Level.SAMPLE)
    context.ledger.close()
    return Trial(site, system, whole, session.sent)


def cut_at(home: Path, count: int, seed: int, ways: tuple[str, ...] = ("reset", "silence", "half close")) -> None:
    trial, chance = trial_of(home), random.Random(seed)
    for number in range(count):
        for way in ways:
            trial.cut(number, way, chance.randrange(trial.sent))


@pytest.mark.faults
def test_a_cut_line_is_gone_on_from_and_nothing_comes_twice(tmp_path: Path) -> None:
    cut_at(tmp_path, 1, 4, ("reset",))


@pytest.mark.faults_whole
@pytest.mark.timeout(7200)
def test_cuts_at_100_points_in_three_ways(tmp_path: Path) -> None:
    cut_at(tmp_path, 100, 100)


def kill_at(home: Path, count: int, seed: int) -> None:
    """Kills one backup after the other in the same store; after each, one that is whole."""
    site = build_site(home)
    settle(site)
    system = without_database(site.system())
    chance = random.Random(seed)
    context = at(home, site.session())
    whole = back_up(context, system, "CO-0000", level=Level.SAMPLE)
    repository = repository_of(system, context.places)
    for number in range(count):
        # Without the earlier one there is nothing to build on: all of it has to come.
        repository.remove(repository.names())
        forget(context)
        victim = subprocess.run(
            [sys.executable, "-c", VICTIM, str(home), str(chance.randrange(1000, whole.bytes_over_line - 5000))],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": PYTHONPATH}, capture_output=True,
        )  # fmt: skip
        assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()[-800:]
        record = patiently(context, system, f"CO-{number + 1}")
        assert record.root_hash == whole.root_hash
        assert (repository.names(), repository.partials()) == ([record.id], [])
    context.ledger.close()


def forget(context: Context) -> None:
    """The ledger is made anew, so that no backup is known."""
    context.ledger.close()
    path = context.places.folder / "ledger.sqlite"
    path.unlink()
    renewed = at(context.places.folder, LocalShellSession(context.places.folder / "tools"))
    object.__setattr__(context, "ledger", renewed.ledger)


def patiently(context: Context, system: System, callout: str) -> BackupRecord:
    """A backup, once the orphaned borg of a killed one has let go of the store."""
    for _ in range(60):
        with suppress(Locked):
            return back_up(context, system, callout, level=Level.SAMPLE)
        time.sleep(0.5)
    raise AssertionError("the lock of a killed backup never went away")


@pytest.mark.faults
def test_a_killed_backup_is_never_complete_and_the_next_one_is_the_same(tmp_path: Path) -> None:
    kill_at(tmp_path, 1, 5)


@pytest.mark.faults_whole
@pytest.mark.timeout(7200)
def test_100_kills_in_the_middle_of_the_files(tmp_path: Path) -> None:
    kill_at(tmp_path, 100, 101)


def change_under_the_reader(home: Path, count: int, *, later: bool) -> None:
    """So many files are written to while tar reads: each is read again or named, and what is stored is true."""
    site = build_site(home)
    busy = site.product / "busy"
    busy.mkdir()
    for number in range(count):
        (busy / f"{number:04}.log").write_bytes(b"line\n" * 3000)
    settle(site)
    restless = f"{busy}/00*.log"
    script = f"""#!/bin/sh
case "$*" in *--files-from*) ;; *) exec /usr/bin/tar "$@" ;; esac
[ -e {home}/once ] || {{ : >{home}/once; for file in {busy}/*; do echo more >>"$file"; done; }} &
/usr/bin/tar "$@"
rc=$?
wait
for file in {restless}; do echo and more >>"$file"; done
exit $rc
"""
    session = site.session()
    site.plant_tool("tar", script)
    context = at(home, session)
    record = back_up(context, without_database(site.system()), "CO-0001", level=Level.SAMPLE)
    named = record.read_again.count + record.changed_while_read.count
    assert named == count, (record.read_again.count, record.changed_while_read.count)
    assert record.changed_while_read.count == min(count, 100)
    if later:
        site.plant_tool("tar", '#!/bin/sh\nexec /usr/bin/tar "$@"\n')
        settle(site)
        second = back_up(context, without_database(site.system()), "CO-0002", level=Level.SAMPLE)
        full = back_up(context, without_database(site.system()), "CO-0003", level=Level.SAMPLE, full=True)
        assert second.root_hash == full.root_hash
    context.ledger.close()


@pytest.mark.faults
def test_files_that_change_under_the_reader_are_read_again_or_named(tmp_path: Path) -> None:
    change_under_the_reader(tmp_path, 120, later=False)


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
def test_300_files_that_change_under_the_reader(tmp_path: Path) -> None:
    change_under_the_reader(tmp_path, 300, later=True)
