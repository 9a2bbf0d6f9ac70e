"""Asks a system the questions of one look: each script once, its answer bounded, and what was cut off told as such."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import TypeVar

from access_check.escaping import shown
from callout.drift import entries, frames, hashes
from callout.drift.find_words import Listing, holds
from callout.drift.look import Section
from callout.drift.sections import SectionsRefused, Told, read_sections
from callout.errors import Unreachable
from callout.programs import Completed
from callout.shell import Session, script

FACTS_DEADLINE_S = 300.0
DATABASE_DEADLINE_S = 900.0
LISTING_DEADLINE_S = 3600.0
HASHING_DEADLINE_S = 6 * 3600.0
CHECK_DEADLINE_S = 1800.0
# A large file is hashed in silence.
HASHING_SILENCE_S = 1800.0
PIECE_BYTES = 256 * 1024
STATUS = re.compile(r"callout-status (find|xargs|hashes) (\d{1,12})")
# What find says of a file that was gone when it came to it. All else is a failure.
VANISHED = re.compile(r"(?:[^:]*/)?find: .+: No such file or directory")
HARMLESS = re.compile(r"(?:[^:]*/)?find: warning: ")
MESSAGES_BYTES = 64 * 1024
REFUSED = (entries.ListingRefused, hashes.HashesRefused, frames.FramesRefused, zlib.error)
Found = TypeVar("Found")


class NotWhole(Exception):
    """What came of one question is not whole: `why`, as half a sentence. Whatever it was about is unknown."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask_sections(
    session: Session, name: str, arguments: Sequence[str], wanted: Collection[Section], stdin: bytes = b""
) -> tuple[Told, str]:
    """What a script tells section by section; and why no more of it came, empty where all did."""
    deadline_s = FACTS_DEADLINE_S if name == "drift_facts" else DATABASE_DEADLINE_S
    told = Told()
    try:
        text = script("drift_common") + script(name) if name == "drift_facts" else script(name)
        with session.stream(text, *arguments, stdin=stdin, deadline_s=deadline_s) as stream:
            read_sections(stream.chunks(), wanted, told)
            completed = stream.finish()
    except SectionsRefused as error:
        return Told(), f"the answer is not understood: {error}"
    except Unreachable as error:
        return told, f"the line was cut: {error}"
    return told, "" if told.ended else f"the script ended early: {shown(completed.complaint)}"


def ask_files(session: Session, calm: str, listing: Listing) -> tuple[list[tuple[bytes, bytes]], int]:
    """All files, sorted by path, with what is told of each; and the system's second when it began. Raises NotWhole."""
    inside = None if "/" in listing.roots else holds(listing.roots)

    def read(first: bytes, pieces: Iterator[bytes]) -> tuple[list[tuple[bytes, bytes]], int]:
        way, packing, clock_s = entries.read_opening(first)
        found: list[tuple[bytes, bytes]] = []
        for entry in entries.read_told(_unpacked(pieces, packing, entries.MAXIMUM_LISTING_BYTES), way):
            if inside is not None and not inside.fullmatch(entry[0]):
                raise entries.ListingRefused(f"it names {shown(entry[0])}, which was not asked for")
            found.append(entry)
        found.sort()
        if any(one[0] == other[0] for one, other in pairwise(found)):
            raise entries.ListingRefused("it names one file twice")
        return found, clock_s

    found, completed = _asked(session, "drift_files", (calm, *listing.arguments()), b"", LISTING_DEADLINE_S, read)
    _require_well(completed, "find")
    return found


def ask_hashes(session: Session, calm: str, wanted: Sequence[bytes], *, packed: bool) -> hashes.Hashes:
    """Sums and capabilities of files; their paths go there `packed`, where the system can unpack. Raises NotWhole."""
    odd = [path for path in wanted if hashes.is_odd(path)]
    alone = frozenset(odd)
    plain = [path for path in wanted if path not in alone] if odd else wanted
    all_of_them = hashes.Hashes()
    for how, paths in (("batches", plain), ("single", odd)):
        if not paths:
            continue

        def read(
            first: bytes, pieces: Iterator[bytes], how: str = how, paths: Sequence[bytes] = paths
        ) -> hashes.Hashes:
            packing, told_capabilities = hashes.read_opening(first)
            rest = _unpacked(pieces, packing, len(paths) * (hashes.MAXIMUM_LINE_BYTES + 512))
            if how == "single":
                return hashes.read_singles(rest, paths, told_capabilities)
            return hashes.read_batches(rest, paths, told_capabilities)

        arguments = (calm, "gzip" if packed else "plain", how)
        names = _packed(paths) if packed else _plain(paths)
        found, completed = _asked(session, "drift_hashes", arguments, names, HASHING_DEADLINE_S, read)
        # 123: some of them could not be read; they have no sum.
        _require_well(completed, "hashes", fine=("0", "123"))
        all_of_them.sums.update(found.sums)
        all_of_them.capabilities.update(found.capabilities)
        all_of_them.told_capabilities = found.told_capabilities
    return all_of_them


