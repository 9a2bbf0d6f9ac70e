"""Pure: what a system lists of each file without its content, as hostile input.

A listing is the line `callout-listing WAY PACKING SECOND` and, packed or not, for each file its path and what is told
of it, each ended by a zero byte: `kind size mode uid gid mtime ctime inode device links target`. Times are seconds
with what fraction the system tells; device and inode stay as told, they are only ever compared. Where find cannot
print (busybox), they come in batches: `batch N`, N lines of stat, and N times a path and a target.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator

TIME = rb"-?\d{1,12}(?:\.\d{1,12})?"
FACTS = (
    rb"[fdlpscb] \d{1,18} [0-7]{1,4} \d{1,10} \d{1,10} " + TIME + rb" " + TIME + rb" \d{1,20} \d{1,20} \d{1,9} [^\0]*"
)
TOLD = re.compile(FACTS, re.DOTALL)
# What is told, capabilities and SHA-256, as a look keeps it.
STORED = re.compile(FACTS + rb" [^\0 ]{1,512} (?:-|[0-9a-f]{64})", re.DOTALL)
STAT_LINE = re.compile(rb"([0-9a-f]{1,8}) (\d+) (\d+) (\d+) (-?\d+) (-?\d+) (\d+) (\d+) (\d+)")
OPENING = re.compile(rb"callout-listing (printf|stat) (gzip|plain) (\d{1,12})")
MAXIMUM_PATH_BYTES = 4096
MAXIMUM_RECORD_BYTES = MAXIMUM_PATH_BYTES + 256
# A look holds its files in memory, about 0.4 KB each.
MAXIMUM_ENTRIES = 1_000_000
MAXIMUM_LISTING_BYTES = 512 * 1024 * 1024
MAXIMUM_BATCH = 100_000
KINDS = {
    stat.S_IFREG: b"f",
    stat.S_IFDIR: b"d",
    stat.S_IFLNK: b"l",
    stat.S_IFIFO: b"p",
    stat.S_IFSOCK: b"s",
    stat.S_IFCHR: b"c",
    stat.S_IFBLK: b"b",
}


class ListingRefused(ValueError):
    """What came is no listing; the message says what is wrong, without control characters."""


def read_opening(line: bytes) -> tuple[str, str, int]:
    """Way, packing and second of the first line that the script prints. Raises ListingRefused."""
    found = OPENING.fullmatch(line)
    if not found:
        raise ListingRefused("its first line is not understood")
    return found[1].decode(), found[2].decode(), int(found[3])


def read_told(pieces: Iterable[bytes], way: str = "printf") -> Iterator[tuple[bytes, bytes]]:
    """Each path and what is told of it, in the system's order. Raises ListingRefused for what is none, or cut.

    Nothing that a name holds can make two of one, or one of two: only a zero byte parts them, which no name holds.
    """
    entries = _from_stat(pieces) if way == "stat" else _from_printf(pieces)
    valid, plain = TOLD.fullmatch, _is_plain
    for count, (path, told) in enumerate(entries):
        if count >= MAXIMUM_ENTRIES:
            raise ListingRefused(f"it names more than {MAXIMUM_ENTRIES} files")
        if not valid(told):
            raise ListingRefused(f"what it tells of a file is not understood: {told[:200]!r}")
        if not plain(path):
            raise ListingRefused(f"a path is not plain: {path[:200]!r}")
        yield path, told


def _is_plain(path: bytes) -> bool:
    """Is it absolute, and does it lead nowhere else? It is sent back to the system, and stands in reports."""
    if not path.startswith(b"/") or len(path) > MAXIMUM_PATH_BYTES:
        return False
    return b"/." not in path or (b"/../" not in path + b"/" and b"/./" not in path + b"/")


def _from_printf(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    pending: list[bytes] = [b""]
    for piece in pieces:
        fields = (pending.pop() + piece).split(b"\0")
        if pending:
            fields.insert(0, pending.pop())
        # The last one has not ended yet; neither has its pair, where a path stands before it.
        pending = [fields[-2], fields[-1]] if len(fields) % 2 == 0 else [fields[-1]]
        whole = len(fields) - len(pending)
        yield from zip(fields[0:whole:2], fields[1:whole:2], strict=True)
        if len(pending[-1]) > MAXIMUM_RECORD_BYTES:
            raise ListingRefused("a record has no end")
    if pending != [b""]:
        raise ListingRefused("it ends in the middle of a record")


def _from_stat(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    buffer = _Buffer(iter(pieces))
    while (opening := buffer.until(b"\n")) is not None:
        word, _, number = opening.partition(b" ")
        if word != b"batch" or not number.isdigit() or len(number) > 6 or not 0 < int(number) <= MAXIMUM_BATCH:
            raise ListingRefused("a batch does not begin as one")
        lines = [buffer.until(b"\n") for _ in range(int(number))]
        for line in lines:
            path, target = buffer.until(b"\0"), buffer.until(b"\0")
            if line is None or path is None or target is None:
                raise ListingRefused("it ends in the middle of a batch")
            # A file that was gone before stat came to it.
            if line != b"-":
                yield path, _told(line, target)


def _told(line: bytes, target: bytes) -> bytes:
    found = STAT_LINE.fullmatch(line)
    kind = KINDS.get(stat.S_IFMT(int(found[1], 16))) if found else None
    if found is None or kind is None:
        raise ListingRefused(f"a line of stat is not understood: {line[:200]!r}")
    size, uid, gid, mtime, ctime, inode, device, links = found.groups()[1:]
    mode = b"%o" % stat.S_IMODE(int(found[1], 16))
    # What is read is a link's target only where there is a link: in between it may have become one.
    aim = target if kind == b"l" else b""
    return b" ".join((kind, size, mode, uid, gid, mtime, ctime, inode, device, links, aim))


class _Buffer:
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._data, self._place = pieces, b"", 0

    def until(self, end: bytes) -> bytes | None:
        """The bytes before the next `end`; None where nothing follows."""
        while (found := self._data.find(end, self._place)) < 0:
            if len(self._data) - self._place > MAXIMUM_RECORD_BYTES:
                raise ListingRefused("a record has no end")
            piece = next(self._pieces, None)
            if piece is None:
                if self._place < len(self._data):
                    raise ListingRefused("it ends in the middle of a record")
                return None
            self._data, self._place = self._data[self._place :] + piece, 0
        piece, self._place = self._data[self._place : found], found + len(end)
        return piece
