"""klog (.klg), by its specification 1.4: records with a date, ranges, durations, open ranges, summaries with tags.

klog knows minutes and no zone. What we write says exact times, where they are not whole minutes, as tags, so that
nothing is lost on the way back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from callout.errors import BadInput
from callout.worklog.entry import Entry
from callout.worklog.exchange.record import (
    File,
    Read,
    Record,
    bounded,
    labelled,
    names_of,
    one_line,
    spanned,
    whole_seconds,
)
from callout.worklog.past import SECOND, Told, on_day

_HEAD = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})(?: +\((?:-|\+)?(?:[0-9]+h)?(?:[0-9]+m)?!\))? *")
_INDENT = re.compile(r"(    |   |  |\t)(?=[^ \t])")
_TIME = r"(<)?([0-9]{1,2}):([0-9]{2})(am|pm)?(>)?"
_RANGE = re.compile(rf"{_TIME} *- *(?:{_TIME}|(\?+))(?: (.*))?")
_DURATION = re.compile(r"([+-])?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?: (.*))?")
_TAG = re.compile(r"""#([\w-]+)(?:=("[^"]*"|'[^']*'|[\w-]+))?""")
QUOTES = "\"'"
_BLANK = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*")


@dataclass(slots=True)
class _Block:
    """A record while it is read: its day, its summary, its entries as (line, text)."""

    line: int
    day: dt.date
    summary: list[str] = field(default_factory=list)
    indent: str = ""
    entries: list[tuple[int, str]] = field(default_factory=list)


def read(file: File) -> Read:
    """The entries of a klog file. Raises BadInput naming the line, and without a zone where there is a range."""
    records: list[Record] = []
    left_out: list[tuple[int, str]] = []
    for block in _blocks(file):
        running = 0
        for line, text in block.entries:
            record = _record(file, block, line, text)
            if record is None:
                running += 1
                left_out.append((line, "it still runs"))
            else:
                records.append(record)
                bounded(file, records, line)
        if running > 1:
            raise file.wrong(block.line, "more than one open range in this record")
    return Read(tuple(records), tuple(left_out))


def write(entries: Sequence[Entry], zone: dt.tzinfo) -> str:
    """A klog file by the clocks of `zone`: a record per day, its work in order; exact times as tags where needed.

    Raises BadInput where clocks of `zone` were changed so that a time would be ambiguous.
    """
    days: dict[dt.date, list[str]] = {}
    for entry in entries:
        start, end = whole_seconds(entry)
        names = names_of(entry)
        if entry.clock_known:
            local, text = _range(entry, start, end, zone)
            day = local.date()
        else:
            day, text = start.date(), f"{entry.seconds // 3600}h{entry.seconds // 60 % 60}m"
        if start.second or entry.seconds % 60:
            names |= {"from": start.isoformat().replace("+00:00", "Z"), "seconds": str(entry.seconds)}
        if not entry.clock_known:
            names.pop("from", None)
        tags = " ".join(f"#{name}={_quoted(value)}" for name, value in names.items())
        days.setdefault(day, []).append(f"    {text} {_plain(entry.note)} {tags}".replace("  #", " #"))
    return "\n".join(f"{day.isoformat()}\n" + "".join(f"{line}\n" for line in days[day]) for day in sorted(days))


def _plain(note: str) -> str:
    """The note, in which nothing reads like one of our tags with a value."""
    return re.sub(r"#(?=[\w-]+=)", "＃", one_line(note))


def _range(entry: Entry, start: dt.datetime, end: dt.datetime, zone: dt.tzinfo) -> tuple[dt.datetime, str]:
    local, until = start.astimezone(zone), end.astimezone(zone)
    for moment in (local, until):
        if moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset():
            raise BadInput(
                f"Clocks of {zone} were changed when work {entry.event.id} began or ended.",
                "Export it in UTC: --zone UTC",
            )
    shift = ">" if until.date() > local.date() else ""
    return local, f"{local:%H:%M} - {until:%H:%M}{shift}"


def _quoted(value: str) -> str:
    text = one_line(value)
    if re.fullmatch(r"[\w-]+", text):
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'


def _blocks(file: File) -> list[_Block]:
    blocks: list[_Block] = []
    block: _Block | None = None
    for number, line in enumerate(file.lines(), 1):
        if _BLANK.fullmatch(line):
            block = None
        elif block is None:
            block = _Block(number, _day(file, number, line))
            blocks.append(block)
        elif line[0] in " \t":
            _add_entry(file, block, number, line)
        elif block.entries or _BLANK.match(line)[0]:  # type: ignore[index]
            raise file.wrong(
                number, "a summary stands between the date and the entries, and a record ends with a blank line"
            )
        else:
            block.summary.append(line)
    return blocks


