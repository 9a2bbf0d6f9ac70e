"""Pure: what a terminal is told, piece by piece → the same without our secrets, wherever a piece ends.

Between the characters of a secret may stand what a terminal does not show: colours, a line that is wrapped, a secret
that is echoed letter by letter. So secrets are looked for in what was said and in what of it is *seen*, and what could
be the beginning of one is held back until it is known to be none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from access_check.masking import MASK, SHORTEST, Masker

# What could be the beginning of a secret or of an escape sequence is held back up to here, and no longer.
HELD_CHARACTERS = 64 * 1024
_SEQUENCE = (
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI: colours, motion
    r"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS and the like with all that is in them
    r"|[ -/]*[0-~])|[\x00-\x1f\x7f-\x9f]"
)
# Shells wrap a line with a blank, then go back to its beginning.
_UNSEEN = re.compile(rf" \r|{_SEQUENCE}")
# Three times as fast, since a match begins with a control character; `" \r"` is made `"\r"` before.
_UNSEEN_BUT_BLANKS = re.compile(_SEQUENCE)
_BEGUN = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?| )\Z")
Span = tuple[int, int]


class StreamMasker:
    """Takes text as it comes and gives it back masked; at the end `rest` gives what was still held back."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._said = Masker.of(secrets).spellings
        self._seen = tuple({seen for one in self._said if len(seen := _UNSEEN.sub("", one)) >= SHORTEST})
        self._beginnings = {one[:length] for one in self._seen for length in range(1, len(one))}
        self._longest = max((len(one) for one in self._beginnings), default=0)
        self._held = ""

    def text(self, said: str) -> str:
        """All that can be told now: `said` and what was held back before it, but for what may begin a secret."""
        if not self._said:
            return said
        told, self._held = self._masked(self._held + said)
        if len(self._held) > HELD_CHARACTERS:
            told += self.rest()
        return told

    def rest(self) -> str:
        """What is held back; masked where it is the beginning of a secret and long enough to tell something."""
        held, self._held = self._held, ""
        for spelling in self._said:
            held = held.replace(spelling, MASK)
        seen = _UNSEEN.sub("", held)
        if len(seen) >= SHORTEST and self._begins(seen) == len(seen):
            return MASK
        inside = self._begins(held)
        return held[:-inside] + MASK if inside >= SHORTEST else held

    def _begins(self, seen: str) -> int:
        """How many characters at the end of `seen` are the beginning of a secret."""
        for length in range(min(self._longest, len(seen)), 0, -1):
            if seen[-length:] in self._beginnings:
                return length
        return 0

    def _masked(self, said: str) -> tuple[str, str]:
        """What can be told of it, and what is held back."""
        whole = said[: _begun(said)]
        seen = _UNSEEN_BUT_BLANKS.sub("", whole.replace(" \r", "\r"))
        length = self._begins(seen)
        found = list(_found(whole, self._said))
        if not (length or found or any(spelling in seen for spelling in self._seen)):
            rest = said[len(whole) :]
            return (said, "") if rest == " " else (whole, rest)
        sight = _Sight(whole)
        found += map(sight.span, _found(sight.seen, self._seen))
        length = self._begins(sight.seen)
        told, reached = [], 0
        for first, behind in _joined(found):
            # What a terminal does not show stays: the colours behind it are as they were.
            told += [whole[reached:first], MASK, *_UNSEEN.findall(whole[first:behind])]
            reached = behind
        keep = max(reached, sight.place(len(sight.seen) - length)) if length else len(whole)
        return "".join([*told, whole[reached:keep]]), said[keep:]


class _Sight:
    """What of a text is seen, and where each character of that stands in the text."""

    def __init__(self, whole: str) -> None:
        runs: list[str] = []
        self._starts: list[int] = []
        self._places: list[int] = []
        count, at = 0, 0
        for start, end in (*(unseen.span() for unseen in _UNSEEN.finditer(whole)), (len(whole), len(whole))):
            if start > at:
                runs.append(whole[at:start])
                self._starts.append(count)
                self._places.append(at)
                count += start - at
            at = end
        self.seen = "".join(runs)

    def place(self, index: int) -> int:
        """Where the character stands."""
        run = bisect_right(self._starts, index) - 1
        return self._places[run] + index - self._starts[run]

    def span(self, seen: Span) -> Span:
        """Where the characters stand, with all that is between them."""
        return self.place(seen[0]), self.place(seen[1] - 1) + 1


def _begun(said: str) -> int:
    """Where what may be the beginning of an escape sequence, or of a wrapped line, begins; the end if nothing does."""
    last = max(said.rfind("\x1b"), 0)
    match = _BEGUN.search(said, max(said.rfind("\x1b", 0, last), 0) if last == len(said) - 1 else last)
    return match.start() if match else len(said)


def _found(text: str, spellings: Sequence[str]) -> Iterator[Span]:
    for spelling in spellings:
        begin = text.find(spelling)
        while begin >= 0:
            yield begin, begin + len(spelling)
            begin = text.find(spelling, begin + 1)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order; those that overlap or touch are one."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
