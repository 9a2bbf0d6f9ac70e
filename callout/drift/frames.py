"""Pure: frames, as drift_check.sh sends them: bytes of any kind between words that nobody over there could know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

OPENING = re.compile(r"callout-check (gzip|plain) (openssl|busybox|none)")
LONGEST_CHECK_BYTES = 64 * 1024 * 1024
PROGRAMS = ("sh", "find", "stat", "sha256sum", "xargs", "cat", "head", "ls")


class FramesRefused(ValueError):
    """What came is no whole answer; the message says what is wrong, without control characters."""


@dataclass
class Second:
    """What the second look told of one path: its bytes, another hasher's sum, or names; whether it is
    there, and what stat says of it after."""

    body: bytes | None = None
    sum: bytes = b""
    globs: list[frozenset[bytes]] = field(default_factory=list)
    found: frozenset[bytes] | None = None
    there: bool = False
    stat: bytes = b""


@dataclass
class Answer:
    """`programs` are their own files by name; `seconds` are by path."""

    programs: dict[str, bytes] = field(default_factory=dict)
    seconds: dict[bytes, Second] = field(default_factory=dict)


def read_opening(line: bytes) -> tuple[str, str]:
    """Packing, and the other hasher. Raises FramesRefused."""
    found = OPENING.fullmatch(line.decode("ascii", "replace"))
    if not found:
        raise FramesRefused("its first line is not understood")
    return found[1], found[2]


def read_answer(pieces: Iterable[bytes], nonce: bytes, asked: Sequence[bytes]) -> Answer:
    """The frames. Raises FramesRefused for an answer that is cut, too long, or holds what was not asked for."""
    answer, current = Answer(), None
    expected = set(asked)
    frames = _frames(pieces, nonce)
    for word, content in frames:
        if word == b"end":
            if content or next(frames, None) is not None:
                raise FramesRefused("it goes on behind its end")
            return answer
        if word.startswith(b"program "):
            name = word[8:].decode("ascii", "replace")
            if name not in PROGRAMS or name in answer.programs:
                raise FramesRefused("it tells of a program that was not asked for")
            answer.programs[name] = content
            expected.add(content)
        elif word == b"path":
            if content not in expected or (content in answer.seconds and content not in answer.programs.values()):
                raise FramesRefused(f"it tells of a path that was not asked for: {content[:200]!r}")
            current = answer.seconds[content] = Second()
        elif current is None:
            raise FramesRefused("a frame belongs to nothing")
        else:
            _take(current, word, content)
    raise FramesRefused("it has no end")


def _take(second: Second, word: bytes, content: bytes) -> None:
    if word == b"body" and second.body is None:
        second.body = content
    elif word == b"sum":
        found = re.search(rb"(?:^|[ =])([0-9a-f]{64})(?:\s|$)", content[:1024])
        second.sum = found[1] if found else b""
    elif word == b"glob" and len(second.globs) < 2:
        second.globs.append(frozenset(filter(None, content.split(b"\0"))))
    elif word == b"find" and second.found is None:
        second.found = frozenset(one.rpartition(b"/")[2] for one in content.split(b"\0") if one)
    elif word == b"there" and not content:
        second.there = True
    elif word == b"stat":
        second.stat = content.strip(b"\n")
    else:
        raise FramesRefused("a frame is not understood")


def _frames(pieces: Iterable[bytes], nonce: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Word and content of each frame. All of it is held: it is bounded."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > LONGEST_CHECK_BYTES:
            raise FramesRefused(f"it is longer than {LONGEST_CHECK_BYTES} bytes")
    parts = data.split(b"\n" + nonce + b" ")
    # Held once, not twice.
    data.clear()
    if parts[0]:
        raise FramesRefused("it does not begin with a frame")
    for frame in parts[1:]:
        word, ends, content = bytes(frame).partition(b"\n")
        if not ends or len(word) > 64:
            raise FramesRefused("a frame does not begin as one")
        yield word, content
