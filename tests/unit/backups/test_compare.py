"""Manifests compared: in what an entry differs, and that hard links are compared by what they lead to."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from callout.backups.compare import Aspect, Difference, compare_manifests
from callout.backups.manifest import Entry, EntryKind

FILE = Entry("files/a", EntryKind.FILE, 3, 0o644, 0, 0, 10**9, "ab" * 32)
LINK = Entry("files/l", EntryKind.SYMLINK, 0, 0o777, 0, 0, 10**9, target="a")


def compared(before: list[Entry], after: list[Entry]) -> list[Difference]:
    streams = [io.BytesIO(b"".join(entry.line() for entry in entries)) for entries in (before, after)]
    return compare_manifests(*streams)


@pytest.mark.parametrize(
    ("after", "what", "aspects"),
    [
        (replace(FILE, sha256="cd" * 32), "changed", {Aspect.CONTENT}),
        (replace(FILE, mode=0o4755), "changed", {Aspect.MODE}),
        (replace(FILE, gid=5), "changed", {Aspect.OWNER}),
        (replace(FILE, mtime_ns=5), "touched", {Aspect.TIME}),
        (replace(FILE, kind=EntryKind.FOLDER, sha256="", mtime_ns=5), "changed", {Aspect.KIND, Aspect.TIME}),
    ],
)
def test_in_what_an_entry_differs(after: Entry, what: str, aspects: set[Aspect]) -> None:
    (found,) = compared([FILE, LINK], [LINK, after])
    assert (found.what, set(found.aspects)) == (what, aspects)


def test_targets_devices_additions_and_removals() -> None:
    assert compared([LINK], [replace(LINK, target="b")])[0].aspects == (Aspect.TARGET,)
    device = Entry("files/d", EntryKind.CHARACTER_DEVICE, 0, 0o600, 0, 0, 0, device=(1, 3))
    assert compared([device], [replace(device, device=(1, 5))])[0].aspects == (Aspect.DEVICE,)
    assert [(one.path, one.what) for one in compared([FILE], [LINK])] == [("files/a", "removed"), ("files/l", "added")]


def test_which_name_of_a_file_was_read_first_is_no_difference() -> None:
    other = replace(FILE, path="files/b")
    hard = Entry("files/b", EntryKind.HARD_LINK, 0, 0o644, 0, 0, 10**9, target="files/a")
    turned = Entry("files/a", EntryKind.HARD_LINK, 0, 0o644, 0, 0, 10**9, target="files/b")
    assert compared([FILE, hard], [other, turned]) == []
    (found,) = compared([FILE, hard], [FILE, replace(other, sha256="cd" * 32)])
    assert (found.path, found.aspects) == ("files/b", (Aspect.CONTENT,))


def test_the_dump_is_no_file_of_the_system_and_names_move_no_cursor() -> None:
    dump = replace(FILE, path="database/pbxware.sql")
    assert compared([dump], [replace(dump, sha256="cd" * 32)]) == []
    (found,) = compared([], [replace(FILE, path="files/\x1b[2J\udcff")])
    assert found.live_path == "/\\x1b[2J\\xff"


def test_what_is_no_manifest_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expecting|entry"):
        compare_manifests(io.BytesIO(b"nonsense\n"), io.BytesIO(b""))
