"""Pure: the bytes that the look at a system's tools printed → its records. Nothing that a name holds forges one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Each record is its word and so many fields, each ended by a zero byte, which no name on a system can hold.
FIELDS: Mapping[str, int] = {
    "tool": 1,
    "tar": 1,
    "tar-option": 1,
    "find": 1,
    "calm": 1,
    "path": 3,
    "mounts": 0,
    "kernel": 1,
    "dump": 1,
    "dump-option": 1,
    "sqlite": 1,
    "end": 0,
}
MAXIMUM_PATH_BYTES = 4096
# How the kernel writes spaces, tabs, newlines, backslashes and # in /proc/mounts.
ESCAPED = re.compile(rb"\\([0-3][0-7][0-7])")


class AnswerRefused(ValueError):
    """What came is no whole answer; the message says what is wrong, without control characters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records in order: a word, and its fields. What is not UTF-8 stands as lone surrogates."""

    records: Sequence[Sequence[str]]

    def values(self, word: str) -> set[str]:
        """The first fields of all records of that word."""
        return {record[1] for record in self.records if record[0] == word}

    def places(self, word: str, count: int) -> dict[int, Sequence[str]]:
        """Records of that word by their first field, a place among `count`. Raises AnswerRefused for another one."""
        found: dict[int, Sequence[str]] = {}
        for record in self.records:
            if record[0] == word:
                place = int(record[1]) if re.fullmatch("[0-9]{1,6}", record[1]) else count
                if place >= count or place in found:
                    raise AnswerRefused(f"it tells of a {word} that was not asked for")
                found[place] = record[2:]
        return found

    def kernel_mounts(self) -> list[str]:
        """Mount points of kernel file systems. Raises AnswerRefused where they are not told, or one is no path."""
        if ["mounts"] not in [list(record) for record in self.records]:
            raise AnswerRefused("it does not tell what is mounted (/proc/mounts)")
        return sorted({_mount_point(point) for point in self.values("kernel")} - {"/"})


def read_answer(said: bytes) -> Answer:
    """The records of an answer. Raises AnswerRefused for one that is cut, or holds what is no record."""
    *fields, rest = said.decode("utf-8", "surrogateescape").split("\0")
    records: list[list[str]] = []
    place = 0
    while place < len(fields):
        count = FIELDS.get(fields[place])
        if count is None or place + count >= len(fields):
            raise AnswerRefused("it holds what is no record")
        records.append(fields[place : place + count + 1])
        place += count + 1
    if rest or not records or records[-1] != ["end"]:
        raise AnswerRefused("it has no end")
    return Answer(records)


def _mount_point(told: str) -> str:
    raw = told.encode("utf-8", "surrogateescape")
    point = ESCAPED.sub(lambda found: bytes([int(found.group(1), 8)]), raw)
    if not point.startswith(b"/") or b"\0" in point or len(point) > MAXIMUM_PATH_BYTES or b"/../" in point + b"/":
        raise AnswerRefused("a mount point is no path")
    return point.decode("utf-8", "surrogateescape")
