"""Sparse files and attributes in a stream: as GNU tar writes them, and as somebody would who means harm."""

from __future__ import annotations

import io
import os
import random
import subprocess
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.backups.attributes import MAXIMUM_ATTRIBUTES_BYTES, XATTR
from callout.backups.manifest import Entry, EntryKind
from callout.backups.tar_reader import Limits, Member, StreamRefused, TarReader
from callout.backups.tar_writer import END, header_for_busybox, header_with_attributes, padding

V1 = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "opt/s"}


def read(stream: bytes, limits: Limits | None = None) -> list[tuple[Member, bytes]]:
    pieces = [stream[start : start + 700] for start in range(0, len(stream), 700)]
    reader = TarReader(pieces, limits)
    return [(member, b"".join(bytes(part) for part in reader.data())) for member in reader.members()]


def sparse(size: int, numbers: str, data: bytes = b"", records: Mapping[str, str] | None = None) -> bytes:
    """A member as GNU tar 1.0 writes it: map, padding, data."""
    table = numbers.encode("latin-1")
    body = table + padding(len(table)) + data
    info = tarfile.TarInfo("opt/GNUSparseFile.1/s")
    info.size = len(body)
    info.pax_headers = {**(V1 if records is None else records), "GNU.sparse.realsize": str(size)}
    return info.tobuf(tarfile.PAX_FORMAT) + body + padding(len(body)) + END


def test_holes_come_back_as_zeros() -> None:
    ((member, data),) = read(sparse(2000, "2\n100\n3\n1500\n2\n", b"abcde"))
    assert (member.path, member.size) == ("opt/s", 2000)
    assert data == bytes(100) + b"abc" + bytes(1397) + b"de" + bytes(498)


def test_a_map_may_take_more_than_one_block_and_name_nothing() -> None:
    regions = "".join(f"{number * 10}\n1\n" for number in range(300))
    ((_, data),) = read(sparse(5000, f"300\n{regions}", b"x" * 300))
    assert data == (b"x" + bytes(9)) * 300 + bytes(2000)
    ((_, data),) = read(sparse(70, "1\n70\n0\n"))
    assert data == bytes(70)


@pytest.mark.parametrize(
    ("size", "numbers", "data"),
    [
        (2000, "2\n100\n3\n101\n2\n", b"abcde"),
        (2000, "2\n1500\n3\n100\n2\n", b"abcde"),
        (2000, "1\n1999\n2\n", b"ab"),
        (2000, "1\n0\n5\n", b"abc"),
        (2000, "1\n0\n3\n", b"abcde"),
        (2000, "-1\n0\n3\n", b""),
        (2000, "1\n0x1\n3\n", b"abc"),
        (2000, "9" * 19 + "\n", b""),
        (2000, "500001\n", b""),
        (2000, "3\n1\n1\n", b""),
        (2000, "1" * 600, b""),
        (2000, "", b""),
        (2000, "\u00b2\n", b""),
    ],
)
def test_a_map_that_lies_is_refused(size: int, numbers: str, data: bytes) -> None:
    with pytest.raises(StreamRefused):
        read(sparse(size, numbers, data))


@pytest.mark.parametrize(
    "records",
    [
        {**V1, "GNU.sparse.major": "0"},
        {"GNU.sparse.map": "0,1", "GNU.sparse.size": "5"},
        {"GNU.sparse.name": "opt/s"},
        {**V1, "GNU.sparse.numblocks": "1"},
        {**V1, "GNU.sparse.name": "../s"},
    ],
)
def test_another_format_of_sparse_files_is_refused(records: dict[str, str]) -> None:
    with pytest.raises(StreamRefused):
        read(sparse(2000, "1\n0\n0\n", records=records))


def test_zeros_that_cost_the_sender_nothing_are_limited() -> None:
    bomb = sparse(10**17, "1\n0\n0\n")
    for limits in (Limits(), Limits(total_bytes=10**18)):
        with pytest.raises(StreamRefused, match="more than"):
            read(bomb, limits)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_damaged_map_is_refused_or_read_never_anything_else(seed: int, flips: int) -> None:
    chance, whole = random.Random(seed), bytearray(sparse(2000, "2\n100\n3\n1500\n2\n", b"abcde"))
    for _ in range(flips):
        whole[chance.randrange(512, 2600)] = chance.choice(b"0123456789\n -\0")
    with suppress(StreamRefused):
        for member, data in read(bytes(whole), Limits(total_bytes=10**6)):
            assert member.size == len(data)


