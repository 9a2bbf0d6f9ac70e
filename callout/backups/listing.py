"""Pure: what a system tells of each entry without its content, as hostile input; and how an archive keeps it.

A listing is one line of JSON (`Header`), then one record per entry: `type size mtime ctime inode device mode uid gid
links path`, ended by a zero byte. All but the path are its *facts*. Times are seconds with what fraction the system
tells; device and inode stay as they are told, they are only ever compared.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import IO

from callout.backups.manifest import Entry, EntryKind

TIME = rb"-?\d{1,12}(?:\.\d{1,12})?"
FACTS = rb"[fdlpcb] \d{1,18} " + TIME + rb" " + TIME + rb" \d{1,20} \d{1,20} [0-7]{1,4} \d{1,10} \d{1,10} \d{1,9}"
RECORD = re.compile(rb"(" + FACTS + rb") (/[^\0]*)", re.DOTALL)
STAT_LINE = re.compile(rb"([0-9a-f]{1,8}) (\d+) (-?\d+) (-?\d+) (\d+) (\d+) (\d+) (\d+) (\d+)")
OPENING = re.compile(rb"callout-listing (printf|stat) (gzip|plain) (\d{1,12})")
MAXIMUM_PATH_BYTES = 4096
MAXIMUM_RECORD_BYTES = MAXIMUM_PATH_BYTES + 256
MAXIMUM_ENTRIES = 5_000_000
MAXIMUM_BATCH = 100_000
KINDS = {
    "f": EntryKind.FILE,
    "d": EntryKind.FOLDER,
    "l": EntryKind.SYMLINK,
    "p": EntryKind.FIFO,
    "c": EntryKind.CHARACTER_DEVICE,
    "b": EntryKind.BLOCK_DEVICE,
}
LETTERS = {
    stat.S_IFREG: b"f",
    stat.S_IFDIR: b"d",
    stat.S_IFLNK: b"l",
    stat.S_IFIFO: b"p",
    stat.S_IFCHR: b"c",
    stat.S_IFBLK: b"b",
}


class ListingRefused(ValueError):
    """What came is no listing; the message says what is wrong, without control characters."""


@dataclass(frozen=True, slots=True)
class Header:
    """How a listing was made. `started_s` is when, by the system's clock; `way` printf or stat (whole seconds only).

    `archiver` is the tar that reads the files there; `everything` says that each of them was to be read anew.
    """

    way: str
    started_s: int
    archiver: str
    everything: bool

    def line(self) -> bytes:
        """As an archive keeps it."""
        return json.dumps({"version": 1, **asdict(self)}, sort_keys=True).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Header:
        """What `line` wrote. Raises ListingRefused for anything else."""
        try:
            raw = json.loads(line)
            if raw.pop("version") != 1:
                raise ValueError
            header = cls(**raw)
            return cls(str(header.way), int(header.started_s), str(header.archiver), bool(header.everything))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ListingRefused("its first line is not one of ours") from None


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts, taken apart. Times in seconds as told, `size` in bytes."""

    kind: EntryKind
    size: int
    mtime: str
    ctime: str
    inode: str
    device: str
    mode: int
    uid: int
    gid: int
    links: int

    @classmethod
    def of(cls, facts: bytes) -> Facts:
        """`facts` as `read_records` gives them."""
        kind, size, mtime, ctime, inode, device, mode, uid, gid, links = facts.decode("ascii").split(" ")
        return cls(
            KINDS[kind], int(size), mtime, ctime, inode, device, int(mode, 8), int(uid), int(gid), int(links)
        )  # fmt: skip

    def agree(self, entry: Entry) -> bool:
        """True where a stored entry is what these facts tell, as far as both tell it."""
        if entry.kind is not self.kind and (entry.kind is not EntryKind.HARD_LINK or self.kind is EntryKind.FOLDER):
            return False
        if entry.kind is EntryKind.FILE and entry.size != self.size:
            return False
        # Fractions are cut off, of times before 1970 towards the other side.
        near = abs(entry.mtime_ns // 10**9 - int(self.mtime.partition(".")[0])) <= 1
        return near and (entry.mode, entry.uid, entry.gid) == (self.mode, self.uid, self.gid)


def read_opening(line: bytes) -> tuple[str, str, int]:
    """Way, packing and second of the first line that the script prints. Raises ListingRefused."""
    found = OPENING.fullmatch(line)
    if not found:
        raise ListingRefused("its first line is not understood")
    return found[1].decode(), found[2].decode(), int(found[3])


def read_records(pieces: Iterable[bytes], way: str = "printf") -> Iterator[tuple[bytes, bytes]]:
    """Facts and path of every entry, in order. Raises ListingRefused for one that is none, is cut or one too many."""
    records = _from_stat(pieces) if way == "stat" else (_record(one) for one in _parted(pieces, b"\0"))
    for count, (facts, path) in enumerate(records):
        if count >= MAXIMUM_ENTRIES:
            raise ListingRefused(f"it names more than {MAXIMUM_ENTRIES} entries")
        yield facts, path


def record(facts: bytes, path: bytes) -> bytes:
    """One record as an archive keeps it."""
    return facts + b" " + path + b"\0"


def read_listing(source: IO[bytes]) -> tuple[Header, Iterator[tuple[bytes, bytes]]]:
    """A listing as an archive keeps it: its header, and facts and path of every entry. Raises ListingRefused."""
    header = Header.from_line(source.readline(1024))
    return header, read_records(iter(lambda: source.read(1024 * 1024), b""))


def _record(text: bytes) -> tuple[bytes, bytes]:
    found = RECORD.fullmatch(text)
    if not found:
        raise ListingRefused(f"a record is not understood: {text[:200]!r}")
    return found[1], _plain(found[2])


def _plain(path: bytes) -> bytes:
    """`path`, if it is absolute and leads nowhere else: it is sent back, and is compared with what comes."""
    if not path.startswith(b"/") or len(path) > MAXIMUM_PATH_BYTES or b"/../" in path + b"/" or b"/./" in path + b"/":
        raise ListingRefused(f"a path is not plain: {path[:200]!r}")
    return path


def _parted(pieces: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    pending = b""
    for piece in pieces:
        *whole, pending = (pending + piece).split(end)
        yield from whole
        if len(pending) > MAXIMUM_RECORD_BYTES:
            raise ListingRefused("a record has no end")
    if pending:
        raise ListingRefused("it ends in the middle of a record")


def _from_stat(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    buffer = _Buffer(iter(pieces))
    while (opening := buffer.until(b"\n")) is not None:
        word, _, number = opening.partition(b" ")
        if word != b"batch" or not number.isdigit() or not 0 < int(number) <= MAXIMUM_BATCH:
            raise ListingRefused("a batch does not begin as one")
        lines = [buffer.until(b"\n") for _ in range(int(number))]
        for line in lines:
            path = buffer.until(b"\0")
            if line is None or path is None:
                raise ListingRefused("it ends in the middle of a batch")
            if line != b"-" and (facts := _facts(line)):
                yield facts, _plain(path)


def _facts(line: bytes) -> bytes:
    """The facts of one line of stat; empty for a kind that tar cannot keep."""
    found = STAT_LINE.fullmatch(line)
    if not found:
        raise ListingRefused(f"a line of stat is not understood: {line[:200]!r}")
    mode = int(found[1], 16)
    letter = LETTERS.get(stat.S_IFMT(mode))
    size, mtime, ctime, inode, device, uid, gid, links = found.groups()[1:]
    if letter is None:
        return b""
    permissions = b"%o" % stat.S_IMODE(mode)
    facts = b" ".join((letter, size, mtime, ctime, inode, device, permissions, uid, gid, links))
    if not re.fullmatch(FACTS, facts):
        raise ListingRefused(f"a line of stat is not understood: {line[:200]!r}")
    return facts


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
