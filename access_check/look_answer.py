"""Pure: what the script of look_script printed → ShellFacts. Everything in it is hostile until it fits."""

from __future__ import annotations

import calendar
import re
import time

from access_check.calls import parse_calls
from access_check.escaping import shown
from access_check.facts_observation import AsteriskSeen, ClockSeen, Room, ShellFacts, Tool
from access_check.look_script import proof

MAXIMUM_LINES = 400
_TEXT = 200
_KEPT = 5
_WORDS = frozenset({
    "clock", "disk", "inodes", "load", "cpus", "tool", "tar", "product", "asterisk", "version", "calls", "complaint",
    "missing", "end",
})  # fmt: skip
_ROOM = re.compile(r".* (\d{1,15}) +(\d{1,15}) +(\d{1,15}) +(?:\d{1,3}%|-) +(/.*)", re.ASCII)
_LOAD = re.compile(r"(\d{1,6}\.\d{1,4}) (\d{1,6}\.\d{1,4}) (\d{1,6}\.\d{1,4})\b", re.ASCII)
_HOWS = frozenset(Tool)
_DATE = "%Y-%m-%dT%H:%M:%SZ"
Told = dict[str, list[str]]


class NotOurs(ValueError):
    """The answer does not begin with the proof, or holds a line that begins with no word of ours."""


def read_look(text: str, nonce: str, before_ms: int = 0, after_ms: int = 0) -> ShellFacts:
    """What the script told; it may have been cut anywhere behind its first line.

    The times are ours, in Unix milliseconds, right before and after their clock was read. Raises NotOurs for
    what our script does not print.
    """
    lines = text.split("\n")
    if lines[0] != proof(nonce):
        raise NotOurs("it does not begin with the proof")
    whole = len(lines) > 2 and lines[-2:] == [f"end {nonce}", ""]
    # A last line without its end was cut: half a number is another number.
    told = _told(lines[1:-1])
    return ShellFacts(
        rooms=_rooms(told.get("disk", [])),
        inodes=_rooms(told.get("inodes", [])),
        load=_load(_first(told, "load")),
        cpus=_number(_first(told, "cpus"), 5) or None,
        clock=_clock(_first(told, "clock"), before_ms, after_ms),
        tools=_tools(told.get("tool", [])),
        tar=shown(_first(told, "tar"), 80),
        product=shown(_first(told, "product").strip(), 80),
        asterisk=_asterisk(told),
        whole=whole,
    )


def _told(lines: list[str]) -> Told:
    told: Told = {}
    if len(lines) > MAXIMUM_LINES:
        raise NotOurs("it has more lines than there are questions")
    for line in lines:
        word, _, rest = line.partition(" ")
        if word not in _WORDS:
            raise NotOurs(f"it holds the line {shown(line, 80)}")
        told.setdefault(word, []).append(rest)
    return told


def _first(told: Told, word: str) -> str:
    return next(iter(told.get(word, [])), "")


def _number(text: str, digits: int) -> int | None:
    return int(text) if re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def _rooms(lines: list[str]) -> tuple[Room, ...]:
    """File systems, each once, in the order told; without those that have no count of what is asked (btrfs' inodes)."""
    found: dict[str, Room] = {}
    for line in lines:
        match = _ROOM.fullmatch(line)
        if match and 0 < int(match[1]) >= int(match[3]):
            room = Room(shown(match[4], _TEXT), int(match[1]), int(match[3]))
            found.setdefault(room.mount, room)
    return tuple(found.values())


def _load(line: str) -> str:
    match = _LOAD.match(line)
    return " ".join(match.groups()) if match else ""


def _clock(line: str, before_ms: int, after_ms: int) -> ClockSeen | None:
    seconds = _number(line, 11)
    if seconds is None:
        try:
            seconds = calendar.timegm(time.strptime(line, _DATE))
        except ValueError:
            return None
    return ClockSeen(seconds, before_ms, after_ms)


def _tools(lines: list[str]) -> dict[str, Tool]:
    found: dict[str, Tool] = {}
    for line in lines:
        name, _, how = line.partition(" ")
        if how in _HOWS:
            found[shown(name, 64)] = Tool(how)
    return found


def _asterisk(told: Told) -> AsteriskSeen | None:
    """None where it was not asked, or the answer was cut before it."""
    if not {"asterisk", "complaint", "missing"} & told.keys():
        return None
    calls = "\n".join(told.get("calls", []))
    return AsteriskSeen(
        command=shown(_first(told, "asterisk"), _TEXT),
        version=shown(_first(told, "version").strip(), _TEXT),
        calls=parse_calls(calls),
        calls_said=shown(calls.replace("\n", " ").strip(), _TEXT),
        complaints=tuple(shown(line, _TEXT) for line in told.get("complaint", []) if line.strip())[:_KEPT],
        missing=tuple(shown(line, _TEXT) for line in told.get("missing", []))[:_KEPT],
    )