def _day(file: File, number: int, line: str) -> dt.date:
    match = _HEAD.fullmatch(line)
    try:
        if match is None:
            raise ValueError
        return dt.date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        raise file.wrong(number, "a record begins with its date, like 2026-03-02") from None


def _add_entry(file: File, block: _Block, number: int, line: str) -> None:
    if block.entries and line.startswith(block.indent * 2):
        first, text = block.entries[-1]
        block.entries[-1] = (first, f"{text} {line.strip()}")
        return
    match = _INDENT.match(line)
    if match is None or (block.indent and match[1] != block.indent):
        raise file.wrong(number, "entries are indented alike within a record: by 2 to 4 spaces or one tab")
    block.indent = match[1]
    block.entries.append((number, line[len(block.indent) :].rstrip()))


def _record(file: File, block: _Block, line: int, text: str) -> Record | None:
    """The record of an entry; None for an open range. Tags of the record's summary are every entry's."""
    ranged = _RANGE.fullmatch(text)
    timed = None if ranged else _DURATION.fullmatch(text)
    if ranged is not None:
        summary = ranged[12] or ""
        when = None if ranged[11] else _spanned(file, block, line, ranged)
    elif timed is not None and (timed[2] or timed[3]):
        summary = timed[4] or ""
        when = _lasting(file, block, line, timed)
    else:
        raise file.wrong(line, "this is no range like 9:00 - 10:30 and no duration like 1h30m")
    if when is None:
        return None
    values = {name: value.strip(QUOTES) for name, value in _TAG.findall(summary)}
    tags = _TAG.findall(" ".join([summary, *block.summary]))
    said = [f"{name}:{value.strip(QUOTES)}" if value else name for name, value in tags]
    labels, named = labelled(said)
    note = " ".join(_TAG.sub(lambda tag: "" if tag[2] else tag[0], summary).split())
    return Record(line, _exact(file, line, when, values), note or " ".join(block.summary), labels, named)


def _exact(file: File, line: int, when: Told, values: dict[str, str]) -> Told:
    """The seconds that our own exports say as tags; refused where they are not those of the entry's minutes."""
    if "seconds" not in values:
        return when
    try:
        seconds = int(values["seconds"])
        began = dt.datetime.fromisoformat(values["from"]) if "from" in values else when.started_at
        exact = Told(began, began + seconds * SECOND, seconds, when.clock_known)
        near = abs((exact.started_at - when.started_at).total_seconds()) < 60 and abs(seconds - when.seconds) < 120
    except (ValueError, TypeError, OverflowError):
        near = False
    if not near:
        raise file.wrong(line, "the tags #from and #seconds are not those of this entry's times")
    return exact


def _spanned(file: File, block: _Block, line: int, match: re.Match[str]) -> Told:
    began, ended = _moment(file, block, line, match, 1), _moment(file, block, line, match, 6)
    return spanned(file, line, began, ended)


def _moment(file: File, block: _Block, line: int, match: re.Match[str], at: int) -> dt.datetime:
    before, hours, minutes, half, after = match.groups()[at - 1 : at + 4]
    hour, minute = int(hours), int(minutes)
    days = (1 if after else 0) - (1 if before else 0)
    if before and after:
        raise file.wrong(line, "a time is of the day before or of the day after")
    if half:
        if not 1 <= hour <= 12:
            raise file.wrong(line, f"{hours}:{minutes}{half} is no time")
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif hour == 24 and minute == 0 and not after:
        hour, days = 0, days + 1
    try:
        written = dt.datetime.combine(block.day + dt.timedelta(days=days), dt.time(hour, minute))
    except (ValueError, OverflowError):
        raise file.wrong(line, f"{hours}:{minutes} is no time") from None
    return file.local(line, written)


def _lasting(file: File, block: _Block, line: int, match: re.Match[str]) -> Told:
    hours, minutes = int(match[2] or 0), int(match[3] or 0)
    if match[2] and minutes > 59:
        raise file.wrong(line, f"{minutes} minutes beside hours")
    if match[1] == "-":
        raise file.wrong(line, "a duration that is taken off belongs to no work", "Write the times around the break.")
    return on_day(block.day, hours * 3600 + minutes * 60)
