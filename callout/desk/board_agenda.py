"""Pure: what is asked of the board, and what it answers: the rows that are shown, and how many there are of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callout.desk.board_rows import FAILING, WARNING, Band, BoardRow

WELL, FAILED, WARNED = 0, 3, 4
# What has no deadline before any moment, and so is not asked for with one.
TIMELESS = frozenset({Band.PAUSED, Band.IDLE})


@dataclass(frozen=True, slots=True)
class Question:
    """Which deadlines are meant: one customer's (empty: everybody's), at most `limit` rows (None: all of them), and
    those that were missed or will be within so many seconds."""

    customer: str = ""
    limit: int | None = None
    within_s: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are in each band; of a customer's clock, or of all (both empty).

    `warned` counts running clocks by the highest percentage that they have reached. `next_breach` is when the next one
    is breached, `oldest_breach` since when the oldest unjustified breach stands: POSIX seconds, None without any.
    """

    customer: str = ""
    clock: str = ""
    bands: Mapping[Band, int] = field(default_factory=dict)
    warned: Mapping[int, int] = field(default_factory=dict)
    next_breach: int | None = None
    oldest_breach: int | None = None

    def count(self, one: Band) -> int:
        """How many rows are in that band."""
        return self.bands.get(one, 0)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The answer at `now` (aware). `rows` are in their order, as many as were asked for; `tally` counts all.

    `by_clock` are the same figures by customer and clock. `zones` are customers' time zones, by id. `notes` are
    sentences for the person about the board itself.
    """

    now: dt.datetime
    question: Question
    rows: Sequence[BoardRow]
    tally: Tally
    by_clock: Sequence[Tally]
    cases: int
    zones: Mapping[str, str]
    notes: Sequence[str] = ()

    @property
    def second(self) -> int:
        """`now` in whole POSIX seconds, as rows are compared."""
        return int(self.now.timestamp())

    @property
    def left_out(self) -> int:
        """How many rows there are that are not shown."""
        return sum(self.tally.bands.values()) - len(self.rows)

    @property
    def exit_status(self) -> int:
        """3 where something is breached without a word, or unknown; 4 where there are only warnings; else 0."""
        if any(self.tally.count(one) for one in FAILING):
            return FAILED
        return WARNED if any(self.tally.count(one) for one in WARNING) or any(self.tally.warned.values()) else WELL
