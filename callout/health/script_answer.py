"""Pure: what health_look.sh printed → ShellSeen. Everything in it is hostile until it fits."""

from __future__ import annotations

import re

from callout.health.calls import parse_calls
from callout.health.observation import DiskRoom, ShellSeen
from callout.programs import printable

MAXIMUM_LINES = 200
_LOAD = re.compile(r"(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)\b")


def read_answer(text: str) -> ShellSeen:
    """What the script saw. Lines that begin with no word of the script are left out."""
    told: dict[str, list[str]] = {}
    for line in text.splitlines()[:MAXIMUM_LINES]:
        word, _, rest = line.partition(" ")
        told.setdefault(word, []).append(printable(rest)[:200])
    calls = "\n".join(told.get("calls", []))
    load = _LOAD.match(_first(told, "load"))
    return ShellSeen(
        command=_first(told, "asterisk"),
        version=_first(told, "version"),
        calls=parse_calls(calls),
        calls_said=printable(calls)[:200],
        complaints=tuple(told.get("complaint", []))[:5],
        missing=tuple(told.get("missing", []))[:5],
        disk=_disk(_first(told, "disk")),
        load=" ".join(load.groups()) if load else "",
    )


def _first(told: dict[str, list[str]], word: str) -> str:
    return next(iter(told.get(word, [])), "")


def _disk(line: str) -> DiskRoom | None:
    match = re.fullmatch(r"(\d{1,15}) (\d{1,15}) (\d{1,15})", line)
    if not match or int(match[1]) == 0 or int(match[3]) > int(match[1]):
        return None
    return DiskRoom(size_kib=int(match[1]), free_kib=int(match[3]))
