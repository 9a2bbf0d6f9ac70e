"""Pure: a file that somebody modified, beside what was expected there, as text for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from access_check.escaping import shown
from callout.patches.diff_text import diff_between
from callout.patches.text_diff import DiffError, apply_hunks, read_diff

MAXIMUM_SHOWN_LINES = 200
MAXIMUM_SHOWN_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Modified:
    """One file that is not as any `before` of the bundle says.

    `found` is what is there now, None where it was not fetched; `expected` is a content that the bundle takes, None
    where none is known here. `diff` is the bundle's own where it has one. `why_not` says why the file is not shown,
    empty where it is.
    """

    path: str
    found: bytes | None = None
    expected: bytes | None = None
    diff: bytes | None = None
    why_not: str = ""


def modified_text(one: Modified, redacted: Callable[[str], str] = lambda line: line) -> str:
    """The difference as a unified diff, from what was expected to what is there, each line through `redacted`.

    Where it cannot be shown one sentence says why. Ends with a line's end; has no control characters.
    """
    if one.why_not:
        return f"{one.path} was modified: {one.why_not}.\n"
    if one.found is None or one.expected is None:
        return f"{one.path} was modified; what it was before is not kept here{_by_diff(one)}.\n"
    try:
        diff = diff_between(one.expected, one.found, one.path.lstrip("/"))
    except DiffError as error:
        return f"{one.path} was modified: not shown, {error}.\n"
    # Between words of ours, `shown` would end a line at its limit and mark it.
    lines = [redacted(shown(line, MAXIMUM_SHOWN_COLUMNS)) for line in diff.decode("utf-8", "replace").split("\n")[:-1]]
    more = len(lines) - MAXIMUM_SHOWN_LINES
    told = [*lines[:MAXIMUM_SHOWN_LINES], *([f"… {more} lines more"] if more > 0 else [])]
    return "".join(f"{line}\n" for line in [f"{one.path} was modified:", *told])


def _by_diff(one: Modified) -> str:
    """What the bundle's own diff tells of a file that there is nothing else to compare with."""
    if one.diff is None or one.found is None:
        return ""
    try:
        apply_hunks(one.found, read_diff(one.diff))
    except DiffError as error:
        return f"; the bundle's diff: {error}"
    return "; the bundle's diff would fit it: all was changed elsewhere in the file"
