"""The same minute of the same person is billed once: who claims it, and what is taken off the others.

The rule: a person's own session wins over a playbook's run; among equals the one that began first wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from callout.worklog.entry import Entry, Source

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Seconds of an entry that others have claimed, and the ids of their events, first claim first."""

    seconds: int
    claimed_by: tuple[str, ...]


def overlaps(entries: Iterable[Entry]) -> dict[str, Overlap]:
    """Event id → overlap, only for entries that lose something. The order of `entries` does not matter."""
    found: dict[str, Overlap] = {}
    claims: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=_precedence):
        earlier = claims.setdefault(entry.event.actor, [])
        rivals = [one for one in earlier if one.started_at < entry.ended_at and entry.started_at < one.ended_at]
        seconds = _covered_seconds((entry.started_at, entry.ended_at), rivals)
        if seconds:
            # What was measured can be less than the span; never more is taken off than there is.
            taken = min(seconds, entry.seconds)
            found[entry.event.id] = Overlap(taken, tuple(one.event.id for one in rivals))
        earlier.append(entry)
    return found


def _precedence(entry: Entry) -> tuple[bool, dt.datetime, str]:
    return (entry.source is Source.PLAYBOOK, entry.started_at, entry.event.id)


def _covered_seconds(span: Span, rivals: list[Entry]) -> int:
    start, end = span
    covered, reached = dt.timedelta(0), start
    for rival in sorted(rivals, key=lambda one: one.started_at):
        begin, finish = max(rival.started_at, reached), min(rival.ended_at, end)
        if finish > begin:
            covered += finish - begin
            reached = finish
    return covered // dt.timedelta(seconds=1)
