"""Reads a tar stream from a system as hostile input: bounded names, counts and sizes; nothing touches our disk.

Python's tarfile reads whole extended headers, however long they say they are, into memory, and guesses round
damage; this reader does neither. It understands what GNU tar (pax and GNU formats) and busybox tar write; a sparse
file is given back with its holes as zeros, which never crossed the line.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callout.backups.attributes import ATTRIBUTE_PREFIXES, MAXIMUM_ATTRIBUTES_BYTES, Attributes
from callout.backups.manifest import EntryKind
from callout.backups.sparse import MapRefused, SparseMap, is_sparse, read_map

BLOCK = 512
MAXIMUM_NAME_BYTES = 4096
MAXIMUM_EXTENSION_BYTES = 256 * 1024
# One member has a long name, a long link and one set of pax records at most; more is a flood.
MAXIMUM_EXTENSIONS = 8
ZEROS = memoryview(bytes(1024 * 1024))
KINDS = {
    tarfile.REGTYPE: EntryKind.FILE,
    tarfile.AREGTYPE: EntryKind.FILE,
    tarfile.CONTTYPE: EntryKind.FILE,
    tarfile.LNKTYPE: EntryKind.HARD_LINK,
    tarfile.SYMTYPE: EntryKind.SYMLINK,
    tarfile.CHRTYPE: EntryKind.CHARACTER_DEVICE,
    tarfile.BLKTYPE: EntryKind.BLOCK_DEVICE,
    tarfile.DIRTYPE: EntryKind.FOLDER,
    tarfile.FIFOTYPE: EntryKind.FIFO,
}
TIME = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,18}))?")
NUMBER = re.compile(r"\d{1,18}")


class StreamRefused(ValueError):
    """What came is no whole, bounded tar stream; the message says what is wrong, without control characters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one stream may hold at most."""

    entries: int = 5_000_000
    total_bytes: int = 8 * 1024**4
    # Zeros of sparse files cost the sender nothing, and us as much as data.
    hole_bytes: int = 512 * 1024**3


@dataclass(frozen=True, slots=True)
class Member:
    """One entry as the stream tells it. `path` and `target` are relative, plain, without `..` (target: as told).

    `size` is what `data()` will give: of a sparse file that is with its holes.
    """

    path: str
    kind: EntryKind
    size: int
    mode: int
    uid: int
    gid: int
    mtime_ns: int
    target: str
    device: tuple[int, int]
    attributes: Attributes = ()


class TarReader:
    """Iterate over `members()`; read each one's `data()` to its end before going on. Once only."""

    def __init__(self, chunks: Iterable[bytes], limits: Limits | None = None) -> None:
        self._chunks = iter(chunks)
        self._pending = memoryview(b"")
        self._limits = limits or Limits()
        self._padding = 0
        self._spans: Iterator[tuple[bool, int]] = iter(())

    def members(self) -> Iterator[Member]:
        """Every entry, also of archives that follow one another (busybox, in batches). Raises StreamRefused."""
        count = total = holes = extensions = 0
        ended = False
        extension: dict[str, str] = {}
        while (block := self._block()) is not None:
            if not any(block):
                ended = True
                continue
            ended = False
            header = _header(block)
            if header.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
                extensions += 1
                if extensions > MAXIMUM_EXTENSIONS:
                    raise StreamRefused("extended headers come without end")
                extension.update(self._extension(header))
                continue
            stored, sparse = _stored(header, extension)
            member = _member(header, extension, stored, sparse)
            extension, extensions = {}, 0
            count, total, holes = count + 1, total + member.size, holes + max(0, member.size - stored)
            if count > self._limits.entries or total > self._limits.total_bytes:
                raise StreamRefused(f"more than {count - 1} entries or {self._limits.total_bytes} bytes were sent")
            if holes > self._limits.hole_bytes:
                raise StreamRefused(f"sparse files have more than {self._limits.hole_bytes} bytes of holes")
            self._padding = -stored % BLOCK
            self._spans = self._map(member.size, stored).spans() if sparse else iter([(True, stored)])
            yield member
            for _ in self.data():
                raise StreamRefused(f"the data of {member.path!r} were not read")
            self._exactly(self._padding)
        if not ended or extension:
            raise StreamRefused("the stream ends in the middle")

    def data(self) -> Iterator[memoryview]:
        """The current member's data in pieces, each valid until the next is asked for."""
        for is_data, count in self._spans:
            left = count
            while left:
                piece = self._piece(left) if is_data else ZEROS[:left]
                left -= len(piece)
                yield piece

    def _piece(self, most: int) -> memoryview:
        if not len(self._pending) and not self._more():
            raise StreamRefused("the stream ends in the middle of a file")
        piece = self._pending[:most]
        self._pending = self._pending[len(piece) :]
        return piece

    def _map(self, size: int, stored: int) -> SparseMap:
        try:
            return read_map(size, stored, lambda: self._exactly(BLOCK))
        except MapRefused as error:
            raise StreamRefused(f"a sparse file is not understood: {error}") from None

    def _extension(self, header: tarfile.TarInfo) -> dict[str, str]:
        if not 0 <= header.size <= MAXIMUM_EXTENSION_BYTES:
            raise StreamRefused(f"an extended header says that it is {header.size} bytes long")
        raw = self._exactly(header.size)
        self._exactly(-header.size % BLOCK)
        if header.type == tarfile.XGLTYPE:
            return {}
        if header.type == tarfile.XHDTYPE:
            return _pax(raw)
        key = "path" if header.type == tarfile.GNUTYPE_LONGNAME else "linkpath"
        return {key: raw.rstrip(b"\0").decode("utf-8", "surrogateescape")}

    def _block(self) -> bytes | None:
        if not len(self._pending) and not self._more():
            return None
        return self._exactly(BLOCK)

    def _exactly(self, count: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < count:
            if not len(self._pending) and not self._more():
                raise StreamRefused("the stream ends in the middle")
            piece = self._pending[: count - len(pieces)]
            self._pending = self._pending[len(piece) :]
            pieces += piece
        return bytes(pieces)

    def _more(self) -> bool:
        for chunk in self._chunks:
            if chunk:
                self._pending = memoryview(chunk)
                return True
        return False


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError as error:
        raise StreamRefused(f"what should be a header is none ({error})") from None
    if header.size < 0:
        raise StreamRefused("a header names a negative size")
    return header


def _stored(header: tarfile.TarInfo, extension: dict[str, str]) -> tuple[int, bool]:
    """How many bytes of data follow in the stream, and whether they are a sparse file's, with its map."""
    try:
        sparse = is_sparse(extension)
    except MapRefused as error:
        raise StreamRefused(f"an entry is not understood: {error}") from None
    if sparse and KINDS.get(header.type) is not EntryKind.FILE:
        raise StreamRefused("an entry that is no file says that it is sparse")
    return _number(extension, "size", header.size), sparse


def _member(header: tarfile.TarInfo, extension: dict[str, str], stored: int, sparse: bool) -> Member:
    kind = KINDS.get(header.type)
    if kind is None:
        raise StreamRefused(f"an entry of type {header.type!r} is not understood")
    size = _number(extension, "GNU.sparse.realsize", 0) if sparse else stored
    name = extension.get("GNU.sparse.name" if sparse else "path", extension.get("path", header.name))
    if kind is not EntryKind.FILE:
        if size:
            raise StreamRefused(f"an entry that is a {kind} comes with data")
        size = 0
    target = extension.get("linkpath", header.linkname) if kind in (EntryKind.SYMLINK, EntryKind.HARD_LINK) else ""
    device = kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE)
    return Member(
        path=_plain(name),
        kind=kind,
        size=size,
        mode=header.mode & 0o7777,
        uid=_number(extension, "uid", header.uid),
        gid=_number(extension, "gid", header.gid),
        mtime_ns=_time_ns(extension["mtime"]) if "mtime" in extension else int(header.mtime) * 10**9,
        target=_plain(target) if kind is EntryKind.HARD_LINK else _bounded(target),
        device=(header.devmajor, header.devminor) if device else (0, 0),
        attributes=_attributes(extension),
    )


