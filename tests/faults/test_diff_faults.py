"""Diffs there and back: made by difflib and by the real `diff -u`, applied by ours, beside the real `patch --fuzz=0`.

Ours is stricter than `patch` and never says anything else: where ours applies a diff, `patch` makes the same bytes;
where a line that the diff names was changed, or moved, ours refuses.
"""

from __future__ import annotations

import difflib
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callout.patches.diff_text import diff_between
from callout.patches.text_diff import NO_NEWLINE, DiffError, Hunk, apply_hunks, lines_of, read_diff

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
SLICE_AND_WHOLE = [120, pytest.param(5000, marks=WHOLE)]

# Lines that look like parts of a diff, lines with bytes that other readers take for line ends, lines alike.
WORDS = (
    b"", b" ", b"a", b"b", b"  indented", b"--- a", b"+++ b", b"-- x", b"@@ -1 +1 @@", b"\\ No newline at end of file",
    b"key = value", b"tab\there", b"\xe4\xf6 latin", "grüße".encode(), b"x\rmiddle", b"form\x0cfeed", b"v\x0btab",
    b"\xc2\x85\xe2\x80\xa8", b"diff --git a b", b"+", b"-", b"trailing  ", b"\x1b[2J",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two texts, and how many lines of context a diff of them has."""

    old: bytes
    new: bytes
    context: int


def pairs(count: int) -> Iterator[Pair]:
    """As many pairs, always the same ones; never two equal texts."""
    chance = random.Random(20261123)
    while count:
        end = chance.choice((b"\n", b"\n", b"\r\n"))
        old = [chance.choice(WORDS) for _ in range(chance.choice((0, 1, 2, 5, 12, 40)))]
        new = list(old)
        for _ in range(chance.choice((1, 1, 2, 4))):
            at = chance.randint(0, len(new))
            new[at : at + chance.choice((0, 0, 1, 3))] = [chance.choice(WORDS) for _ in range(chance.choice((0, 1, 2)))]
        pair = Pair(_text(old, end, chance), _text(new, end, chance), chance.choice((0, 1, 3, 3, 3, 5)))
        if pair.old != pair.new:
            count -= 1
            yield pair


def _text(lines: list[bytes], end: bytes, chance: random.Random) -> bytes:
    text = b"".join(line + end for line in lines)
    return text.removesuffix(end) if chance.random() < 0.25 else text


def by_difflib(pair: Pair) -> bytes:
    """The diff that the standard library writes, with the mark that it leaves out."""
    told = difflib.diff_bytes(
        difflib.unified_diff, lines_of(pair.old), lines_of(pair.new), b"old", b"new", n=pair.context
    )
    return b"".join(line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE for line in told)


def by_diff(pair: Pair, folder: Path) -> bytes:
    """The diff that the real program writes."""
    (folder / "old").write_bytes(pair.old)
    (folder / "new").write_bytes(pair.new)
    # --text: bytes that are not UTF-8 are text, too.
    told = subprocess.run(
        ["diff", "--text", f"-U{pair.context}", "old", "new"],
        cwd=folder, capture_output=True, check=False, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert told.returncode == 1, told.stderr
    return told.stdout


def by_patch(original: bytes, diff: bytes, folder: Path) -> bytes | None:
    """What the real `patch` makes of it; None where it refuses."""
    (folder / "original").write_bytes(original)
    (folder / "result").unlink(missing_ok=True)
    words = ["patch", "--fuzz=0", "--binary", "--batch", "--silent", "-r", "-", "-o", "result", "original"]
    done = subprocess.run(words, cwd=folder, input=diff, capture_output=True, check=False)
    return (folder / "result").read_bytes() if done.returncode == 0 else None


def ours(original: bytes, diff: bytes) -> bytes | None:
    """What we make of it; None where we refuse."""
    try:
        return apply_hunks(original, read_diff(diff))
    except DiffError:
        return None


@pytest.mark.parametrize("count", SLICE_AND_WHOLE)
def test_round_trips(count: int, tmp_path: Path, record_property: Any):
    """Each pair by three writers; every result is the new text, and `patch` makes the same of each diff."""
    compared = 0
    for number, pair in enumerate(pairs(count)):
        for made in (by_difflib(pair), by_diff(pair, tmp_path), diff_between(pair.old, pair.new)):
            assert ours(pair.old, made) == pair.new, (number, made)
        # `patch` takes an empty file made of nothing for one to remove, and has no result then.
        if shutil.which("patch") and pair.old and pair.new:
            assert by_patch(pair.old, diff_between(pair.old, pair.new), tmp_path) == pair.new, number
            compared += 1
    record_property("diffs applied", 3 * count)
    record_property("beside patch", compared)


def _named_lines(hunks: tuple[Hunk, ...]) -> set[int]:
    return {at for hunk in hunks for at in range(hunk.old_at, hunk.old_at + len(hunk.old))}


@pytest.mark.parametrize("count", SLICE_AND_WHOLE)
def test_drift_is_refused_or_harmless(count: int, tmp_path: Path, record_property: Any):
    """A line of the original is changed, added or lost: applied only where no hunk names or moves by it, and then
    exactly as `patch` does."""
    chance = random.Random(5)
    applied = refused = stricter = 0
    for pair in pairs(count):
        lines = lines_of(pair.old)
        if not lines:
            continue
        diff = diff_between(pair.old, pair.new)
        hunks = read_diff(diff)
        at, kind = chance.randrange(len(lines)), chance.choice(("changed", "added", "lost"))
        drifted = [*lines[:at], *([] if kind == "lost" else [b"drift\n"]), *lines[at + (kind != "added") :]]
        made = ours(b"".join(drifted), diff)
        if kind == "changed":
            assert (made is None) == (at in _named_lines(hunks)), (pair, at)
        elif at < hunks[0].old_at:
            # A hunk at another line than it says may still fit by chance where lines are alike.
            alike = all(tuple(drifted[h.old_at : h.old_at + len(h.old)]) == h.old for h in hunks)
            assert (made is not None) <= alike, (pair, at, kind)
        theirs = by_patch(b"".join(drifted), diff, tmp_path) if shutil.which("patch") else made
        if made is not None:
            applied += 1
            assert made == theirs or not made, (pair, at, kind)
        else:
            refused += 1
            stricter += theirs is not None
    assert applied and refused
    record_property("applied", applied)
    record_property("refused", refused)
    record_property("of these moved by patch", stricter)


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=WHOLE)])
def test_damaged_diffs_never_make_another_text(count: int):
    """A diff with a byte changed, lost or doubled is refused, or was changed where it says nothing: in the names, or
    in what it puts there, which the hash of the result tells."""
    chance = random.Random(7)
    stock = [(pair, diff_between(pair.old, pair.new)) for pair in pairs(100)]
    unnoticed = 0
    for _ in range(count):
        pair, diff = chance.choice(stock)
        at = chance.randrange(len(diff))
        put = chance.choice((b"", diff[at : at + 1] * 2, bytes([chance.randrange(256)])))
        damaged = diff[:at] + put + diff[at + 1 :]
        made = ours(pair.old, damaged)
        if made is not None and made != pair.new:
            # Then the damage is in a line that is put there: the lines that were there are all as they were.
            unnoticed += 1
            assert [h.old for h in read_diff(damaged)] == [h.old for h in read_diff(diff)]
    assert unnoticed < count // 2
