"""Kimai's CSV: what its export writes, and the columns that its import reads. Times are by the user's clocks.

In what we write no cell can become a formula in a spreadsheet: a dangerous beginning gets an apostrophe, which is
taken off again when it is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

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
from callout.worklog.moments import seconds_of
from callout.worklog.past import Told, on_day

COLUMNS = ("Date", "From", "To", "Duration", "User", "Customer", "Project", "Activity", "Description", "Tags")
# How the columns that matter are called in exports of several versions, and in the import's own table.
_NAMES = {
    "date": ("date",),
    "from": ("from", "begin", "start", "start time"),
    "to": ("to", "end", "end time"),
    "duration": ("duration",),
    "user": ("username", "user", "alias", "name"),
    "customer": ("customer",),
    "project": ("project",),
    "activity": ("activity",),
    "description": ("description",),
    "tags": ("tags",),
    "id": ("id",),
}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_HOURS = re.compile(r"[0-9]{1,4}\.[0-9]{1,6}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def read(file: File) -> Read:
    """The rows of an export. Raises BadInput naming the line, and without a zone where there are clock times."""
    text = file.text()
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True
    )
    records: list[Record] = []
    left_out = []
    columns: dict[str, int] = {}
    try:
        for row in reader:
            if not columns:
                columns = _columns(file, row)
            elif any(cell.strip() for cell in row):
                values = {name: _unguarded(row[place]) for name, place in columns.items() if place < len(row)}
                record = _record(file, reader.line_num, values)
                if record is None:
                    left_out.append((reader.line_num, "it still runs"))
                else:
                    records.append(record)
                    bounded(file, records, reader.line_num)
    except csv.Error as error:
        raise file.wrong(reader.line_num, f"this is no CSV: {error}") from None
    return Read(tuple(records), tuple(left_out))


def write(entries: Sequence[Entry], zone: dt.tzinfo) -> str:
    """A table for Kimai's import, by the clocks of `zone`: the system is the project.

    Raises BadInput for work during which clocks of `zone` were changed: its times would not say its duration.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        names = names_of(entry)
        customer, project = (names.pop(name, "") for name in ("customer", "system"))
        tags = ",".join(f"{name}:{one_line(value).replace(',', '_')}" for name, value in names.items())
        date, began, ended = _clocks(entry, zone)
        duration = f"{entry.seconds // 3600}:{entry.seconds // 60 % 60:02d}:{entry.seconds % 60:02d}"
        cells = (date, began, ended, duration, entry.event.actor, customer, project, entry.activity, entry.note, tags)
        writer.writerow([_guarded(one_line(cell)) for cell in cells])
    return out.getvalue()


def _clocks(entry: Entry, zone: dt.tzinfo) -> tuple[str, str, str]:
    start, end = whole_seconds(entry)
    if not entry.clock_known:
        return start.date().isoformat(), "", ""
    local, until = start.astimezone(zone), end.astimezone(zone)
    if local.utcoffset() != until.utcoffset() or local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        raise BadInput(f"Clocks of {zone} were changed during work {entry.event.id}.", "Export it in UTC: --zone UTC")
    return local.date().isoformat(), f"{local:%H:%M:%S}", f"{until:%H:%M:%S}"


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _columns(file: File, head: Sequence[str]) -> dict[str, int]:
    said = [cell.strip().lower() for cell in head]
    found = {
        name: said.index(word)
        for name, words in _NAMES.items()
        for word in [next((word for word in words if word in said), "")]
        if word
    }
    if "date" not in found or not ({"from", "to"} <= set(found) or "duration" in found):
        raise file.wrong(
            1, "no columns Date, From and To, or Date and Duration", "Export it in English: those are the names."
        )
    return found


def _record(file: File, line: int, values: Mapping[str, str]) -> Record | None:
    day = _day(file, line, values["date"].strip())
    began, ended = (values.get(name, "").strip() for name in ("from", "to"))
    if began and not ended:
        return None
    seconds = _seconds(file, line, values.get("duration", "").strip())
    if began:
        when = _between(file, line, day, began, ended, seconds)
    elif seconds is None:
        raise file.wrong(line, "neither times nor a duration")
    else:
        when = on_day(day, seconds)
    tags = [tag.strip() for tag in values.get("tags", "").split(",")]
    labels, named = labelled([*tags, values.get("project", ""), values.get("activity", ""), values.get("customer", "")])
    own_id = values.get("id", "").strip()
    note = " ".join(values.get("description", "").split())
    return Record(line, when, note, labels, named, f"kimai:{own_id}" if own_id else "", values.get("user", "").strip())


def _between(file: File, line: int, day: dt.date, began: str, ended: str, seconds: int | None) -> Told:
    """From and to, the latter on the next day where it is earlier; with a break the duration is less than that."""
    start, end = (_local(file, line, day, clock) for clock in (began, ended))
    if end < start:
        end = _local(file, line, day + dt.timedelta(days=1), ended)
    when = spanned(file, line, start, end)
    if seconds is None:
        return when
    # Decimal hours have two digits, and clock times often no seconds.
    if seconds > when.seconds + 60:
        raise file.wrong(line, "the duration is longer than from and to are apart")
    return Told(start, end, seconds) if when.seconds - seconds > 60 else when


def _local(file: File, line: int, day: dt.date, clock: str) -> dt.datetime:
    match = _CLOCK.fullmatch(clock)
    try:
        if match is None:
            raise ValueError
        return file.local(line, dt.datetime.combine(day, dt.time(int(match[1]), int(match[2]), int(match[3] or 0))))
    except ValueError:
        raise file.wrong(line, f"{clock[:40]!r} is no time like 09:00") from None


def _day(file: File, line: int, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise file.wrong(line, f"{text[:40]!r} is no date like 2026-03-02") from None


def _seconds(file: File, line: int, text: str) -> int | None:
    """Seconds of `1:30`, `1:30:00` or decimal hours; a bare number could be hours or seconds and is refused."""
    if not text:
        return None
    if _HOURS.fullmatch(text):
        whole, _, part = text.partition(".")
        return int(whole) * 3600 + round(Decimal(f"0.{part}") * 3600)
    if text.isdigit():
        raise file.wrong(line, f"{text[:40]!r}: hours or seconds?", "Write durations like 1:30.")
    try:
        return seconds_of(text, "the duration")
    except BadInput:
        raise file.wrong(line, f"{text[:40]!r} is no duration like 1:30") from None
