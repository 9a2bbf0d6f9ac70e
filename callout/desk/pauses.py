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


class Turn(StrEnum):
    """Who has to do something next."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    THIRD_PARTY = "third_party"
    US = "us"


@dataclass(frozen=True, slots=True)
class Pause:
    """From `begin` on (UTC) it was somebody else's turn; `end` is None where it still is.

    `reason` is a person's word or what caused it. `seq` is the event that began it; 0 for the time between an ending
    and its reopening, which holds the clocks back as any other pause.
    """

    begin: dt.datetime
    end: dt.datetime | None
    turn: Turn
    reason: str
    seq: int = 0


def merged(pauses: Iterable[Pause], since: int) -> tuple[Span, ...]:
    """The pauses as disjoint sorted spans of POSIX seconds from `since` on; only the last one may have no end."""
    raise NotImplementedError
