"""Pure: is there room on a system's file systems, for bytes and for files?"""

from __future__ import annotations

from access_check.facts_observation import Room, ShellFacts
from access_check.facts_profile import FactsProfile
from access_check.findings import Finding, Move, Status
from access_check.targets import Target

_SHARE = 4


def disk(check: str, target: Target, facts: ShellFacts) -> Finding:
    """The file system that is worst off speaks for all; the evidence holds every one (space in KiB)."""
    rules = target.profile.facts
    evidence: dict[str, object] = {
        "rooms": {room.mount: {"size_kib": room.size, "free_kib": room.free} for room in facts.rooms},
        "inodes": {room.mount: {"size": room.size, "free": room.free} for room in facts.inodes},
    }
    where = f"{target.name} ({target.address})"
    if not facts.rooms:
        seen = f"How much room is left on {target.name} is not known."
        return Finding(check, Status.UNKNOWN, "not-understood", seen, Move.US, "Ask there: df -P -k.", evidence)
    full = [room for room in facts.rooms if is_full(room, rules)]
    few = [room for room in facts.inodes if room.free < _bound(rules.inodes_full, room)]
    if full or few:
        remedy = f"Please make room on {where}: tell us which recordings, backups or logs may go."
        return _short(check, Status.FAIL, "disk-full", "The disk is full", full, few, remedy, evidence)
    low = [room for room in facts.rooms if is_low(room, rules)]
    few = [room for room in facts.inodes if room.free_percent < rules.disk_low_percent]
    if low or few:
        remedy = f"Please look which recordings, backups or logs on {where} may go."
        return _short(check, Status.WARN, "disk-low", "There is little room", low, few, remedy, evidence)
    said = f"There is room: {', '.join(_space(room) for room in facts.rooms)}."
    return Finding(check, Status.PASS, "room", said, evidence=evidence)


def is_full(room: Room, rules: FactsProfile) -> bool:
    """Nothing may be written there any more without harm."""
    nearly = room.free_percent <= rules.disk_full_percent and room.free < rules.disk_low_kib
    return room.free < _bound(rules.disk_full_kib, room) or nearly


def is_low(room: Room, rules: FactsProfile) -> bool:
    """There is room, but not for much."""
    return room.free_percent < rules.disk_low_percent or room.free < _bound(rules.disk_low_kib, room)


def _bound(wanted: int, room: Room) -> int:
    """`wanted`, or a quarter of a file system that is small: a roomy /tmp of 64 MiB is not full."""
    return min(wanted, room.size // _SHARE)


def _short(
    check: str,
    status: Status,
    code: str,
    said: str,
    space: list[Room],
    files: list[Room],
    remedy: str,
    evidence: dict[str, object],
) -> Finding:
    """`evidence["worst"]` is the first of them in figures, for a letter in any language."""
    first = (*space, *files)[0]
    figures = f"{first.mount}: {first.free_percent} %"
    said = f"{said}: {', '.join([*map(_space, space), *map(_files, files)])}."
    return Finding(check, status, code, said, Move.CUSTOMER, remedy, {**evidence, "worst": figures})


def _space(room: Room) -> str:
    free = f"{room.free // 1024} MiB" if room.free < 10 * 1024 * 1024 else f"{room.free // 1024 // 1024} GiB"
    return f"{free} ({room.free_percent} %) are free on {room.mount}"


def _files(room: Room) -> str:
    return f"{room.free} inodes ({room.free_percent} %) are free on {room.mount}"
