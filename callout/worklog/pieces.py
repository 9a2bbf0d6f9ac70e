"""One entry → its pieces: cut where a band, a rate or a contract begins or ends. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from zoneinfo import ZoneInfo

from callout.policy.bands import STANDARD, Band, BandCalendar, band_at, band_edges, band_of_day, midnight
from callout.worklog.entry import Entry
from callout.worklog.overlap import MICROSECOND, Contested
from callout.worklog.rounding import proportional

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an entry that lies in one band and on days on which nothing changes that it depends on.

    `day` is the customer's date on which it began. `seconds` are its share of the entry's, `deducted` those of them
    that other work of the same person has claimed. `edge` says why it begins where it does; empty for the first.
    """

    entry: Entry
    number: int
    started_at: dt.datetime
    ended_at: dt.datetime
    day: dt.date
    band: Band
    seconds: int
    deducted: int = 0
    edge: str = ""

    @property
    def chargeable_s(self) -> int:
        """Seconds that nobody else has claimed."""
        return self.seconds - self.deducted


def day_of(entry: Entry, zone: str) -> dt.date:
    """The customer's date on which the work began; of an entry without clock times the day that it names."""
    return entry.started_at.astimezone(ZoneInfo(zone)).date() if entry.clock_known else entry.started_at.date()


def pieces_of(
    entry: Entry,
    calendar: BandCalendar,
    changes: Set[dt.date],
    *,
    emergency: bool = False,
    contested: Contested | None = None,
) -> list[Piece] | None:
    """The pieces of `entry` in their order; None where its clock times decide about them and are not known.

    `changes` are the customer's dates at whose beginning a rate or a contract changes. `contested` is what the entry
    holds of its time where others claim it, too.
    """
    zone = calendar.zone
    day = day_of(entry, zone)
    lost = contested.overlap.seconds if contested else 0
    if not entry.clock_known:
        band = STANDARD if calendar.flat else band_of_day(day, calendar, emergency=emergency)
        if band is None:
            return None
        return [Piece(entry, 1, entry.started_at, entry.ended_at, day, band, entry.seconds, lost)]
    begun, ended = entry.started_at, max(entry.started_at, entry.ended_at)
    spans = _spans(begun, ended, calendar, changes, emergency=emergency)
    if len(spans) == 1:
        band = _band(begun, calendar, emergency=emergency)
        return [Piece(entry, 1, entry.started_at, entry.ended_at, day, band, entry.seconds, lost)]
    lengths = [_length(span) for span in spans]
    seconds = proportional(entry.seconds, lengths)
    claimed = _claimed(_let_go(spans, contested), lost, seconds)
    return [
        Piece(
            entry,
            number,
            *span,
            span[0].astimezone(ZoneInfo(zone)).date(),
            _band(span[0], calendar, emergency=emergency),
            seconds[number - 1],
            claimed[number - 1],
            edge=f"cut at {span[0].astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})" if number > 1 else "",
        )
        for number, span in enumerate(spans, start=1)
    ]


def _spans(
    begun: dt.datetime, ended: dt.datetime, calendar: BandCalendar, changes: Set[dt.date], *, emergency: bool
) -> list[Span]:
    changing = {midnight(day, calendar.zone) for day in _changed(begun, ended, calendar.zone, changes)}
    moments = sorted({*band_edges(begun, ended, calendar), *(at for at in changing if begun < at < ended)})
    kept, band = [begun], _band(begun, calendar, emergency=emergency)
    for moment in moments:
        here = _band(moment, calendar, emergency=emergency)
        if here != band or moment in changing:
            kept.append(moment)
            band = here
    return list(zip(kept, [*kept[1:], ended], strict=True))


def _changed(begun: dt.datetime, ended: dt.datetime, zone: str, changes: Set[dt.date]) -> Iterable[dt.date]:
    first, last = begun.astimezone(ZoneInfo(zone)).date(), ended.astimezone(ZoneInfo(zone)).date()
    if first == last:
        return ()
    return (day for day in changes if first < day <= last)


def _band(moment: dt.datetime, calendar: BandCalendar, *, emergency: bool) -> Band:
    return STANDARD if calendar.flat else band_at(moment, calendar, emergency=emergency)


def _let_go(spans: Sequence[Span], contested: Contested | None) -> list[int]:
    """How much of each span others hold, as whole numbers in one and the same unit."""
    if contested is None:
        return [0] * len(spans)
    lengths = [
        _length(span) - sum((_within(span, one.start, one.end) * one.share for one in contested.held), Fraction(0))
        for span in spans
    ]
    unit = lcm(*(one.denominator for one in lengths))
    return [int(one * unit) for one in lengths]


def _within(span: Span, start: dt.datetime, end: dt.datetime) -> int:
    """Microseconds of `span` that lie between `start` and `end`."""
    return max(0, (min(end, span[1]) - max(start, span[0])) // MICROSECOND)


def _claimed(let_go: Sequence[int], lost: int, seconds: Sequence[int]) -> list[int]:
    """`lost` seconds shared out by what each piece has let go, none loses more than it has."""
    shares = proportional(lost, let_go) if any(let_go) else [0] * len(let_go)
    left = lost - sum(shares)
    taken = []
    for share, has in zip(shares, seconds, strict=True):
        here = min(share + left, has)
        left += share - here
        taken.append(here)
    for index, has in enumerate(seconds):
        more = min(left, has - taken[index])
        taken[index] += more
        left -= more
    return taken


def _length(span: Span) -> int:
    return (span[1] - span[0]) // MICROSECOND


def change_days(contracts: Iterable[object], rates: Iterable[object]) -> frozenset[dt.date]:
    """The dates at whose beginning something changes: a contract's or a rate's first day, and the one after its last.

    `contracts` have `starts` and `ends`, `rates` `valid_from` and `valid_to`; either end may be None.
    """
    found: set[dt.date] = set()
    for one, first, last in (
        *((one, "starts", "ends") for one in contracts),
        *((one, "valid_from", "valid_to") for one in rates),
    ):
        begins: dt.date | None = getattr(one, first)
        ends: dt.date | None = getattr(one, last)
        if begins is not None:
            found.add(begins)
        if ends is not None and ends < dt.date.max:
            found.add(ends + dt.timedelta(days=1))
    return frozenset(found)
