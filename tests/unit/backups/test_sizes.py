"""Sizes of the scope by the script itself, under both shells, with the capture's prunes; nothing is written."""

from __future__ import annotations

import os

import pytest

from callout.backups.scope import Reason, scope_of_system
from callout.backups.sizes import measure, read_sizes
from callout.errors import BackupFailed
from tests.unit.backups.practice_site import PracticeSite
from tests.unit.local_shell import LocalShellSession


def expected(site: PracticeSite) -> tuple[int, int]:
    """What Python counts: files, each inode once, without what is left out and without recordings."""
    apart = [
        site.product / "pw" / name for name in ("proc", "sys", "dev", "var/lib/mysql", "var/spool/asterisk/monitor")
    ]
    inodes = {}
    for folder, _, names in os.walk(os.fsencode(site.product)):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - bytes
            state = os.lstat(path)
            out = any(path.startswith(os.fsencode(f"{one}/")) for one in apart)
            if not out and (state.st_mode & 0o170000) == 0o100000:
                inodes[state.st_ino] = state.st_size
    return len(inodes), sum(inodes.values())


def test_sizes_are_those_of_the_capture_and_nothing_is_written(site: PracticeSite, session: LocalShellSession) -> None:
    before = site.state()
    system = site.system()
    told = measure(session, scope_of_system(system), system.operation.database)
    taken = {one.path: one for one in told.taken}
    product = taken[str(site.product)]
    assert product.size
    assert (product.size.files, product.size.bytes, product.size.whole) == (*expected(site), True)
    assert taken[str(site.root / "home/servers")].absent
    (recordings,) = told.recordings
    assert recordings.size
    assert (recordings.size.files, recordings.size.bytes, told.recordings_taken) == (1, 4004, True)
    left_out = {one.path: one for one in told.left_out}
    database = left_out[str(site.product / "pw/var/lib/mysql")]
    assert database.size
    assert database.size.files == 1
    assert left_out[str(site.product / "pw/proc")].size is None
    assert told.total.bytes == product.size.bytes + 4004 + (site.root / "etc/shadow").stat().st_size
    assert site.state() == before


def test_recordings_that_stay_are_measured_too_and_not_in_the_total(site: PracticeSite) -> None:
    system = site.system()
    scope = system.operation.backup.model_copy(update={"include_recordings": False})
    system = system.model_copy(update={"operation": system.operation.model_copy(update={"backup": scope})})
    told = measure(site.session(), scope_of_system(system), system.operation.database)
    (recordings,) = told.recordings
    assert recordings.size
    assert (recordings.why, recordings.size.bytes, told.recordings_taken) == (Reason.RECORDINGS_OUT, 4004, False)
    assert told.total.files == expected(site)[0] + 1


@pytest.mark.parametrize(
    "answer", ["", "1\t2\t3\t0\n", "1\t2\t3\nend\n", "1\t-2\t3\t0\nend\n", "9\t1\t1\t0\nend\n", "1\tx\ty\tz\nend\n"]
)
def test_half_an_answer_is_none(answer: str) -> None:
    with pytest.raises(BackupFailed, match="no whole answer"):
        read_sizes("pbx", answer, ["/opt"])


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(BackupFailed, match="without awk"):
        read_sizes("pbx", "missing\tawk\nend\n", ["/opt"])


def test_what_could_not_be_read_makes_it_at_least_so_much() -> None:
    size = read_sizes("pbx", "1\t5\t900\t1\nend\n", ["/opt"])["/opt"]
    assert size
    assert not size.whole
