"""Timeclock files as hledger and Ledger read them: `i DATE TIME ACCOUNT  DESCRIPTION`, then `o DATE TIME`.

Their times are by somebody's clocks and say not whose: hledger reads an offset and ignores it. So the zone has to be
named, and what is written here is in UTC, where hledger's differences are right also when clocks are changed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

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

_LINE = re.compile(
    r"([ioO]) ([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2}) ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(?:[+-][0-9]{4})?(?:\s+(.*))?",
    re.ASCII,
)
_COMMENTS = (";", "#", "*")


def read(file: File) -> Read:
    """The sessions of a timeclock file. Raises BadInput naming the line, and without a zone."""
    records: list[Record] = []
    opened: tuple[int, dt.datetime, str] | None = None
    for number, line in enumerate(file.lines(), 1):
        if not line.strip() or line.lstrip().startswith(_COMMENTS):
            continue
        code, moment, rest = _entry(file, number, line)
        if code == "i":
            if opened is not None:
                raise file.wrong(number, f"clocked in again; the session of line {opened[0]} was never ended")
            opened = (number, moment, rest)
        elif opened is None:
            raise file.wrong(number, "clocked out, and was not in")
        else:
            records.append(_record(file, opened, moment))
            bounded(file, records, number)
            opened = None
    left_out = [(opened[0], "it still runs")] if opened else []
    return Read(tuple(records), tuple(left_out))


def write(entries: Sequence[Entry], zone: dt.tzinfo) -> str:
    """A timeclock file by the clocks of `zone`, in the order of `entries`: customer and system are the account.

    Raises BadInput for work whose difference of clock times is not its duration, because clocks were changed.
    """
    lines = [f"; times are by the clocks of {zone}"]
    for entry in entries:
        start, end = (moment.astimezone(zone) for moment in whole_seconds(entry))
        naive = [moment.replace(tzinfo=None) for moment in (start, end)]
        twice = any(moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset() for moment in (start, end))
        if twice or (naive[1] - naive[0]).total_seconds() != entry.seconds:
            raise BadInput(
                f"Clocks of {zone} were changed during work {entry.event.id}: a timeclock file cannot say that.",
                "Export it in UTC: --zone UTC",
            )
        names = names_of(entry)
        account = ":".join(_part(names.pop(name)) for name in ("customer", "system") if name in names)
        tags = ", ".join(f"{name}:{_part(value)}" for name, value in names.items())
        note = one_line(entry.note).replace(";", ",")
        lines.append(f"i {naive[0]:%Y-%m-%d %H:%M:%S} {account or 'nobody'}  {note}{' ' if note else ''}; {tags}")
        lines.append(f"o {naive[1]:%Y-%m-%d %H:%M:%S}")
    return "\n".join(lines) + "\n"


def _part(text: str) -> str:
    """Text that ends neither an account nor a tag."""
    return re.sub(r"[;,]", "_", one_line(text))


def _entry(file: File, number: int, line: str) -> tuple[str, dt.datetime, str]:
    match = _LINE.fullmatch(line.rstrip())
    if match is None:
        raise file.wrong(number, "this line is no `i DATE TIME ACCOUNT  DESCRIPTION` and no `o DATE TIME`")
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[1:7])
        written = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - by the file's clocks
    except ValueError:
        raise file.wrong(number, "there is no such date or time") from None
    return match[1], file.local(number, written), (match[8] or "").strip()


def _record(file: File, opened: tuple[int, dt.datetime, str], ended: dt.datetime) -> Record:
    number, began, rest = opened
    account, _, description = rest.partition("  ")
    note, _, comment = description.partition(";")
    tags = [tag.strip() for tag in comment.split(",")]
    accounts = [account, *account.split(":")] if ":" in account else [account]
    labels, named = labelled([*accounts, *tags])
    return Record(number, spanned(file, number, began, ended), note.strip(), labels, named)
