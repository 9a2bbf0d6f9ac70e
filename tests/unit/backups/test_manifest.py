"""Entries as lines, and one hash over all of them."""

from __future__ import annotations

import io
import itertools

import pytest

from callout.backups.manifest import Entry, EntryKind, Tally, read_manifest

ENTRIES = [
    Entry("files/opt/a", EntryKind.FILE, 5, 0o644, 0, 0, 1, sha256="ab" * 32),
    Entry("files/opt/caf\udce9\n", EntryKind.SYMLINK, 0, 0o777, 0, 0, 2, target="\udcff"),
    Entry("files/dev/x", EntryKind.BLOCK_DEVICE, 0, 0o660, 0, 6, 3, device=(8, 17)),
]


def root_hash(entries: list[Entry]) -> str:
    tally = Tally()
    for entry in entries:
        tally.add(entry)
    return tally.root_hash()


def test_lines_give_the_entries_back_and_are_plain_ascii() -> None:
    written = b"".join(entry.line() for entry in ENTRIES)
    assert written.isascii()
    assert written.count(b"\n") == len(ENTRIES)
    assert list(read_manifest(io.BytesIO(written))) == ENTRIES


def test_the_root_hash_does_not_depend_on_order_but_on_all_else() -> None:
    whole = root_hash(ENTRIES)
    assert {root_hash(list(order)) for order in itertools.permutations(ENTRIES)} == {whole}
    assert root_hash(ENTRIES[:2]) != whole
    assert root_hash([*ENTRIES, ENTRIES[0]]) != whole


@pytest.mark.parametrize("text", [b"{}\n", b"[]\n", b"half", b'{"path": 1}\n', b"x" * 70_000, b"\xff\n"])
def test_what_is_no_manifest_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        list(read_manifest(io.BytesIO(text)))
