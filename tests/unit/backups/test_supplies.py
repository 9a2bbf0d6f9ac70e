"""What an interrupted backup leaves: cut by the line, or by a kill of ours; and what can be built on it."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest

from callout.backups.archive import PARTIAL, begun_as, repository_of
from callout.backups.capture import Listed
from callout.backups.listing import Header
from callout.backups.manifest import FILES, Entry, EntryKind, read_manifest
from callout.backups.packing import Cut, Packer
from callout.backups.supplies import open_supply, take_over
from callout.errors import Unreachable
from callout.steps.context import Context
from tests.unit.backups.practice_site import PracticeSite

LISTED = Listed(Header("printf", 1_000_000, "gnu", True), {b"/a": b"f 3 1 1 7 1 644 0 0 1"})


def entry(name: str, size: int) -> Entry:
    return Entry(FILES + name, EntryKind.FILE, size, 0o644, 0, 0, 10**9)


def breaking_off(data: bytes) -> Iterator[bytes]:
    yield data
    raise Unreachable("the line was cut")


def test_a_member_that_is_cut_is_filled_up_and_told() -> None:
    sink, manifest, unfinished = io.BytesIO(), io.BytesIO(), io.BytesIO()
    packer = Packer(sink, manifest)
    packer.add(entry("a", 3), [b"abc"])
    with pytest.raises(Unreachable):
        packer.add(entry("b", 2000), breaking_off(b"12345"))
    packer.stop(unfinished)
    assert packer.cut == Cut(entry("b", 2000), 5)
    sink.seek(0)
    with tarfile.open(fileobj=sink) as archive:
        names = archive.getnames()
        stream = archive.extractfile(f"{FILES}b")
        assert stream
        assert stream.read() == b"12345" + bytes(1995)
    assert names == [f"{FILES}a", f"{FILES}b", "callout/unfinished.jsonl"]
    assert [one.path for one in read_manifest(manifest)] == [f"{FILES}a"]


def test_the_journal_has_every_line_once() -> None:
    sink, manifest = io.BytesIO(), io.BytesIO()
    packer = Packer(sink, manifest, journal_s=0)
    for name in "abc":
        packer.add(entry(name, 1), [b"x"])
    packer.finish()
    sink.seek(0)
    told = b""
    with tarfile.open(fileobj=sink) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            told += stream.read() if stream and member.name.startswith("callout/journal/") else b""
    assert told == manifest.getvalue()


@pytest.mark.parametrize("ending", ["", ".again", ".checkpoint", ".checkpoint.1", ".again.checkpoint"])
def test_whose_a_partial_archive_is(ending: str) -> None:
    assert begun_as(f"{PARTIAL}acme-pbx1-20261123T070000Z{ending}") == "acme-pbx1-20261123T070000Z"


def test_what_borg_had_committed_when_we_were_killed_is_built_on(context: Context, site: PracticeSite) -> None:
    repository = replace(repository_of(site.system(), context.places), checkpoint_s=1)
    repository.ensure()
    with io.BytesIO() as manifest, suppress(KeyboardInterrupt), repository.importing("acme-pbx1-x") as sink:
        packer = Packer(sink, manifest, journal_s=0)
        with io.BytesIO() as listing:
            LISTED.write(listing)
            packer.describe(listing)
        packer.add(entry("a", 3), [b"abc"])
        # Borg reads a tar stream in blocks of 10 KiB: what comes before must not wait in half a one.
        packer.add(entry("filler", 64 * 1024), [bytes(64 * 1024)])
        sink.flush()
        time.sleep(1.5)
        # Borg commits at the end of a piece of a file, of 2 MiB or so.
        packer.add(entry("b", 30_000_000), (bytes([number]) * 1_000_000 for number in range(30)))
        deadline = time.monotonic() + 60
        while not repository_seen(context) and time.monotonic() < deadline:
            packer.add(entry(f"c{time.monotonic()}", 12_000_000), [bytes(12_000_000)])
            sink.flush()
            time.sleep(0.3)
        # Borg is killed with us.
        raise KeyboardInterrupt
    stored = [name for name in repository.partials() if ".checkpoint" in name]
    assert stored
    with ExitStack() as spools, io.BytesIO() as manifest:
        supply = open_supply(repository, stored[-1], context.places.data / "spool", spools)
        assert supply
        assert not supply.complete
        assert supply.listed()[0] == LISTED.header
        assert f"{FILES}a" in [one.path for one in supply.entries()]
        sink = io.BytesIO()
        given = take_over(repository, supply, {b"/a"}, None, Packer(sink, manifest))
        assert (given.files, given.total_bytes, given.missing, given.spoiled) == (1, 3, set(), set())
        assert b"abc" in sink.getvalue()


def repository_seen(context: Context) -> bool:
    """Whether something was committed: segments are there that Borg's index of the first transaction has not."""
    return any(path.name != "index.1" for path in (context.places.backups / "acme").glob("index.*"))
