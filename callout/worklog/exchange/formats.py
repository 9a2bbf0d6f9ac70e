"""The formats by name: who reads them, who writes them, and what they cannot say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callout.errors import BadInput
from callout.worklog.entry import Entry
from callout.worklog.exchange import kimai_csv, kimai_json, klog, timeclock, timewarrior
from callout.worklog.exchange.record import File, Read


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `durations` is whether it knows work without clock times; `write` gets the zone of local times."""

    name: str
    about: str
    read: Callable[[File], Read]
    write: Callable[[Sequence[Entry], dt.tzinfo], str]
    durations: bool = False


FORMATS = {
    one.name: one
    for one in (
        Format(
            "timewarrior", "Timewarrior's JSON export, or its data files", timewarrior.read,
            lambda entries, _: timewarrior.write_json(entries),
        ),
        Format(
            "timewarrior-data", "Timewarrior's data files, or its JSON export", timewarrior.read,
            lambda entries, _: timewarrior.write_data(entries),
        ),
        Format("klog", "klog (.klg)", klog.read, klog.write, durations=True),
        Format("timeclock", "timeclock files of hledger and Ledger", timeclock.read, timeclock.write),
        Format("kimai-csv", "Kimai's CSV", kimai_csv.read, kimai_csv.write, durations=True),
        Format(
            "kimai-json", "Kimai's timesheets as JSON", kimai_json.read,
            lambda entries, _: kimai_json.write(entries),
        ),
    )
}  # fmt: skip


def format_named(name: str) -> Format:
    """The format of that name. Raises BadInput naming those that there are."""
    if name not in FORMATS:
        raise BadInput(f"{name[:40]!r} is no format.", f"There are: {', '.join(FORMATS)}.")
    return FORMATS[name]
