"""Reads a system without touching it: what it lists, and its files as one stream, into a packer."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import IO

from access_check.escaping import shown
from callout.backups.line import Line
from callout.backups.listing import Header, ListingRefused, read_opening, read_records, record
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.packing import PIECE_BYTES, Packer
from callout.backups.probe import Abilities, Archiver
from callout.backups.scope import CapturePlan
from callout.backups.tar_reader import Member, StreamRefused, TarReader
from callout.errors import BackupFailed
from callout.programs import Completed, printable
from callout.shell import Session, script
from callout.shell.session import Stream

DEADLINE_S = 6 * 3600
STATUS = re.compile(r"callout-status (find|tar|xargs) (\d{1,12})")
# What the readers say about a file that is written to, or vanishes, while it is read. All else is a failure.
CHANGED = re.compile(r"(?:[^:]*/)?tar: (?P<name>.+?): (file changed as we read it|File shrank by \d+ bytes.*)")
VANISHED = re.compile(
    r"(?:[^:]*/)?(?:tar|find): (?P<name>.+?): "
    r"(?:File removed before we read it|(?:Cannot (?:stat|open|readlink): )?No such file or directory)"
)
HARMLESS = re.compile(
    r"(?:[^:]*/)?tar: (?:(?:[Rr]emoving leading|error exit delayed|Exiting with failure status due to previous)"
    r"|.*: socket ignored)"
)
# What only these two say, and some of them end with 0 all the same (busybox find, where a batch could not be started).
TROUBLE = re.compile(r"(?:[^:]*/)?(?:find|xargs): (?!warning: )")
MESSAGES_BYTES = 64 * 1024
READERS = {Archiver.GNU: ("tar",), Archiver.BUSYBOX: ("tar", "xargs")}


@dataclass
class Changes:
    """Names (in full, as on the system) of what changed or vanished while it was read.

    `incomplete` says that there may be more: the system had no means to tell, or told too much.
    """

    changed: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    incomplete: bool = False


@dataclass
class Listed:
    """What a system listed. `now` maps the path of each entry to its facts, in the order in which find met them."""

    header: Header
    now: dict[bytes, bytes]

    def write(self, spool: IO[bytes]) -> None:
        """Writes it as an archive keeps it."""
        spool.write(self.header.line())
        for path, facts in self.now.items():
            spool.write(record(facts, path))


def list_files(
    session: Session,
    abilities: Abilities,
    plan: CapturePlan,
    line: Line,
    *,
    everything: bool,
    since_s: int | None = None,
) -> Listed:
    """What the plan's files are like now; with `since_s` (the system's clock), only those changed at or after it.

    Raises BackupFailed unless it ended well, Unreachable where cut.
    """
    since = "" if since_s is None else str(since_s)
    arguments = (abilities.calm, since, *plan.find_arguments())
    refused, listed = "", None
    with session.stream(script("backup_listing"), *arguments, deadline_s=DEADLINE_S) as stream:
        chunks = _Chunks(stream, line)
        try:
            way, started_s, pieces = _opened(iter(chunks))
            listed = Listed(Header(way, started_s, str(abilities.archiver), everything), {})
            for facts, path in read_records(pieces, way):
                if not plan.holds(path.decode("utf-8", "surrogateescape")):
                    raise ListingRefused(f"it names {path!r}, which was not asked for")
                listed.now[path] = facts
        except (ListingRefused, zlib.error) as error:
            refused = str(error)
        # A line that was cut is Unreachable, whatever came before; a system that sends nonsense is not waited for.
        completed = stream.finish() if chunks.ended else None
    if refused or listed is None or completed is None:
        raise BackupFailed(
            f"{session.name}: its list of files is not whole: {refused}.", "Nothing was stored; run again."
        )
    judge_reading(session.name, completed, ("find",))
    return listed


def _opened(chunks: Iterator[bytes]) -> tuple[str, int, Iterator[bytes]]:
    """Way, second of the beginning, and the records' bytes, unpacked piece by piece."""
    first = b""
    while b"\n" not in first and len(first) < 256 and (piece := next(chunks, b"")):
        first += piece
    line, _, rest = first.partition(b"\n")
    way, packing, started_s = read_opening(line)
    packed = chain([rest], chunks)
    return way, started_s, _unpacked(packed) if packing == "gzip" else packed


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for chunk in chunks:
        while chunk:
            yield unpacker.decompress(chunk, PIECE_BYTES)
            chunk = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise ListingRefused("it ends in the middle")


