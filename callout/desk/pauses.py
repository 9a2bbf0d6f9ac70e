"""When a case waits for somebody who is not us, and how much of a clock's time that holds back. Pure.

Pauses may overlap, nest, be told late and never end. Whatever they do, a second is held back once, and only where the
clock's own calendar is open: a pause from Friday evening to Monday morning holds back nothing of business hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int | None]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)
_FOREVER = 2**62


class Turn(StrEnum):
    """Who has to do something next."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    THIRD_PARTY = "third_party"
    US = "us"


@dataclass(frozen=True, slots=True)
class Pause:
    """From `begin` on (UTC) it was somebody else's turn; `end` is None where it still is.

    `reason` is a person's word or what caused it. `seq` is the event that began it: also the ending, for the time
    between it and its reopening, which holds the clocks back as any other pause.
    """

    begin: dt.datetime
    end: dt.datetime | None
    turn: Turn
    reason: str
    seq: int = 0


def merged(pauses: Iterable[Pause], since: int) -> tuple[Span, ...]:
    """The pauses as disjoint sorted spans of POSIX seconds from `since` on; only the last one may have no end."""
    found: list[Span] = []
    for begin, last in sorted(_spans(pauses, since)):
        end = None if last == _FOREVER else last
        if found and (found[-1][1] is None or begin <= found[-1][1]):
            first, before = found[-1]
            found[-1] = (first, None if before is None or end is None else max(before, end))
        else:
            found.append((begin, end))
    return tuple(found)


def until(spans: Iterable[Span], horizon: int) -> tuple[Span, ...]:
    """Spans as they were at `horizon`: what begins later is not among them, what was on then has no end."""
    return tuple((begin, None if end is None or end > horizon else end) for begin, end in spans if begin <= horizon)


def held_at(spans: Iterable[Span], moment: int) -> Span | None:
    """The span that lies over the moment: its first second is inside, its last one is not."""
    return next((span for span in spans if span[0] <= moment and (span[1] is None or moment < span[1])), None)


def seconds_of(moment: dt.datetime) -> int:
    """Whole POSIX seconds; parts of a second are dropped."""
    return (moment - _EPOCH) // _SECOND


def _spans(pauses: Iterable[Pause], since: int) -> Iterable[tuple[int, int]]:
    for pause in pauses:
        begin = max(seconds_of(pause.begin), since)
        end = _FOREVER if pause.end is None else seconds_of(pause.end)
        if begin < end:
            yield begin, end
