"""The tar stream of a hostile system: read whole, or refused in a sentence; never anything else."""

from __future__ import annotations

import io
import random
import tarfile
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.backups.manifest import Entry, EntryKind
from callout.backups.tar_reader import Limits, Member, StreamRefused, TarReader
from callout.backups.tar_writer import END, header, padding


def tar_of(*infos: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in infos:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def named(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def read(stream: bytes, piece: int = 700, limits: Limits | None = None) -> list[tuple[Member, bytes]]:
    def chunks() -> Iterator[bytes]:
        for start in range(0, len(stream), piece):
            yield stream[start : start + piece]

    reader = TarReader(chunks(), limits)
    return [(member, b"".join(bytes(part) for part in reader.data())) for member in reader.members()]


WHOLE = tar_of(
    (named("opt/pbxware/a"), b"x" * 1300),
    (named("opt/pbxware/caf\udce9\n" + "n" * 240), b"odd"),
    (named("opt/pbxware/d", tarfile.DIRTYPE), b""),
    (named("opt/pbxware/s", tarfile.SYMTYPE, "/etc/" + "p" * 200), b""),
    (named("opt/pbxware/h", tarfile.LNKTYPE, "opt/pbxware/a"), b""),
)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_both_formats_with_odd_names_are_read_whatever_the_pieces(form: int) -> None:
    name = "opt/" + "d" * 200 + "/caf\udce9\nx"
    stream = tar_of((named(name), b"abc" * 500), form=form)
    for piece in (1, 511, 512, 100_000):
        ((member, data),) = read(stream, piece)
        assert member.path == name
        assert data == b"abc" * 500


def test_archives_that_follow_one_another_are_one_stream() -> None:
    assert [member.path for member, _ in read(tar_of((named("opt/a"), b"1")) + tar_of((named("opt/b"), b"2")))] == [
        "opt/a",
        "opt/b",
    ]


def test_a_stream_cut_anywhere_is_refused() -> None:
    end = len(WHOLE.rstrip(b"\0"))
    for cut in range(0, end, 64):
        with pytest.raises(StreamRefused):
            read(WHOLE[:cut])


@pytest.mark.parametrize("name", ["../etc/shadow", "opt/../../x", "/", "opt/" + "n" * 4100])
def test_names_that_climb_are_empty_or_endless_are_refused(name: str) -> None:
    with pytest.raises(StreamRefused):
        read(tar_of((named(name), b"")))


def test_a_hard_link_that_climbs_is_refused_but_a_symlink_is_only_text() -> None:
    with pytest.raises(StreamRefused):
        read(tar_of((named("opt/h", tarfile.LNKTYPE, "../x"), b"")))
    ((member, _),) = read(tar_of((named("opt/s", tarfile.SYMTYPE, "../../../x"), b"")))
    assert member.target == "../../../x"


def test_an_extended_header_is_never_taken_at_its_word() -> None:
    huge = tarfile.TarInfo("x")
    huge.type, huge.size = tarfile.XHDTYPE, 2**33
    with pytest.raises(StreamRefused, match="8589934592 bytes"):
        read(huge.tobuf(tarfile.GNU_FORMAT) + bytes(100_000))


def test_counts_and_sizes_are_limited() -> None:
    with pytest.raises(StreamRefused, match="more than"):
        read(WHOLE, limits=Limits(entries=3))
    with pytest.raises(StreamRefused, match="more than"):
        read(WHOLE, limits=Limits(total_bytes=1300))


def test_sparse_and_unknown_entries_are_refused_not_misread() -> None:
    for kind in (tarfile.GNUTYPE_SPARSE, b"M", b"V"):
        with pytest.raises(StreamRefused, match="not understood"):
            read(named("opt/x", kind).tobuf(tarfile.GNU_FORMAT) + END)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.randoms(use_true_random=False))
def test_damage_is_refused_or_read_never_anything_else(at: int, by: int, chance: random.Random) -> None:
    damaged = bytearray(WHOLE)
    damaged[at] ^= by
    for _ in range(chance.randint(0, 3)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    with suppress(StreamRefused):
        read(bytes(damaged))


def test_what_we_write_reads_back_as_it_was() -> None:
    entries = [
        Entry("files/opt/a", EntryKind.FILE, 5, 0o4755, 70000, 2**22, 1_600_000_000_123_456_789),
        Entry("files/opt/caf\udce9\nx", EntryKind.FIFO, 0, 0o600, 0, 0, 0),
        Entry("files/opt/s", EntryKind.SYMLINK, 0, 0o777, 0, 0, 5, target="\udcff" * 120),
        Entry("files/opt/h", EntryKind.HARD_LINK, 0, 0o644, 0, 0, 5, target="files/opt/a"),
        Entry("files/dev/x", EntryKind.BLOCK_DEVICE, 0, 0o660, 0, 6, 5, device=(8, 17)),
        Entry("files/opt/old", EntryKind.FOLDER, 0, 0o755, 0, 0, -1_500_000_000),
    ]
    stream = b"".join(header(entry) + b"x" * entry.size + padding(entry.size) for entry in entries) + END
    for entry, (member, _) in zip(entries, read(stream), strict=True):
        assert (member.path, member.kind, member.size, member.mode) == (entry.path, entry.kind, entry.size, entry.mode)
        assert (member.uid, member.gid, member.mtime_ns) == (entry.uid, entry.gid, entry.mtime_ns)
        assert (member.target, member.device) == (entry.target, entry.device)


def test_extended_headers_without_end_are_refused() -> None:
    """Each is small and different: together they would fill our memory."""
    records = [f"14 {number:08d}=v\n".encode() for number in range(100)]
    flood = b"".join(_pax_header(len(record)) + record.ljust(512, b"\0") for record in records)
    with pytest.raises(StreamRefused, match="without end"):
        read(flood + WHOLE)


def _pax_header(size: int) -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, size
    return info.tobuf(tarfile.USTAR_FORMAT)
