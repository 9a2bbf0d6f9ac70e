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
    evidence = {
        "rooms": {room.mount: {"size_kib": room.size, "free_kib": room.free} for room in facts.rooms},
        "inodes": {room.mount: {"size": room.size, "free": room.free} for room in facts.inodes},
    }
    if not facts.rooms:
        seen = f"How much room is left on {target.name} is not known."
        return Finding(check, Status.UNKNOWN, "not-understood", seen, Move.US, "Ask there: df -P -k.", evidence)
    full = [_space(room) for room in facts.rooms if is_full(room, rules)]
    full += [_files(room) for room in facts.inodes if room.free < _bound(rules.inodes_full, room)]
    where = f"{target.name} ({target.address})"
    if full:
        said = f"The disk is full: {', '.join(full)}."
        remedy = (
            f"Please make room on {where}: tell us which recordings, backups or logs may go. At the moment {full[0]}."
        )
        worst = {**evidence, "worst": full[0]}
        return Finding(check, Status.FAIL, "disk-full", said, Move.CUSTOMER, remedy, worst)
    low = [_space(room) for room in facts.rooms if is_low(room, rules)]
    low += [_files(room) for room in facts.inodes if room.free_percent < rules.disk_low_percent]
    if low:
        said = f"There is little room: {', '.join(low)}."
        remedy = f"Please look which recordings, backups or logs on {where} may go. Now it is {low[0]}."
        worst = {**evidence, "worst": low[0]}
        return Finding(check, Status.WARN, "disk-low", said, Move.CUSTOMER, remedy, worst)
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


def _space(room: Room) -> str:
    free = f"{room.free // 1024} MiB" if room.free < 10 * 1024 * 1024 else f"{room.free // 1024 // 1024} GiB"
    return f"{room.mount}: {free} ({room.free_percent} %) free"


def _files(room: Room) -> str:
    return f"{room.mount}: {room.free} inodes ({room.free_percent} %) free"
