"""Pure: which files a look has to read, by what they were like before; and the records that come of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from callout.drift.hashes import NONE, Hashes
from callout.drift.look import record_of

# So many programs may lie among data and be told one by one. Where there are more, an x bit means nothing there.
MOST_SIFTED = 1000
_RIGHTS, _RUNS = 0o6000, 0o111
# Of files that look as they did before, so many are read again: size and times can be set.
SAMPLE = 150


def without_many_programs(
    listed: list[tuple[bytes, bytes]], sifted: Sequence[str], most: int = MOST_SIFTED
) -> tuple[list[tuple[bytes, bytes]], int]:
    """What was listed, without plain programs in sifted folders where they are more than `most`; and how many they
    were then, else 0. What runs with somebody else's rights, and devices, stay however many they are."""
    inside = tuple(folder.rstrip("/").encode("utf-8", "surrogateescape") + b"/" for folder in sifted)
    plain = {path for path, told in listed if path.startswith(inside) and _is_plain_program(told)}
    if len(plain) <= most:
        return listed, 0
    return [entry for entry in listed if entry[0] not in plain], len(plain)


def _is_plain_program(told: bytes) -> bool:
    kind, _, mode = told.split(b" ", 3)[:3]
    return kind == b"f" and bool(int(mode, 8) & _RUNS) and not int(mode, 8) & _RIGHTS


@dataclass
class Reading:
    """What was listed, sorted by path; `records` are None where the file has yet to be read.

    `sampled` are paths that look as before, with the sum that they had then; `gone` was there when all was listed, and
    was not any more when it was read.
    """

    paths: list[bytes]
    told: list[bytes]
    records: list[bytes | None]
    sampled: dict[bytes, bytes] = field(default_factory=dict)
    gone: set[bytes] = field(default_factory=set)

    def wanted(self) -> list[bytes]:
        """The paths that are to be read, in order."""
        return [path for path, record in zip(self.paths, self.records, strict=True) if record is None]


def plan_reading(
    listed: list[tuple[bytes, bytes]],
    previous: Iterator[tuple[bytes, bytes]],
    skipped: re.Pattern[bytes],
    *,
    full: bool,
    seed: int,
) -> Reading:
    """What is listed now (sorted by path) beside the records of before.

    A regular file that is in anything but its name and sum another one is read; so is each, if `full`; but those that
    are `skipped`.
    """
    paths, told = [path for path, _ in listed], [facts for _, facts in listed]
    listed.clear()
    records: list[bytes | None] = []
    old = next(previous, None)
    places: list[int] = []
    for place, (path, facts) in enumerate(zip(paths, told, strict=True)):
        while old is not None and old[0] < path:
            old = next(previous, None)
        if not facts.startswith(b"f "):
            records.append(record_of(facts, NONE, NONE))
        elif not full and old is not None and old[0] == path and _same(old[1], facts) and not old[1].endswith(b" -"):
            records.append(old[1])
            places.append(place)
        else:
            records.append(record_of(facts, NONE, NONE) if skipped.match(path) else None)
    reading = Reading(paths, told, records)
    draw = random.Random(seed)  # noqa: S311  # the seed cannot be foreseen, and can be told again
    for place in draw.sample(places, min(SAMPLE, len(places))):
        record = records[place]
        assert record is not None
        reading.sampled[paths[place]] = record[-64:]
        records[place] = None
    return reading


def _same(record: bytes, facts: bytes) -> bool:
    return record.startswith(facts) and record.rsplit(b" ", 2)[0] == facts


def records_of(reading: Reading, hashes: Hashes) -> Iterator[tuple[bytes, bytes]]:
    """Path and record of each file, in order, with what was read of it."""
    for path, told, record in zip(reading.paths, reading.told, reading.records, strict=True):
        if path not in reading.gone:
            yield path, record_of(told, *hashes.of(path)) if record is None else record


def changed_beneath(reading: Reading, hashes: Hashes) -> list[bytes]:
    """Files of the sample whose content is another, though size, times and inode are what they were."""
    return [path for path, before in reading.sampled.items() if hashes.sums.get(path, before) != before]


def unread(wanted: Sequence[bytes], hashes: Hashes) -> list[bytes]:
    """Those of the wanted files that were not read."""
    return [path for path in wanted if path not in hashes.sums]
