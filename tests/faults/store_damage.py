"""Ways to damage a Borg store, by name: bits, cuts, losses and swaps in each kind of file that it has."""

from __future__ import annotations

import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

MAGIC_BYTES = 8
HEADER = struct.Struct("<IIB")
KEY_BYTES, PUT, DELETE = 32, 0, 1
# A segment may end with a commit, of which there is a second one in the next segment.
COMMIT_BYTES = 20

Damage = Callable[[Path, random.Random], Path]


def segments(store: Path) -> list[Path]:
    """The segments that hold an object which counts, in order: the last one of its id, and not deleted since.

    What else is lost was superseded: that is no damage.
    """
    found = sorted(store.glob("data/*/*"), key=lambda path: int(path.name))
    holders: dict[bytes, Path] = {}
    for path in found:
        content = path.read_bytes()
        for place, size in entries(content):
            tag, key = content[place + 8], content[place + HEADER.size : place + HEADER.size + KEY_BYTES]
            if tag == PUT and size > HEADER.size + KEY_BYTES:
                holders[key] = path
            elif tag == DELETE:
                holders.pop(key, None)
    return [path for path in found if path in holders.values()]


def own_copy(path: Path) -> None:
    """The trial's store is made of hard links: a file that is to be changed is unlinked from the good store first."""
    copy = path.with_name(f".{path.name}.own")
    shutil.copy2(path, copy)
    copy.replace(path)


def flip(path: Path, chance: random.Random, margin: int = 0) -> Path:
    """One bit, at least `margin` bytes from the end."""
    own_copy(path)
    with path.open("r+b") as stream:
        place = chance.randrange(max(1, path.stat().st_size - margin))
        stream.seek(place)
        (old,) = stream.read(1)
        stream.seek(place)
        stream.write(bytes([old ^ (1 << chance.randrange(8))]))
    return path


def cut(path: Path, chance: random.Random) -> Path:
    """Its end is gone, up to all of it, and at least a commit's length."""
    own_copy(path)
    os.truncate(path, chance.randrange(max(1, path.stat().st_size - COMMIT_BYTES)))
    return path


def lose(path: Path, chance: random.Random) -> Path:
    """The file is gone."""
    path.unlink()
    return path


def swap_files(first: Path, second: Path) -> Path:
    """Two files under each other's name."""
    aside = first.with_name("aside")
    first.rename(aside)
    second.rename(first)
    aside.rename(second)
    return first


def entries(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each entry of a segment stands: offset and size with its header."""
    place = MAGIC_BYTES
    while place + HEADER.size <= len(content):
        _, size, _ = HEADER.unpack_from(content, place)
        yield place, size
        place += size


def objects(content: bytes) -> list[tuple[int, int]]:
    """Those of `entries` that are objects."""
    return [(place, size) for place, size in entries(content) if content[place + 8] == PUT]


def swap_objects(store: Path, chance: random.Random) -> Path:
    """Two objects under each other's id, with checksums that are right: only Borg's keyed ids can tell.

    The index is taken away besides, so that it cannot tell either: Borg makes it anew from the segments.
    """
    rich = [path for path in segments(store) if len(objects(path.read_bytes())) > 1]
    path = chance.choice(rich)
    content = bytearray(path.read_bytes())
    pair = chance.sample(objects(bytes(content)), 2)
    keys = [bytes(content[place + HEADER.size : place + HEADER.size + KEY_BYTES]) for place, _ in pair]
    for (place, size), key in zip(pair, reversed(keys), strict=True):
        content[place + HEADER.size : place + HEADER.size + KEY_BYTES] = key
        content[place : place + 4] = struct.pack("<I", zlib.crc32(bytes(content[place + 4 : place + size])))
    path.unlink()
    path.write_bytes(bytes(content))
    for kind in ("index", "hints", "integrity"):
        for one in store.glob(f"{kind}.*"):
            one.unlink()
    return path


def swap_segments(store: Path, chance: random.Random) -> Path:
    """Two segments under each other's number."""
    first, second = chance.sample(segments(store), 2)
    return swap_files(first, second)


def in_segment(damage: Damage) -> Damage:
    """Hits a segment with objects; large ones hold most, so they are hit as often as small ones."""
    return lambda store, chance: damage(chance.choice(segments(store)), chance)


def in_file(kind: str, damage: Damage) -> Damage:
    """Hits the store's file of that kind (`index` is called index.9, or so)."""
    return lambda store, chance: damage(
        next(path for path in sorted(store.iterdir()) if path.name.partition(".")[0] == kind), chance
    )


# Of these each one is found by `data`, and by `structure` where True stands.
FOUND: dict[str, tuple[Damage, bool]] = {
    "segment flipped": (in_segment(lambda path, chance: flip(path, chance, COMMIT_BYTES)), True),
    "segment cut": (in_segment(cut), True),
    "segment lost": (in_segment(lose), True),
    "segments swapped": (swap_segments, True),
    "objects swapped": (swap_objects, False),
}
# These hold no data: Borg makes them anew, or does not need them. Found, or what is read back is the same to the byte.
MENDED: dict[str, Damage] = {
    f"{kind} {word}": in_file(kind, damage)
    for kind in ("index", "hints", "integrity", "nonce", "README", "config")
    for word, damage in (("flipped", flip), ("cut", cut), ("lost", lose))
}
