"""Unified diffs of text, read and applied strictly: to exactly the bytes they were made from, or not at all. Pure.

No fuzz, no offset, no guess: every line that a hunk names, context included, is there byte for byte at the line
that its header names, in the old text and in the new. Lines end with a line feed only, so CRLF is kept as it is.
What is no text (a zero byte) has no diff. The names after `---` and `+++` say nothing: which file is changed
stands in the manifest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAXIMUM_DIFF_BYTES = 1024 * 1024
MAXIMUM_TEXT_BYTES = 8 * 1024 * 1024
NO_NEWLINE = b"\\ No newline at end of file\n"
_HEADER = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: [^\n]*)?\n")


class DiffError(ValueError):
    """One sentence, without a full stop: why this is no strict unified diff, or why it does not fit a text."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place: `old` lines, from index `old_at` (from 0) of the old text on, become `new`, at `new_at` of the new.

    Each line has its line feed, but the last of a text that ends without one. `number` counts from 1.
    """

    number: int
    old_at: int
    new_at: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


def read_diff(raw: bytes) -> tuple[Hunk, ...]:
    """The hunks of the diff of one file, in order. Raises DiffError, naming the line, for anything not strict."""
    if len(raw) > MAXIMUM_DIFF_BYTES:
        raise DiffError(f"it is over {MAXIMUM_DIFF_BYTES // 1024} KiB")
    if b"\0" in raw:
        raise DiffError("it has a zero byte: it is no text")
    lines = lines_of(raw)
    if len(lines) < 3 or not lines[0].startswith(b"--- ") or not lines[1].startswith(b"+++ "):
        raise DiffError("it does not begin with a line '--- NAME' and a line '+++ NAME'")
    if not lines[-1].endswith(b"\n"):
        raise DiffError("its last line is cut short")
    hunks: list[Hunk] = []
    place = 2
    while place < len(lines):
        hunk, place = _hunk(lines, place, len(hunks) + 1)
        if hunks:
            _follows(hunks[-1], hunk)
        hunks.append(hunk)
    return tuple(hunks)


def apply_hunks(original: bytes, hunks: tuple[Hunk, ...]) -> bytes:
    """The new text. Raises DiffError, naming hunk and line, unless every line is where its hunk says."""
    if len(original) > MAXIMUM_TEXT_BYTES:
        raise DiffError(f"the original is over {MAXIMUM_TEXT_BYTES // 1024**2} MiB")
    if b"\0" in original:
        raise DiffError("the original has a zero byte: it is no text")
    old = lines_of(original)
    new: list[bytes] = []
    done = 0
    for hunk in hunks:
        end = hunk.old_at + len(hunk.old)
        if end > len(old):
            raise DiffError(f"hunk {hunk.number} goes to line {end}, the original has {len(old)}")
        for number, (expected, found) in enumerate(zip(hunk.old, old[hunk.old_at : end], strict=True), hunk.old_at + 1):
            if expected != found:
                raise DiffError(f"hunk {hunk.number} does not fit: line {number} of the original is another one")
        new += old[done : hunk.old_at]
        if len(new) != hunk.new_at:
            raise DiffError(f"hunk {hunk.number} would begin at line {len(new) + 1} of the new text, not where it says")
        new += hunk.new
        done = end
    new += old[done:]
    if any(not line.endswith(b"\n") for line in new[:-1]):
        raise DiffError("a line without a line feed would not be the last one")
    result = b"".join(new)
    if len(result) > MAXIMUM_TEXT_BYTES:
        raise DiffError(f"the result is over {MAXIMUM_TEXT_BYTES // 1024**2} MiB")
    return result


def lines_of(text: bytes) -> list[bytes]:
    """The lines, each with its line feed; the last one may have none. Nothing but a line feed ends a line."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunk(lines: list[bytes], place: int, number: int) -> tuple[Hunk, int]:
    match = _HEADER.fullmatch(lines[place])
    if match is None:
        raise DiffError(f"line {place + 1} of it is not the beginning of a hunk")
    counts = [1 if size is None else int(size) for size in (match[2], match[4])]
    starts = [int(match[1]), int(match[3])]
    sides: tuple[list[bytes], list[bytes]] = ([], [])
    changes = False
    place += 1
    while (len(sides[0]), len(sides[1])) != (counts[0], counts[1]):
        if place >= len(lines):
            raise DiffError(f"hunk {number} has fewer lines than it says")
        sign, line = lines[place][:1], lines[place][1:]
        if sign not in (b" ", b"-", b"+"):
            raise DiffError(f"line {place + 1} of it begins neither with a space, nor with - or +")
        place += 1
        if place < len(lines) and lines[place].startswith(b"\\"):
            if lines[place] != NO_NEWLINE:
                raise DiffError(f"line {place + 1} of it is not '{NO_NEWLINE[:-1].decode()}'")
            line, place = line[:-1], place + 1
        for side, ours in zip(sides, (b" -", b" +"), strict=True):
            if sign in ours:
                side.append(line)
        changes |= sign != b" "
        if len(sides[0]) > counts[0] or len(sides[1]) > counts[1]:
            raise DiffError(f"hunk {number} has other lines than it says, at line {place} of it")
    if not changes:
        raise DiffError(f"hunk {number} changes nothing")
    ats = []
    for start, count in zip(starts, counts, strict=True):
        # Without lines the header names the line before the place, else the first line.
        if start == 0 and count:
            raise DiffError(f"hunk {number} begins at line 0")
        ats.append(start - 1 if count else start)
    return Hunk(number, ats[0], ats[1], tuple(sides[0]), tuple(sides[1])), place


def _follows(earlier: Hunk, later: Hunk) -> None:
    end = earlier.old_at + len(earlier.old)
    if later.old_at < end or (later.old_at == end and not (earlier.old and later.old)):
        raise DiffError(f"hunk {later.number} does not come after hunk {earlier.number}")