def ask_again(
    session: Session,
    calm: str,
    items: Sequence[bytes],
    nonce: str,
    most_bytes: int,
    programs: Sequence[str] = frames.PROGRAMS,
) -> tuple[frames.Answer, str]:
    """What the second look tells of `items` (a letter and a path each) and of the files of `programs`, and by which
    other hasher. Raises NotWhole."""

    def read(first: bytes, pieces: Iterator[bytes]) -> tuple[frames.Answer, str]:
        packing, other = frames.read_opening(first)
        rest = _unpacked(pieces, packing, frames.LONGEST_CHECK_BYTES)
        return frames.read_answer(rest, nonce.encode(), [item[1:] for item in items]), other

    arguments = (calm, nonce, str(most_bytes), *programs)
    names = b"".join(item + b"\0" for item in items)
    found, _ = _asked(session, "drift_check", arguments, names, CHECK_DEADLINE_S, read)
    return found


def _asked(
    session: Session,
    name: str,
    arguments: Sequence[str],
    stdin: bytes | Iterable[bytes],
    deadline_s: float,
    read: Callable[[bytes, Iterator[bytes]], Found],
) -> tuple[Found, Completed]:
    """What `read` makes of the first line and of what follows it, once the script has ended. Raises NotWhole."""
    try:
        with session.stream(
            script(name), *arguments, stdin=stdin, deadline_s=deadline_s, silence_s=HASHING_SILENCE_S
        ) as stream:
            chunks = stream.chunks()
            first, rest = _first_line(chunks)
            found = read(first, chain([rest], chunks))
            # A parser that has its end may stop: what goes on behind it is nothing that was asked for.
            if next(chunks, None) is not None:
                raise entries.ListingRefused("it goes on behind its end")
            return found, stream.finish()
    except REFUSED as error:
        raise NotWhole(f"the answer is not understood: {error}") from None
    except Unreachable as error:
        raise NotWhole(f"the line was cut: {error}") from None


def _first_line(chunks: Iterator[bytes]) -> tuple[bytes, bytes]:
    first = b""
    while b"\n" not in first and len(first) < 256 and (piece := next(chunks, b"")):
        first += piece
    line, _, rest = first.partition(b"\n")
    return line, rest


def _unpacked(pieces: Iterator[bytes], packing: str, limit_bytes: int) -> Iterator[bytes]:
    """The pieces, unpacked a piece at a time, and bounded: what is packed may become a thousand times as long."""
    left = limit_bytes
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for packed in pieces:
        if packing != "gzip":
            left -= len(packed)
            if left < 0:
                raise entries.ListingRefused(f"it is longer than {limit_bytes} bytes")
            yield packed
            continue
        while packed:
            piece = unpacker.decompress(packed, PIECE_BYTES)
            left -= len(piece)
            if left < 0:
                raise entries.ListingRefused(f"it is longer than {limit_bytes} bytes")
            yield piece
            if unpacker.eof and unpacker.unused_data:
                raise entries.ListingRefused("it goes on behind its end")
            packed = unpacker.unconsumed_tail
    if packing == "gzip" and not unpacker.eof:
        raise entries.ListingRefused("it ends in the middle")


def _plain(paths: Sequence[bytes]) -> Iterator[bytes]:
    for place in range(0, len(paths), 1024):
        yield b"\0".join(paths[place : place + 1024]) + b"\0"


def _packed(paths: Sequence[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    for names in _plain(paths):
        if piece := packer.compress(names):
            yield piece
    yield packer.flush()


def _require_well(completed: Completed, reader: str, fine: Collection[str] = ("0",)) -> None:
    """Raises NotWhole unless the reader (and xargs) ended well; find may have met files that were gone meanwhile."""
    statuses: dict[str, str] = {}
    vanished, other = 0, ""
    for said in completed.stderr.decode("utf-8", "surrogateescape").splitlines():
        if found := STATUS.fullmatch(said):
            statuses[found[1]] = found[2]
        elif VANISHED.fullmatch(said):
            vanished += 1
        elif not HARMLESS.match(said) and said.strip():
            other = other or said
    status = statuses.get(reader, "none")
    explained = reader == "find" and vanished > 0 and status == "1"
    if completed.rc != 0 or other or not (status in fine or explained) or statuses.get("xargs", "0") != "0":
        raise NotWhole(f"it did not end well: {shown(other) or f'{reader} {status}, sh {completed.rc}'}")
    if len(completed.stderr) >= MESSAGES_BYTES:
        raise NotWhole("more was said of trouble than can be read")
