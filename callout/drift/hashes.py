"""Pure: which files are to be read, and what a system tells of their content, as hostile input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

OPENING = re.compile(r"callout-hashes (gzip|plain) (\d{1,3}) (getcap|none)")
SUM = re.compile(rb"[0-9a-f]{64}")
CAPABILITIES = re.compile(rb"[a-z0-9_,=+;]{1,500}")
SINGLE = re.compile(rb"([0-9a-f]{64}|-) ([a-z0-9_,=+]{1,500}|-)")
# sha256sum writes these otherwise (a backslash before the line), or cannot write the line in one piece.
ODD = re.compile(rb"[\\\n\r]")
LONGEST_IN_BATCH = 3800
MAXIMUM_LINE_BYTES = 8192
# What cannot be told, told as such.
UNTOLD = b"?"
NONE = b"-"


class HashesRefused(ValueError):
    """What came is no list of hashes; the message says what is wrong, without control characters."""


@dataclass
class Hashes:
    """SHA-256 (hex) and capabilities by path. A path that has no sum could not be read, or was gone."""

    sums: dict[bytes, bytes] = field(default_factory=dict)
    capabilities: dict[bytes, bytes] = field(default_factory=dict)
    # Whether a path without capabilities has none, or nobody could tell.
    told_capabilities: bool = False

    def of(self, path: bytes) -> tuple[bytes, bytes]:
        """Capabilities and sum of a path, as a record keeps them."""
        return self.capabilities.get(path, NONE if self.told_capabilities else UNTOLD), self.sums.get(path, NONE)


def is_odd(path: bytes) -> bool:
    """Whether a path has to be asked for by itself."""
    return len(path) > LONGEST_IN_BATCH or ODD.search(path) is not None


def read_opening(line: bytes) -> tuple[str, bool]:
    """Packing, and whether capabilities are told. Raises HashesRefused."""
    found = OPENING.fullmatch(line.decode("ascii", "replace"))
    if not found:
        raise HashesRefused("its first line is not understood")
    return found[1], found[3] == "getcap"


def read_batches(pieces: Iterable[bytes], wanted: Iterable[bytes], told_capabilities: bool) -> Hashes:
    """What batches of `wanted` say. Raises HashesRefused for a path that was not asked for, or told twice."""
    hashes, left = Hashes(told_capabilities=told_capabilities), set(wanted)
    asked, sums, is_sum = frozenset(left), hashes.sums, SUM.fullmatch
    for line in _lines(pieces):
        one, path = line[:64], line[66:]
        if path in left and line[64:66] == b"  " and is_sum(one):
            left.discard(path)
            sums[path] = one
        elif line.startswith(b"getcap "):
            capable, found = _capable(line[7:], asked)
            hashes.capabilities[capable] = found
        else:
            raise HashesRefused(f"a line is not understood: {line[:200]!r}")
    return hashes


def read_singles(pieces: Iterable[bytes], wanted: Sequence[bytes], told_capabilities: bool) -> Hashes:
    """What single ones say, in the order of `wanted`. Raises HashesRefused unless there is a line for each."""
    hashes = Hashes(told_capabilities=told_capabilities)
    lines = list(_lines(pieces, len(wanted)))
    if len(lines) != len(wanted):
        raise HashesRefused(f"it has {len(lines)} lines for {len(wanted)} files")
    for path, line in zip(wanted, lines, strict=True):
        found = SINGLE.fullmatch(line)
        if not found:
            raise HashesRefused(f"a line is not understood: {line[:200]!r}")
        if found[1] != NONE:
            hashes.sums[path] = found[1]
        if found[2] != NONE:
            hashes.capabilities[path] = _plain(found[2])
    return hashes


def _capable(line: bytes, asked: frozenset[bytes]) -> tuple[bytes, bytes]:
    """Old ones print `path = capabilities`, new ones `path capabilities`; there may be several clauses."""
    place = line.rfind(b" ")
    while place > 0:
        for path in (line[:place], line[:place].removesuffix(b" =")):
            if path in asked:
                told = line[len(path) :].removeprefix(b" =").strip(b" ").replace(b" ", b";")
                if not CAPABILITIES.fullmatch(told):
                    break
                return path, _plain(told)
        place = line.rfind(b" ", 0, place)
    raise HashesRefused(f"a line of getcap is not understood: {line[:200]!r}")


def _plain(told: bytes) -> bytes:
    """Old ones write `cap_net_raw+ep` for what new ones write `cap_net_raw=ep`."""
    return told.replace(b"+", b"=")


def _lines(pieces: Iterable[bytes], most: int | None = None) -> Iterator[bytes]:
    pending, count = b"", 0
    for piece in pieces:
        *whole, pending = (pending + piece).split(b"\n")
        count += len(whole)
        if len(pending) > MAXIMUM_LINE_BYTES or (most is not None and count > most):
            raise HashesRefused("it is longer than what was asked for")
        yield from whole
    if pending:
        raise HashesRefused("it ends in the middle of a line")
