"""Pure: asciicast v2, line by line: one header, then events `[seconds, kind, text]`.

The format is published at docs.asciinema.org/manual/asciicast/v2. Lines are written in ASCII, so that even a file that
is shown on a terminal as it stands tells that terminal nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = 2
OUTPUT, RESIZE = "o", "r"
# What a reader takes in at once. Our own lines are shorter: see `TEXT_CHARACTERS`.
LONGEST_LINE_BYTES = 1024 * 1024
# So many characters make a line of at most 12 bytes each: a pair of escapes for what is beyond the basic plane.
TEXT_CHARACTERS = 64 * 1024
# A terminal with more columns or rows than this is none (the kernel keeps 16 bits).
LARGEST_SIDE = 65_535
LONGEST_S = 366 * 24 * 3600
_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", re.ASCII)


class Malformed(ValueError):
    """A line that is none of asciicast v2; says in half a sentence what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: size in characters, `timestamp` in seconds since 1970 (UTC), `env` with TERM and SHELL only.

    `command` is what ran in place of a shell, empty for one.
    """

    width: int
    height: int
    timestamp: int = 0
    title: str = ""
    command: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CastEvent:
    """One event: seconds since the start, `o` (output) or another kind, and its text."""

    at_s: float
    kind: str
    text: str

    @property
    def size(self) -> tuple[int, int] | None:
        """Columns and rows of a resize; None for another kind and for text that is no size."""
        match = _SIZE.fullmatch(self.text) if self.kind == RESIZE else None
        return (int(match[1]), int(match[2])) if match else None


def header_line(header: Header) -> bytes:
    """The header as the file's first line, with its line break."""
    told: dict[str, Any] = {"version": VERSION, "width": header.width, "height": header.height}
    told |= {"timestamp": header.timestamp, "title": header.title, "env": dict(header.env)}
    if header.command:
        told["command"] = header.command
    return _line(told)


def event_line(event: CastEvent) -> bytes:
    """An event as one line, with its line break; times to the microsecond."""
    return _line([round(event.at_s, 6), event.kind, event.text])


def read_header(line: bytes) -> Header:
    """The header in a file's first line. Raises Malformed; keys that nobody knows are passed over."""
    told = _json(line)
    if not isinstance(told, dict) or "version" not in told:
        raise Malformed("it is no header of an asciicast")
    if told["version"] != VERSION or isinstance(told["version"], bool):
        raise Malformed(f"it is not version {VERSION} of asciicast")
    env = told.get("env")
    return Header(
        width=_whole(told, "width", 1, LARGEST_SIDE),
        height=_whole(told, "height", 1, LARGEST_SIDE),
        timestamp=_whole(told, "timestamp", 0, 1 << 40) if "timestamp" in told else 0,
        title=told["title"] if isinstance(told.get("title"), str) else "",
        command=told["command"] if isinstance(told.get("command"), str) else "",
        env={name: value for name, value in env.items() if isinstance(value, str)} if isinstance(env, dict) else {},
    )


def read_event(line: bytes, not_before_s: float = 0.0) -> CastEvent:
    """The event in a line. Raises Malformed also for a time before `not_before_s`: events stand in order."""
    told = _json(line)
    if not isinstance(told, list) or len(told) != 3:
        raise Malformed("it is no event [seconds, kind, text]")
    at, kind, text = told
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at) or not 0 <= at <= LONGEST_S:
        raise Malformed("its time is no number of seconds within a year")
    if at < not_before_s:
        raise Malformed("its time is before that of the line above")
    if not isinstance(kind, str) or not isinstance(text, str) or len(kind) != 1:
        raise Malformed("its kind or its text is no text")
    return CastEvent(float(at), kind, text)


def _whole(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = told.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed(f"{name} is no whole number from {least} to {most}")
    return value


def _json(line: bytes) -> Any:
    if len(line) > LONGEST_LINE_BYTES:
        raise Malformed(f"it is longer than {LONGEST_LINE_BYTES} bytes")
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("it is no JSON in UTF-8") from None


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=True, separators=(", ", ": ")).encode("ascii") + b"\n"
