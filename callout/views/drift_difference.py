"""Pure: two texts side by side as rows for people: bounded, escaped, and with what differs within a line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from access_check.escaping import shown
from callout.drift.report_texts import TextPair

MOST_ROWS = 300
MOST_LINES = 20_000
# difflib takes the square of the lines in the worst case, and its cube when asked nicely.
MOST_ALIGNED = 1500
CONTEXT = 3
LONGEST_LINE = 300
_NO_END = "\\ no line end"


@dataclass(frozen=True, slots=True)
class Half:
    """One line of one side, fit to show: `number` from 1; `middle` is what the other side has otherwise."""

    number: int
    head: str
    middle: str = ""
    tail: str = ""

    @property
    def text(self) -> str:
        """The whole line."""
        return self.head + self.middle + self.tail


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `kind` is same, changed, added, removed or gap; `skipped` lines of a gap are the same on both sides."""

    kind: str
    left: Half | None = None
    right: Half | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows in order. `left_out` rows were too many; `why` says why there are none."""

    rows: tuple[Row, ...]
    left_out: int = 0
    why: str = ""

    @property
    def first_line(self) -> int | None:
        """The first line of the text as it is now that differs, from 1; None where none is there."""
        return next((row.right.number for row in self.rows if row.kind in ("changed", "added") and row.right), None)


def difference_of(pair: TextPair) -> Difference:
    """The rows of two texts, lines that are the same left out but for a few around each change."""
    if pair.withheld:
        return Difference((), why=pair.withheld)
    old, new = _lines(pair.before), _lines(pair.after)
    if max(len(old), len(new)) > MOST_LINES:
        return Difference((), why=f"It has more than {MOST_LINES} lines.")
    rows = list(_rows(old, new))
    return Difference(tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def unified(difference: Difference) -> list[str]:
    """The rows as lines with `-`, `+` and a space before them, as a terminal shows a difference."""
    told: list[str] = []
    removed: list[str] = []
    added: list[str] = []
    for row in difference.rows:
        if row.kind in ("changed", "removed", "added"):
            removed += [f"-{row.left.text}"] if row.left else []
            added += [f"+{row.right.text}"] if row.right else []
            continue
        told += [*removed, *added]
        removed, added = [], []
        told.append(f" {row.left.text}" if row.left else f"@ {row.skipped} lines as they were")
    told += [*removed, *added]
    return [*told, f"… and {difference.left_out} more rows."] if difference.left_out else told


def _lines(text: str | None) -> Sequence[str]:
    """Lines as the system has them: only a line feed ends one. What ends without one says so."""
    if not text:
        return ()
    lines = text.split("\n")
    return (*lines[:-1],) if lines[-1] == "" else (*lines, _NO_END)


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    blocks = list(_blocks(old, new))
    for place, (tag, i, j, k, m) in enumerate(blocks):
        if tag == "equal":
            yield from _unchanged(old[i:j], i, k, first=place == 0, last=place == len(blocks) - 1)
        else:
            yield from _changed(old[i:j], i, new[k:m], k)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """difflib's opcodes, of the part that is not the same at both ends; where that is long, as one replacement."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield "equal", 0, head, 0, head
    if max(len(left), len(right)) > MOST_ALIGNED:
        yield "replace", head, head + len(left), head, head + len(right)
    elif left or right:
        for tag, i, j, k, m in difflib.SequenceMatcher(None, left, right).get_opcodes():
            yield tag, head + i, head + j, head + k, head + m
    if tail:
        yield "equal", len(old) - tail, len(old), len(new) - tail, len(new)


def _common(old: Iterable[str], new: Iterable[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _unchanged(lines: Sequence[str], left: int, right: int, *, first: bool, last: bool) -> Iterator[Row]:
    before, behind = (0 if first else CONTEXT), (0 if last else CONTEXT)
    skipped = len(lines) - before - behind
    for offset, line in enumerate(lines):
        if skipped > 1 and before <= offset < before + skipped:
            if offset == before:
                yield Row("gap", skipped=skipped)
            continue
        told = _shown(line)
        yield Row("same", Half(left + offset + 1, told), Half(right + offset + 1, told))


def _changed(old: Sequence[str], left: int, new: Sequence[str], right: int) -> Iterator[Row]:
    for offset, (was, now) in enumerate(zip_longest(old, new)):
        if was is None or now is None:
            number = (right if was is None else left) + offset + 1
            half = Half(number, _shown((now if was is None else was) or ""))
            yield Row("added", None, half) if was is None else Row("removed", half)
        else:
            one, other = _halves(_shown(was), _shown(now), left + offset + 1, right + offset + 1)
            yield Row("changed", one, other)


def _halves(was: str, now: str, left: int, right: int) -> tuple[Half, Half]:
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])
    ends = len(was) - tail, len(now) - tail
    return Half(left, was[:head], was[head : ends[0]], was[ends[0] :]), Half(
        right, now[:head], now[head : ends[1]], now[ends[1] :]
    )


def _shown(line: str) -> str:
    """Fit for any output; a tab is an arrow, so that it is not taken for spaces."""
    return shown(line.replace("\t", "⇥ "), LONGEST_LINE)
