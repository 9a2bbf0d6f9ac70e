"""Pure: the map of a sparse file, as GNU tar 1.0 writes it before the data; hostile until it fits."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

# Twenty bytes a region: an image file with so many holes is met nowhere; more is a flood.
MAXIMUM_REGIONS = 500_000
MAXIMUM_DIGITS = 18
BLOCK = 512
KEYS = frozenset({"GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.name", "GNU.sparse.realsize"})


class MapRefused(ValueError):
    """What came is no map of a sparse file."""


@dataclass(frozen=True, slots=True)
class SparseMap:
    """`regions` holds offset and length in turn: rising, apart, within `size`. `map_bytes`: of the map itself."""

    size: int
    map_bytes: int
    regions: array[int]

    @property
    def data_bytes(self) -> int:
        """How much of the file is data."""
        return sum(self.regions[1::2])

    def spans(self) -> Iterator[tuple[bool, int]]:
        """The whole file in order: (is data, so many bytes), none of them empty."""
        at = 0
        for place in range(0, len(self.regions), 2):
            offset, length = self.regions[place], self.regions[place + 1]
            if offset > at:
                yield False, offset - at
            if length:
                yield True, length
            at = offset + length
        if self.size > at:
            yield False, self.size - at


def is_sparse(extension: Mapping[str, str]) -> bool:
    """True where a member's records say that it is sparse. Raises MapRefused for any other format than 1.0."""
    told = {key for key in extension if key.startswith("GNU.sparse")}
    if not told:
        return False
    if not KEYS >= told >= KEYS - {"GNU.sparse.name"} or (
        extension["GNU.sparse.major"],
        extension["GNU.sparse.minor"],
    ) != ("1", "0"):
        raise MapRefused("it is sparse in a format that is not understood")
    return True


def read_map(size: int, stored_bytes: int, block: Callable[[], bytes]) -> SparseMap:
    """The map of a file of `size` bytes, of which the stream holds `stored_bytes` with the map.

    `block` gives the next 512 bytes of the member's data. Raises MapRefused.
    """
    numbers = _Numbers(block, stored_bytes)
    count = numbers.next()
    if count > MAXIMUM_REGIONS:
        raise MapRefused(f"its map names {count} regions")
    regions = array("Q")
    at = 0
    for _ in range(count):
        offset, length = numbers.next(), numbers.next()
        if offset < at or offset + length > size:
            raise MapRefused("its map names regions that overlap or lie outside")
        at = offset + length
        regions.extend((offset, length))
    found = SparseMap(size, numbers.read_bytes, regions)
    if found.map_bytes + found.data_bytes != stored_bytes:
        raise MapRefused("its map and its data differ in size")
    return found


class _Numbers:
    """Decimal numbers, each ended by a newline, out of whole blocks."""

    def __init__(self, block: Callable[[], bytes], stored_bytes: int) -> None:
        self._block, self._stored_bytes = block, stored_bytes
        self._pending = b""
        self.read_bytes = 0

    def next(self) -> int:
        while b"\n" not in self._pending:
            if len(self._pending) > MAXIMUM_DIGITS or self.read_bytes + BLOCK > self._stored_bytes:
                raise MapRefused("its map has no end")
            self._pending += self._block()
            self.read_bytes += BLOCK
        digits, _, self._pending = self._pending.partition(b"\n")
        if not digits.isdigit() or len(digits) > MAXIMUM_DIGITS:
            raise MapRefused("its map holds what is no number")
        return int(digits)
