"""A practice customer is backed up for real: whole, verified, in time, and nothing is left or changed there."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.backups.archive import repository_of
from callout.backups.manifest import DATABASE, FILES
from callout.backups.record import BackupRecord, Level
from callout.inventory import System, load_inventory
from callout.ledger import open_ledger
from callout.places import Places
from callout.shell import OpenSSHSession
from callout.steps.backup import back_up, latest_verified, verify_again
from callout.steps.context import Context

pytestmark = pytest.mark.lab

# Where something of ours could be left. Not /opt, which other tests change meanwhile (there the practice site of
# the unit tests is compared to the nanosecond), and not what living services write.
STATE = """
find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /opt -o -path '/home/lxc' \\
    -o -path '/var/log' -o -path '/root/.asterisk_history' \\) -prune -o -type f -exec stat -c '%n %Z %s' {} + | sort
"""


@pytest.fixture(scope="module")
def places(root: Path, lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The lab's inventory, with data and ledger of this test's own."""
    data = tmp_path_factory.mktemp("backup")
    return Places(inventory=root / "inventory/lab", data=data, ledger=f"sqlite:///{data}/ledger.sqlite")


@pytest.fixture(scope="module")
def system(places: Places) -> System:
    return load_inventory(places).system("acme-pbx1")


@pytest.fixture(scope="module")
def context(places: Places) -> Iterator[Context]:
    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    ledger = open_ledger(places.ledger, now)
    yield Context(ledger=ledger, places=places, actor="lab@test", now=now, connect=OpenSSHSession)
    ledger.close()


def state_of(system: System) -> list[str]:
    """Every file of the site with its change time and size."""
    completed = OpenSSHSession(system.target).run(STATE, limit_bytes=64 * 1024 * 1024, deadline_s=120)
    assert completed.rc == 0
    return completed.text.splitlines()


@pytest.fixture(scope="module")
def states() -> dict[str, list[str]]:
    """The site before and after the backup."""
    return {}


@pytest.fixture(scope="module")
def record(context: Context, system: System, states: dict[str, list[str]]) -> BackupRecord:
    states["before"] = state_of(system)
    made = back_up(context, system, "CO-0001", level=Level.DATA)
    states["after"] = state_of(system)
    return made


def test_it_is_whole_verified_and_in_the_ledger(context: Context, record: BackupRecord) -> None:
    assert record.verification.good
    assert record.counts["file"] > 1000
    assert record.database
    assert record.database.bytes > 1000
    found = latest_verified(context.ledger, "acme-pbx1")
    assert found
    assert found[1] == record


def test_it_takes_less_than_a_minute_even_on_a_busy_machine(record: BackupRecord) -> None:
    # 10 to 16 s on two cores that have nothing else to do.
    assert record.duration_ms < 60_000


def test_nothing_was_written_at_the_site(record: BackupRecord, states: dict[str, list[str]]) -> None:
    assert len(states["before"]) > 1000
    assert set(states["after"]) ^ set(states["before"]) == set()


def test_the_chroots_kernel_folders_are_there_and_empty(context: Context, system: System, record: BackupRecord) -> None:
    repository = repository_of(system, context.places)
    pruned = [f"{FILES}opt/pbxware/pw/{name}" for name in ("proc", "sys", "dev", "var/lib/mysql")]
    with repository.exporting(record.id) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        names = [member.name for member in archive]
        while stream.read(65536):
            continue
    assert set(pruned) <= set(names)
    assert not [name for name in names if name.startswith(tuple(f"{folder}/" for folder in pruned))]
    assert not [name for name in names if name.endswith("kcore")]


def test_the_dump_loads_as_it_was_sent(context: Context, system: System, record: BackupRecord) -> None:
    assert record.database
    repository = repository_of(system, context.places)
    with repository.extracting(record.id, f"{DATABASE}pbxware.sql") as stream:
        text = stream.read()
    assert hashlib.sha256(text).hexdigest() == record.database.sha256
    assert b"CREATE TABLE" in text
    assert b"-- Dump completed" in text[-200:]


def test_it_can_be_verified_again_later(context: Context, system: System, record: BackupRecord) -> None:
    assert verify_again(context, system, record.id, level=Level.SAMPLE).good


def test_the_playbook_takes_one_too_and_check_mode_takes_none(root: Path, places: Places, record: BackupRecord) -> None:
    def play(*options: str) -> str:
        ran = subprocess.run(
            [".venv/bin/ansible-playbook", "-i", "inventory/lab", "playbooks/back_up.yml", "-l", "acme-pbx1", *options],
            cwd=root, capture_output=True, text=True, env=environment(places), check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    repository = Path(record.repository)
    before = sorted(repository.rglob("*"))
    assert "1 changed" in play("--check")
    assert sorted(repository.rglob("*")) == before
    assert "1 changed" in play("-e", "backup_verify=sample")


def environment(places: Places) -> dict[str, str]:
    """This process's environment, with the data folder and the ledger of this test."""
    return {**os.environ, "CALLOUT_DATA": str(places.data), "CALLOUT_LEDGER": places.ledger}
