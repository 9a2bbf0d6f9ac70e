"""The second backup of a system: what crosses the line, what is taken over, and that it is a whole one all the same."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from access_check.targets import Target
from callout.backups.archive import PARTIAL, repository_of
from callout.backups.manifest import by_path, read_manifest
from callout.backups.record import BackupRecord, Level
from callout.backups.verification import open_manifest
from callout.errors import BackupFailed
from callout.inventory import System
from callout.shell.session import Session
from callout.steps.backup import back_up
from callout.steps.context import Context
from tests.unit.backups.practice_site import NEWLINE, PracticeSite, settle, write_program
from tests.unit.local_shell import BUSYBOX, LocalShellSession

# With busybox alone, and the rarer turns, by make faults: each of them is several backups.
BOTH = [("dash",), pytest.param(BUSYBOX, marks=pytest.mark.faults_whole)]


def without_database(system: System) -> System:
    """The system whose root hash does not tell when it was dumped."""
    return system.model_copy(update={"operation": system.operation.model_copy(update={"database": None})})


def connected(context: Context, session: Session) -> Context:
    def connect(target: Target) -> Session:
        return session

    return replace(context, connect=connect)


@pytest.fixture
def system(site: PracticeSite) -> System:
    return without_database(site.system())


def hashes(context: Context, record: BackupRecord) -> dict[str, str]:
    """Of each entry of a backup its line's hash, more or less: what the manifest says of it."""
    system_repository = repository_of_record(context, record)
    with tempfile.TemporaryFile() as manifest:
        open_manifest(system_repository, record.id, manifest)
        return {path: entry.sha256 for path, entry in by_path(read_manifest(manifest)).items()}


def repository_of_record(context: Context, record: BackupRecord):  # type: ignore[no-untyped-def]
    site = PracticeSite(context.places.folder / "system", context.places.folder)
    return replace(repository_of(site.system(), context.places), location=record.repository)


def fetched(session: LocalShellSession) -> int:
    """How often a file or its rest was asked for."""
    return sum("--files-from" in text or "tail -c" in text for text, _ in session.scripts)


@pytest.mark.parametrize("shell", BOTH, ids=["gnu", "busybox"])
def test_an_unchanged_system_sends_its_list_and_no_file(
    context: Context, site: PracticeSite, system: System, shell: tuple[str, ...]
) -> None:
    settle(site)
    session = site.session(shell)
    context = connected(context, session)
    first = back_up(context, system, "CO-0001")
    session.scripts.clear()
    second = back_up(context, system, "CO-0002")
    assert first.everything_because
    assert not second.everything_because
    assert second.reused.backups == (first.id,), second.verification.findings
    assert second.reused.bytes == first.total_bytes
    assert fetched(session) == 0
    assert second.bytes_over_line * 100 < first.bytes_over_line
    assert second.root_hash == first.root_hash
    assert (second.counts, second.total_bytes) == (first.counts, first.total_bytes)
    # It needs no other: the one that it was built on is gone, and every byte of it is there.
    repository_of(system, context.places).remove([first.id])
    third = back_up(context, system, "CO-0003", full=True)
    assert (third.everything_because, third.root_hash) == ("it was asked for", first.root_hash)
    assert third.reused.files == 0


def test_what_was_changed_is_read_and_what_is_gone_is_gone(
    context: Context, site: PracticeSite, system: System
) -> None:
    settle(site)
    first = back_up(context, system, "CO-0001")
    nasty = site.product / "nasty"
    times = (nasty / "large").stat()
    with (nasty / "large").open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"another byte or two")
    # The same size, and the time set back: only the inode's own time tells.
    os.utime(nasty / "large", ns=(times.st_atime_ns, times.st_mtime_ns))
    (nasty / "empty").unlink()
    (nasty / "added\nfile").write_text("new")
    (nasty / "*").chmod(0o600)
    (nasty / "moved").symlink_to("there")
    os.link(os.fsencode(nasty) + b"/" + NEWLINE, nasty / "third-name")
    settle(site)
    second = back_up(context, system, "CO-0002")
    full = back_up(context, system, "CO-0003", full=True)
    assert second.root_hash == full.root_hash != first.root_hash
    assert second.reused.files > 5
    assert second.bytes_over_line < first.bytes_over_line + 20_000
    assert second.verification.good


@pytest.mark.faults_whole
def test_every_nth_reads_everything(context: Context, site: PracticeSite) -> None:
    settle(site)
    system = without_database(site.system(full_every=3))
    told = [back_up(context, system, f"CO-{number}", level=Level.SAMPLE) for number in range(5)]
    assert [bool(record.everything_because) for record in told] == [True, False, False, True, False]
    assert len({record.root_hash for record in told}) == 1
    assert BackupRecord.from_dict(told[1].as_dict()) == told[1]


@pytest.mark.faults_whole
def test_a_base_from_before_there_were_listings_is_not_built_on(
    context: Context, site: PracticeSite, system: System
) -> None:
    settle(site)
    first = back_up(context, system, "CO-0001")
    repository = repository_of(system, context.places)
    # The same without its listing, as older versions of ours stored it.
    location = f"{repository.location}::{first.id}"
    repository.borg.run("recreate", location, "--exclude", "pf:callout/listing", repository="x")
    second = back_up(context, system, "CO-0002")
    assert "cannot be built on" in second.everything_because
    assert second.root_hash == first.root_hash