def _attributes(extension: dict[str, str]) -> Attributes:
    found = [
        (key, value.encode("utf-8", "surrogateescape"))
        for key, value in sorted(extension.items())
        if key.startswith(ATTRIBUTE_PREFIXES)
    ]
    if sum(len(key) + len(value) for key, value in found) > MAXIMUM_ATTRIBUTES_BYTES:
        raise StreamRefused(f"an entry has more than {MAXIMUM_ATTRIBUTES_BYTES} bytes of attributes")
    return tuple(found)


def _pax(raw: bytes) -> dict[str, str]:
    """Records `length key=value\\n`; values may hold anything, so the length rules."""
    found: dict[str, str] = {}
    position = 0
    while position < len(raw):
        digits = raw[position : position + 8].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        record = raw[position + len(digits) + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n") or position + length > len(raw):
            raise StreamRefused("an extended header is broken")
        found[key.decode("utf-8", "surrogateescape")] = value[:-1].decode("utf-8", "surrogateescape")
        position += length
    return found


def _plain(name: str) -> str:
    parts = [part for part in _bounded(name).split("/") if part not in ("", ".")]
    if ".." in parts:
        raise StreamRefused("an entry's name climbs with ..")
    if not parts:
        raise StreamRefused("an entry has no name")
    return "/".join(parts)


def _bounded(name: str) -> str:
    if "\0" in name or len(name.encode("utf-8", "surrogateescape")) > MAXIMUM_NAME_BYTES:
        raise StreamRefused(f"a name holds a zero byte or is longer than {MAXIMUM_NAME_BYTES} bytes")
    return name


def _number(extension: dict[str, str], key: str, otherwise: int) -> int:
    value = extension.get(key)
    if value is not None and not NUMBER.fullmatch(value):
        raise StreamRefused(f"{key} of an entry is no number")
    number = int(value) if value is not None else otherwise
    if number < 0:
        raise StreamRefused(f"{key} of an entry is negative")
    return number


def _time_ns(text: str) -> int:
    found = TIME.fullmatch(text)
    if not found:
        raise StreamRefused("the time of an entry is no time")
    sign, seconds, fraction = found.groups()
    value = int(seconds) * 10**9 + int((fraction or "0").ljust(9, "0")[:9])
    return -value if sign else value
