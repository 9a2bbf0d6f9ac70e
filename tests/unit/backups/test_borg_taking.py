"""Files of an earlier archive, taken over without being read; and what happens where that has not got them."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from callout.backups.archive import PARTIAL, Repository, repository_of
from callout.backups.borg import NotTakenOver
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.packing import Packer
from callout.backups.record import Level
from callout.backups.tar_reader import TarReader
from callout.inventory import System
from callout.steps.backup import back_up
from callout.steps.context import Context
from tests.unit.backups.practice_site import PASSPHRASE, PracticeSite, settle

CONTENT = {name: os.urandom(size) for name, size in (("a", 3_000_000), ("b", 10), ("c", 0), ("d", 700_000))}


def entry(name: str) -> Entry:
    return Entry(FILES + name, EntryKind.FILE, len(CONTENT[name]), 0o640, 3, 4, 10**9)


@pytest.fixture
def store(context: Context, site: PracticeSite) -> Repository:
    """A store in which the archive `.partial-first` has all of CONTENT."""
    repository = repository_of(site.system(), context.places)
    repository.ensure()
    import_(repository, "first", lambda packer: [packer.add(entry(name), [CONTENT[name]]) for name in CONTENT])
    return repository


def import_(repository: Repository, name: str, pack: Callable[[Packer], object]) -> None:
    with repository.importing(name, taking=True) as sink:
        packer = Packer(sink, io.BytesIO())
        pack(packer)
        packer.finish()


def contents(repository: Repository, name: str) -> dict[str, bytes]:
    with repository.exporting(name) as stream:
        reader = TarReader(iter(lambda: stream.read(65536), b""))
        found = {member.path: b"".join(map(bytes, reader.data())) for member in reader.members()}
    return {path: content for path, content in found.items() if path.startswith(FILES)}


def test_what_was_taken_over_is_whole_without_the_one_that_gave_it(store: Repository) -> None:
    assert store.borg.takes_over

    def pack(packer: Packer) -> None:
        packer.take(entry("a"), f"{PARTIAL}first")
        packer.add(Entry(f"{FILES}new", EntryKind.FILE, 3, 0o600, 0, 0, 0), [b"new"])
        packer.take(replace(entry("c"), mode=0o600), f"{PARTIAL}first")
        packer.take(entry("d"), f"{PARTIAL}first")

    import_(store, "second", pack)
    store.remove([f"{PARTIAL}first"])
    wanted = {FILES + name: CONTENT[name] for name in "acd"} | {f"{FILES}new": b"new"}
    assert contents(store, f"{PARTIAL}second") == wanted
    store.borg.run("check", "--verify-data", store.location, repository=store.location)


@pytest.mark.parametrize(
    ("taken", "why"),
    [
        ([replace(entry("a"), path=f"{FILES}z")], "not there"),
        ([replace(entry("a"), size=5)], "another size"),
        ([entry("d"), entry("a")], "not there"),
    ],
    ids=["no such file", "another size", "another order"],
)
def test_what_an_archive_has_not_got_is_refused_and_nothing_is_stored(
    store: Repository, taken: list[Entry], why: str
) -> None:
    with pytest.raises(NotTakenOver, match=why):
        import_(store, "second", lambda packer: [packer.take(one, f"{PARTIAL}first") for one in taken])
    assert store.partials() == [f"{PARTIAL}first"]


def test_an_archive_that_is_gone_is_refused(store: Repository) -> None:
    with pytest.raises(NotTakenOver, match="nowhere"):
        import_(store, "second", lambda packer: packer.take(entry("a"), "nowhere"))


def test_what_an_earlier_backup_cannot_give_comes_from_the_system(context: Context, site: PracticeSite) -> None:
    settle(site)
    system: System = site.system()
    system = system.model_copy(update={"operation": system.operation.model_copy(update={"database": None})})
    first = back_up(context, system, level=Level.SAMPLE)
    lost = f"pp:{FILES}{str(site.product / 'nasty/large').lstrip('/')}"
    borg = repository_of(system, context.places).borg
    words = [borg.program, "recreate", "--exclude", lost, f"{first.repository}::{first.id}"]
    environment = {**os.environ, "BORG_PASSPHRASE": PASSPHRASE, "BORG_BASE_DIR": str(borg.base)}
    environment["BORG_CACHE_DIR"] = str(Path(borg.base) / "cache")
    subprocess.run(words, check=True, env=environment, capture_output=True)
    second = back_up(context, system)
    assert second.root_hash == first.root_hash
    told = {finding.check: finding for finding in second.verification.findings}
    assert "large" in told["backup.base"].seen
    assert told["backup.base"].code == "damaged"
