"""Pure: two texts → the unified diff between them, in the one form that `text_diff` reads."""

from __future__ import annotations

import difflib

from callout.patches.text_diff import NO_NEWLINE, DiffError, apply_hunks, lines_of, read_diff

CONTEXT_LINES = 3
# difflib compares each line with each of its like: a bound keeps that from taking minutes.
MAXIMUM_LINES = 50_000


def diff_between(old: bytes, new: bytes, name: str = "file") -> bytes:
    """The unified diff that leads from `old` to `new`, and to nothing else; it was tried.

    Equal texts give equal bytes. `name` is printable. Raises DiffError for what is no text, too long, or the same.
    """
    if old == new:
        raise DiffError("the two are the same")
    if b"\0" in old or b"\0" in new:
        raise DiffError("it has a zero byte: it is no text")
    before, after = lines_of(old), lines_of(new)
    if max(len(before), len(after)) > MAXIMUM_LINES:
        raise DiffError(f"it has over {MAXIMUM_LINES} lines")
    pieces = [f"--- before/{name}\n+++ after/{name}\n".encode()]
    matcher = difflib.SequenceMatcher(None, before, after)
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        (_, old_at, _, new_at, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        pieces.append(f"@@ -{_range(old_at, old_end)} +{_range(new_at, new_end)} @@\n".encode())
        for word, first, last, other_first, other_last in group:
            if word == "equal":
                pieces += [_line(b" ", line) for line in before[first:last]]
            else:
                pieces += [_line(b"-", line) for line in before[first:last]]
                pieces += [_line(b"+", line) for line in after[other_first:other_last]]
    diff = b"".join(pieces)
    if apply_hunks(old, read_diff(diff)) != new:
        raise DiffError("its diff does not lead back to it")
    return diff


def _range(at: int, end: int) -> str:
    """As `diff -u` writes it: without lines the line before, one line without a count."""
    count = end - at
    if count == 1:
        return str(at + 1)
    return f"{at + 1 if count else at},{count}"


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + NO_NEWLINE
