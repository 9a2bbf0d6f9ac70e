"""Backups under fire: kills, full disks, cut lines, damaged stores. Never is anything called a backup that is none."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callout.backups.archive import Repository, repository_of
from callout.backups.verification import compare_all, open_manifest
from callout.errors import BackupFailed, Locked
from callout.findings import Status
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.backup import back_up, latest_verified
from callout.steps.context import Context
from tests.faults.cut_lines import CuttingSession
from tests.unit.backups.practice_site import PracticeSite, build_site, small_disk
from tests.unit.local_shell import LocalShellSession

ROOT = Path(__file__).parent.parent.parent
PYTHONPATH = os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])
# What a process that is to be killed runs: one backup of the site in the folder that it is given.
VICTIM = """
import sys
from pathlib import Path
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite
from callout.steps.backup import back_up
home = Path(sys.argv[1])
site = PracticeSite(home / "system", home)
print("ready", flush=True)
back_up(at(home, site.session()), site.system(), "CO-0001")
"""


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def at(home: Path, session: LocalShellSession) -> Context:
    """A context whose every connection is `session`."""
    places = Places(inventory=home, data=home / ".callout", ledger=f"sqlite:///{home}/ledger.sqlite")
    ledger = open_ledger(places.ledger, now)
    return Context(ledger=ledger, places=places, actor="eva@desk", now=now, connect=lambda _: session)


@pytest.fixture
def site(tmp_path: Path) -> PracticeSite:
    return build_site(tmp_path)


@pytest.fixture
def context(site: PracticeSite) -> Iterator[Context]:
    made = at(site.home, site.session())
    yield made
    made.ledger.close()


def require_all_whole(repository: Repository, but: Collection[str] = ()) -> list[str]:
    """The names of the complete archives, each read back whole, `but` for those that were before."""
    names = repository.names()
    for name in names:
        if name in but:
            continue
        with tempfile.TemporaryFile() as manifest:
            open_manifest(repository, name, manifest)
            assert compare_all(repository, name, manifest).status is Status.PASS
    return names


def again(context: Context, site: PracticeSite) -> str:
    """A backup that works, once the orphaned borg of a killed one has let go of the store; its id."""
    for _ in range(10):
        try:
            return back_up(context, site.system(), "CO-0002").id
        except Locked:
            time.sleep(1)
    raise AssertionError("the lock of a killed backup never went away")


def kill_at_random(
    site: PracticeSite, context: Context, chance: random.Random, longest_s: float, before: Collection[str] = ()
) -> tuple[list[str], float]:
    """A backup that is killed, and one that is not; the names of all that are there, those that came now read back.

    Besides, how many seconds the one took that was not killed: within so many the next one is to be killed.
    """
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(site.home)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": PYTHONPATH}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert victim.stdout
    assert victim.stdout.readline() == b"ready\n"
    time.sleep(chance.uniform(0, longest_s))
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    begun = time.monotonic()
    good = again(context, site)
    took_s = time.monotonic() - begun
    names = require_all_whole(repository_of(site.system(), context.places), before)
    assert good in names
    recorded = {event.body["id"] for event in context.ledger.events(kind="backed_up")}
    assert recorded <= set(names)
    assert not list((context.places.data / "spool").iterdir())
    return names, took_s


@pytest.mark.faults
def test_killed_backups_leave_nothing_that_looks_like_one(site: PracticeSite, context: Context) -> None:
    chance, longest_s = random.Random(7), 3.0
    for _ in range(3):
        _, longest_s = kill_at_random(site, context, chance, longest_s)


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_300_random_kills(site: PracticeSite, context: Context) -> None:
    chance, longest_s = random.Random(300), 4.0
    names: list[str] = []
    for _ in range(300):
        names, longest_s = kill_at_random(site, context, chance, longest_s, names)
    # What was whole is so still, whatever was killed since: Borg's own look at all of it, and the first and the last.
    repository = repository_of(site.system(), context.places)
    repository.borg.run("check", "--verify-data", repository.location, repository=repository.location)
    require_all_whole(repository, names[1:-1])


@pytest.mark.faults
def test_a_full_disk_under_the_store_is_told_and_nothing_is_recorded(site: PracticeSite, context: Context) -> None:
    try:
        with small_disk(site.home / "small", "2m") as disk:
            system = site.system(root=str(disk))
            with pytest.raises(BackupFailed, match="disk is full") as told:
                back_up(context, system)
            assert told.value.exit_status == 7
            assert "Make room" in told.value.hint
            assert [event.kind for event in context.ledger.events()] == ["backup_failed"]
            assert latest_verified(context.ledger, "acme-pbx1") is None
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            assert back_up(context, system).verification.good
            assert len(require_all_whole(repository_of(system, context.places))) == 1
    except PermissionError as error:
        pytest.skip(f"no file system can be mounted here: {error}")


@pytest.mark.faults
def test_a_full_disk_under_our_own_folder_is_told(site: PracticeSite, context: Context) -> None:
    site.dump.write_text("#!/bin/sh\nhead -c 8000000 /dev/urandom\necho '-- Dump completed'\n", encoding="utf-8")
    try:
        with small_disk(site.home / "small", "3m") as disk:
            places = replace(context.places, data=disk / "data")
            with pytest.raises(BackupFailed, match="disk is full"):
                back_up(replace(context, places=places), site.system(root=str(site.home / "store")))
            assert [event.kind for event in context.ledger.events()] == ["backup_failed"]
    except PermissionError as error:
        pytest.skip(f"no file system can be mounted here: {error}")


def cut_at(site: PracticeSite, context: Context, count: int, chance: random.Random) -> None:
    system = site.system()
    uncut = CuttingSession(site.home / "tools")
    whole = back_up(replace(context, connect=lambda _: uncut), system, "CO-0001")
    repository = repository_of(system, context.places)
    for number in range(count):
        cut = CuttingSession(site.home / "tools", cut_after_bytes=chance.randrange(uncut.sent))
        with pytest.raises(BackupFailed):
            back_up(replace(context, connect=lambda _, cut=cut: cut), system, f"CO-{number + 100}", full=True)
        assert repository.names() == [whole.id]
        # The next one shall have nothing to go on from: then it sends as much as the whole one did.
        repository.drop_partials()
    assert [event.kind for event in context.ledger.events()] == ["backed_up", *["backup_failed"] * count]


@pytest.mark.faults
def test_a_line_cut_at_random_points_is_never_complete(site: PracticeSite, context: Context) -> None:
    cut_at(site, context, 3, random.Random(4))


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_a_line_cut_at_100_points(site: PracticeSite, context: Context) -> None:
    cut_at(site, context, 100, random.Random(100))