@pytest.mark.parametrize("shell", BOTH, ids=["gnu", "busybox"])
def test_a_cut_line_is_gone_on_from(
    context: Context, site: PracticeSite, system: System, shell: tuple[str, ...]
) -> None:
    settle(site)
    whole = back_up(connected(context, site.session(shell)), system, "CO-0001")
    repository = repository_of(system, context.places)
    repository.remove([whole.id])
    fresh = replace(context, places=replace(context.places, data=context.places.data / "other"))
    sent = 0
    for cut in (400_000, 900_000, 1_200_000):
        session = site.session(shell)
        session.cut_after_bytes = cut
        with pytest.raises(BackupFailed, match="cut off"):
            back_up(connected(fresh, session), system, "CO-0002")
        sent += cut
        assert repository_of(system, fresh.places).names() == []
    session = site.session(shell)
    record = back_up(connected(fresh, session), system, "CO-0002")
    assert record.root_hash == whole.root_hash
    assert record.everything_because
    assert sent + record.bytes_over_line <= whole.bytes_over_line + 100_000
    assert repository_of(system, fresh.places).partials() == []


@pytest.mark.faults_whole
def test_a_file_cut_in_the_middle_that_is_changed_meanwhile_is_read_from_its_beginning(
    context: Context, site: PracticeSite, system: System
) -> None:
    settle(site)
    session = site.session()
    session.cut_after_bytes = 2_000_000
    with pytest.raises(BackupFailed):
        back_up(connected(context, session), system)
    (site.product / "nasty/large").write_bytes(os.urandom(3 * 1024 * 1024))
    settle(site)
    record = back_up(context, system)
    assert record.root_hash == back_up(context, system, full=True).root_hash


def test_changed_under_the_reader_is_read_again(context: Context, site: PracticeSite, system: System) -> None:
    settle(site)
    log = site.product / "nasty/large"
    marker = site.home / "once"
    # A tar that finds one file changed behind it, the first time.
    text = f"""case "$*" in *--version*) ;; *--files-from*)
        /usr/bin/tar "$@"; rc=$?; [ -e {marker} ] || {{ : >{marker}; echo more >>{log}; }}; exit $rc ;; esac"""
    session = site.session()
    site.plant_tool("tar", f'#!/bin/sh\n{text}\nexec /usr/bin/tar "$@"\n')
    record = back_up(connected(context, session), system)
    assert record.read_again.listed == (str(log),)
    assert record.changed_while_read.count == 0
    assert record.verification.good
    names = hashes(context, record)
    assert len(names) == sum(record.counts.values())
    assert repository_of(system, context.places).partials() == []
    full = back_up(context, system, "CO-9", full=True)
    assert record.root_hash == full.root_hash


@pytest.mark.parametrize("shell", BOTH, ids=["gnu", "busybox"])
def test_a_file_that_never_rests_is_flagged(
    context: Context, site: PracticeSite, system: System, shell: tuple[str, ...]
) -> None:
    settle(site)
    log = site.product / "nasty/large"
    real = "/usr/bin/busybox tar" if shell == BUSYBOX else "/usr/bin/tar"
    session = site.session(shell)
    (site.home / "tools/tar").unlink(missing_ok=True)
    write_program(
        site.home / "tools/tar",
        f"""#!/bin/sh
case "$*" in *--version*|*--help*|*/dev/null*) exec {real} "$@" ;; esac
{real} "$@"; rc=$?; echo more >>{log}; exit $rc
""",
    )
    record = back_up(connected(context, session), system, level=Level.SAMPLE)
    assert record.changed_while_read.listed == (str(log),)
    assert record.read_again.count == 0


@pytest.mark.faults_whole
def test_what_an_interrupted_backup_of_another_system_left_stays(context: Context, site: PracticeSite) -> None:
    system = site.system()
    repository = repository_of(system, context.places)
    repository.ensure()
    for name in ("acme-pbx2-20261101T000000Z", "acme-pbx1-20261101T000000Z", "acme-pbx1-b-20261101T000000Z"):
        with repository.importing(name) as sink:
            sink.write(bytes(10240))
    back_up(context, system, level=Level.SAMPLE)
    left = [f"{PARTIAL}acme-pbx2-20261101T000000Z", f"{PARTIAL}acme-pbx1-b-20261101T000000Z"]
    assert repository.partials() == left


@pytest.mark.faults_whole
def test_a_base_that_is_damaged_is_told(context: Context, site: PracticeSite, system: System) -> None:
    settle(site)
    first = back_up(context, system, "CO-0001")
    largest = max(Path(first.repository).glob("data/0/*"), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as stream:
        stream.seek(largest.stat().st_size // 2)
        stream.write(b"\xff" * 64)
    # What Borg believes to have is not stored a second time: only a verification tells, and it does.
    with pytest.raises(BackupFailed):
        back_up(context, system, "CO-0002")
    assert repository_of(system, context.places).names() == [first.id]
