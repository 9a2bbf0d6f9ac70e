"""What the agenda's rows are called, and times in words: left, since, and by whose clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from callout.desk.board_agenda import Agenda, Tally
from callout.desk.board_rows import Band, BoardRow, band, warned

STATES = {
    Band.BREACHED: "BREACHED",
    Band.UNKNOWN: "UNKNOWN",
    Band.LATE: "late, no word why",
    Band.JUSTIFIED: "breached, justified",
    Band.RUNNING: "running",
    Band.PAUSED: "paused",
    Band.IDLE: "no clock runs",
}
SUMMED = {
    **STATES,
    Band.BREACHED: "breached",
    Band.UNKNOWN: "unknown",
    Band.LATE: "late without a word",
    Band.JUSTIFIED: "breached with a justification",
    Band.IDLE: "without a running clock",
}
TURNS = {"customer": "the customer", "provider": "the provider", "third_party": "a third party", "us": "us"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def clock_words(clock: str, part: int) -> str:
    """The clock's name as people say it; which one it is where there may be several."""
    words = clock.replace("_", " ")
    if clock == "acknowledgement":
        return f"{words}, level {part}"
    return f"{words} {part}" if part else words


def span_words(seconds: int) -> str:
    """How long that is, in its two largest units and never more than it is: `3 d 4 h`, `2 h 5 min`, `40 s`."""
    left = abs(seconds)
    told: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or told:
            told.append(f"{count} {unit}")
        if len(told) == 2:
            break
    return " ".join(one for one in told if not one.startswith("0 ")) or f"{left} s"


def state_words(row: BoardRow, now: int) -> str:
    """How the row stands, with the highest warning of a running clock."""
    reached = warned(row, now)
    words = f"{reached} % gone" if reached else STATES[band(row, now)]
    return f"{words}, set by hand" if row.by_hand else words


def when_words(row: BoardRow, now: int) -> str:
    """How long is left, or since when it is over; for whom a pause waits."""
    span = span_words(row.breaks - now)
    match band(row, now):
        case Band.RUNNING:
            return f"in {span}"
        case Band.PAUSED:
            return f"waits for {TURNS.get(row.turn, row.turn)}, {span}"
        case Band.IDLE:
            return f"open for {span}"
        case Band.UNKNOWN:
            return row.why
        case _:
            return f"{span} ago"


def local_moment(second: int | None, zone: dt.tzinfo) -> str:
    """The moment by the clocks of a zone, with the zone's own short name; a dash for None."""
    if second is None:
        return "–"
    return told_in(dt.datetime.fromtimestamp(second, dt.UTC), zone)


def told_in(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """Day, date, time and the zone's short name; in UTC on the last day of all, where a zone has none any more."""
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        local = moment.astimezone(dt.UTC)
    return f"{local:%a %Y-%m-%d %H:%M %Z}"


def zone_of(name: str) -> dt.tzinfo:
    """The zone; UTC for one that this machine does not know: the moment stays right, and says that it is UTC."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return dt.UTC


def counts_words(tally: Tally) -> str:
    """How many rows there are of each kind, the worst first; those that warn counted by themselves."""
    told = [f"{count} {SUMMED[one]}" for one in Band if one < Band.RUNNING and (count := tally.count(one))]
    told += [f"{count} at {percent} %" for percent, count in _descending(tally.warned) if count]
    if quiet := tally.count(Band.RUNNING) - sum(tally.warned.values()):
        told.append(f"{quiet} running")
    told += [f"{count} {SUMMED[one]}" for one in (Band.PAUSED, Band.IDLE) if (count := tally.count(one))]
    return ", ".join(told) or "nothing is due"


def cases_words(agenda: Agenda) -> str:
    """How many cases the agenda is about."""
    cases = f"{agenda.cases} case{'' if agenda.cases == 1 else 's'} on the board"
    return f"{cases} of {agenda.question.customer}" if agenda.question.customer else cases


def _descending(warned_at: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(warned_at.items(), reverse=True)