def test_what_gnu_tar_writes_is_read_and_what_we_write_it_reads(tmp_path: Path) -> None:
    holes, noted = tmp_path / "holes", tmp_path / "noted"
    with holes.open("wb") as stream:
        for place in (0, 10_000_000, 50_000_000):
            stream.seek(place)
            stream.write(b"island")
        stream.truncate(80_000_000)
    noted.write_text("n")
    os.setxattr(noted, "user.note", b"a\0b\n\xff=")
    options = ["--format=pax", "--sparse", "--sparse-version=1.0", "--xattrs", "--numeric-owner"]
    said = subprocess.run(
        ["tar", "-cf", "-", *options, "holes", "noted"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert len(said) < 1_000_000
    members = read(said)
    assert members[0][1] == holes.read_bytes()
    assert members[1][0].attributes == ((f"{XATTR}user.note", b"a\0b\n\xff="),)

    stream, entries = b"", []
    for member, data in members:
        entry = Entry(
            member.path, member.kind, len(data), member.mode, member.uid, member.gid, member.mtime_ns,
            attributes=member.attributes,
        )  # fmt: skip
        assert Entry.from_line(entry.line()) == entry
        entries.append(entry)
        stream += header_with_attributes(entry) + data + padding(len(data))
    (tmp_path / "out").mkdir()
    unpack = ["tar", "-xpf", "-", "--xattrs", "--xattrs-include=*", "--warning=no-unknown-keyword"]
    done = subprocess.run(unpack, cwd=tmp_path / "out", input=stream + END, capture_output=True, check=True)
    assert done.stderr == b""
    assert os.getxattr(tmp_path / "out/noted", "user.note") == b"a\0b\n\xff="
    assert (tmp_path / "out/noted").stat().st_mtime_ns == noted.stat().st_mtime_ns
    assert (tmp_path / "out/holes").read_bytes() == holes.read_bytes()


def test_busybox_reads_what_is_written_for_it(tmp_path: Path) -> None:
    long = "d" * 200 + "/caf\udce9\n" + "n" * 200
    entries = [
        Entry("d" * 200, EntryKind.FOLDER, 0, 0o755, 0, 0, 5),
        Entry(long, EntryKind.FILE, 3, 0o640, 70000, 4_000_000, 1_600_000_000_123_456_789),
        Entry("link", EntryKind.SYMLINK, 0, 0o777, 0, 0, -5, target="t" * 300),
    ]
    stream = b"".join(header_for_busybox(entry) + b"abc"[: entry.size] + padding(entry.size) for entry in entries)
    subprocess.run(["busybox", "tar", "-xpf", "-"], cwd=tmp_path, input=stream + END, check=True)
    state = (tmp_path / long).stat()
    assert (state.st_mode & 0o7777, state.st_uid, state.st_gid) == (0o640, 70000, 4_000_000)
    assert int(state.st_mtime) == 1_600_000_000
    assert str((tmp_path / "link").readlink()) == "t" * 300


def test_an_entry_without_attributes_keeps_its_line() -> None:
    """Root hashes of backups from before there were any stay good."""
    entry = Entry("files/a", EntryKind.FILE, 1, 0o644, 0, 0, 5, sha256="00")
    assert entry.line() == (
        b'{"device":[0,0],"gid":0,"kind":"file","mode":420,"mtime_ns":5,"path":"files/a","sha256":"00",'
        b'"size":1,"target":"","uid":0}\n'
    )


def test_attributes_are_bounded_and_checked() -> None:
    info = tarfile.TarInfo("opt/a")
    info.pax_headers = {f"{XATTR}user.{number}": "x" * 60_000 for number in range(2)}
    assert sum(map(len, info.pax_headers.values())) > MAXIMUM_ATTRIBUTES_BYTES
    with pytest.raises(StreamRefused, match="attributes"):
        read(info.tobuf(tarfile.PAX_FORMAT) + END)
    line = Entry("files/a", EntryKind.FILE, 1, 0o644, 0, 0, 5, attributes=((f"{XATTR}user.a", b"\xff"),)).line()
    for damage in (b"not base64!", b"/w"):
        with pytest.raises(ValueError, match=r"base64|padding|Only|Incorrect|Non"):
            Entry.from_line(line.replace(b"/w==", damage))
    with pytest.raises(ValueError, match="none"):
        Entry.from_line(line.replace(b"SCHILY.xattr.user.a", b"LIBARCHIVE.x"))
    assert len(io.BytesIO(line).readline()) == len(line)