def fetch_files(
    session: Session,
    abilities: Abilities,
    wanted: Collection[bytes],
    packer: Packer,
    line: Line,
    groups: Iterable[Sequence[bytes]] = (),
) -> Changes:
    """Streams the `wanted` paths into `packer`. Raises BackupFailed unless all ended well, Unreachable where cut.

    `groups` are the paths that are one and the same file: they are packed as one, also where a tar that reads in
    batches (busybox) sends it under several names.
    """
    left = set(wanted)
    if not left:
        return Changes()
    arguments = (str(abilities.archiver), abilities.calm, abilities.tar_options)
    refused: StreamRefused | None = None
    names = _names(wanted)
    links = _Links(packer, groups)
    with session.stream(script("backup_files"), *arguments, stdin=names, deadline_s=DEADLINE_S) as stream:
        chunks = _Chunks(stream, line)
        reader = TarReader(chunks)
        try:
            for member in reader.members():
                path = b"/" + member.path.encode("utf-8", "surrogateescape")
                if path not in left:
                    raise StreamRefused(f"{member.path!r} came, which was not asked for")
                left.discard(path)
                links.add(path, _entry(member), reader.data())
        except StreamRefused as error:
            refused = error
        completed = stream.finish() if chunks.ended else None
    if refused is not None or completed is None:
        raise BackupFailed(
            f"{session.name}: what came is no whole backup: {refused}.", "Nothing was stored; run again."
        )
    changes = judge_reading(session.name, completed, READERS[abilities.archiver])
    if len(left) > len(changes.vanished) and not changes.incomplete:
        one = shown(min(left), 300)
        raise BackupFailed(
            f"{session.name}: {len(left)} files did not come, and tar does not say why: {one}.", "Run it again."
        )
    changes.vanished = [path.decode("utf-8", "surrogateescape") for path in sorted(left)]
    changes.changed += links.differing
    return changes


def fetch_rest(session: Session, path: bytes, offset: int, line: Line) -> Iterator[bytes]:
    """What is in a file behind its first `offset` bytes. Raises BackupFailed, Unreachable where cut."""
    name = path.decode("utf-8", "surrogateescape")
    with session.stream(script("backup_tail"), name, str(offset + 1), deadline_s=DEADLINE_S) as stream:
        yield from line.counted(stream.chunks())
        completed = stream.finish()
    if completed.rc != 0:
        raise BackupFailed(
            f"{session.name}: the rest of {shown(path, 300)} did not come: {completed.complaint}.", "Run it again."
        )


class _Links:
    """Packs what comes under a further name of a file that is packed already as a hard link to it.

    `differing` are the names under which something else came: it was written to in between, and is to be read again.
    """

    def __init__(self, packer: Packer, groups: Iterable[Sequence[bytes]]) -> None:
        self._packer = packer
        self._group_of = {path: number for number, group in enumerate(groups) for path in group}
        self._first: dict[int, Entry] = {}
        self.differing: list[str] = []

    def add(self, path: bytes, entry: Entry, pieces: Iterable[memoryview]) -> None:
        group = self._group_of.get(path)
        if group is None or entry.kind is not EntryKind.FILE:
            self._packer.add(entry, pieces)
        elif (first := self._first.get(group)) is None:
            self._first[group] = self._packer.add(entry, pieces)
        else:
            hashed = hashlib.sha256()
            for piece in pieces:
                hashed.update(piece)
            if hashed.hexdigest() != first.sha256:
                self.differing.append(entry.live_path)
            self._packer.add(replace(entry, kind=EntryKind.HARD_LINK, size=0, target=first.path))


class _Chunks:
    """A stream's chunks, counted, and whether it has come to its end: only then it may be asked how."""

    def __init__(self, stream: Stream, line: Line) -> None:
        self._stream, self._line, self.ended = stream, line, False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._line.counted(self._stream.chunks())
        self.ended = True


def _names(wanted: Iterable[bytes]) -> Iterator[bytes]:
    batch = bytearray()
    for path in wanted:
        batch += path + b"\0"
        if len(batch) >= 65536:
            yield bytes(batch)
            batch.clear()
    yield bytes(batch)


def judge_reading(name: str, completed: Completed, readers: Sequence[str]) -> Changes:
    """What changed while the `readers` (find, tar, xargs) read.

    Raises BackupFailed where one failed for any other reason, or does not tell its exit status. find and xargs must
    not complain of anything else, whatever they end with.
    """
    changes, statuses, other, trouble = Changes(), dict.fromkeys(readers, -1), "", False
    changes.incomplete = len(completed.stderr) >= MESSAGES_BYTES
    for said in completed.stderr.decode("utf-8", "surrogateescape").splitlines():
        if found := STATUS.fullmatch(said):
            statuses[found.group(1)] = max(statuses.get(found.group(1), -1), int(found.group(2)))
        elif found := CHANGED.fullmatch(said):
            changes.changed.append(found.group("name"))
        elif found := VANISHED.fullmatch(said):
            changes.vanished.append(found.group("name"))
        elif not HARMLESS.match(said) and said.strip():
            other, trouble = said, trouble or bool(TROUBLE.match(said))
    failed = [what for what, number in statuses.items() if number != 0]
    explained = bool(changes.changed or changes.vanished) and not other and not changes.incomplete
    if completed.rc != 0 or -1 in statuses.values() or trouble or (failed and not explained):
        told = ", ".join(f"{what} {number}" for what, number in statuses.items())
        said = printable(other)[:300] or f"{told}, sh {completed.rc}"
        raise BackupFailed(
            f"{name}: reading its files failed: {said}.", "Nothing was stored; see to it, then run again."
        )
    return changes


def _entry(member: Member) -> Entry:
    return Entry(
        path=FILES + member.path,
        kind=member.kind,
        size=member.size,
        mode=member.mode,
        uid=member.uid,
        gid=member.gid,
        mtime_ns=member.mtime_ns,
        target=FILES + member.target if member.kind is EntryKind.HARD_LINK else member.target,
        device=member.device,
        attributes=member.attributes,
    )
