"""Kimai's JSON, as its API lists timesheets: an array of objects with `begin`, `end`, `duration`, names or numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

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
from callout.worklog.past import Told


def read(file: File) -> Read:
    """The timesheets of an array. Raises BadInput naming the object by its place from 1."""
    try:
        rows = json.loads(file.text())
    except (ValueError, RecursionError) as error:
        raise file.wrong(getattr(error, "lineno", 1), "this is no JSON") from None
    if not isinstance(rows, list):
        raise file.wrong(1, "this is no array of timesheets")
    records: list[Record] = []
    left_out = []
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not isinstance(row.get("begin"), str):
            raise file.wrong(place, "this object is no timesheet: it has no begin")
        if row.get("end") is None:
            left_out.append((place, "it still runs"))
            continue
        records.append(_record(file, place, row))
        bounded(file, records, place)
    return Read(tuple(records), tuple(left_out))


def write(entries: Sequence[Entry]) -> str:
    """An array as the API lists it with names written out, times in UTC: the system is the project."""
    rows = []
    for entry in entries:
        start, end = whole_seconds(entry)
        names = names_of(entry)
        customer, project = (names.pop(name, "") for name in ("customer", "system"))
        rows.append(
            {
                "begin": start.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "end": end.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "duration": entry.seconds,
                "user": {"username": entry.event.actor},
                "project": {"name": project, "customer": {"name": customer}},
                "activity": {"name": entry.activity},
                "description": one_line(entry.note),
                "tags": [f"{name}:{one_line(value)}" for name, value in names.items()],
            }
        )
    return json.dumps(rows, indent=2) + "\n"


def _record(file: File, place: int, row: Mapping[str, Any]) -> Record:
    when = spanned(file, place, *(_moment(file, place, row[name]) for name in ("begin", "end")))
    seconds = row.get("duration")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < when.seconds:
        when = Told(when.started_at, when.ended_at, seconds)
    elif seconds is not None and seconds != when.seconds:
        raise file.wrong(place, f"its duration is {str(seconds)[:40]}, which is not between begin and end")
    tags = row.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise file.wrong(place, "its tags are no texts")
    project = row.get("project")
    customer = project.get("customer") if isinstance(project, dict) else None
    labels, named = labelled([*tags, _name(project), _name(row.get("activity")), _name(customer)])
    user = row.get("user")
    person = str(user.get("username") or user.get("alias") or "") if isinstance(user, dict) else str(user or "")
    note = " ".join(str(row.get("description") or "").split())
    own_id = row.get("id")
    return Record(place, when, note, labels, named, "" if own_id is None else f"kimai:{own_id}", person)


def _name(value: Any) -> str:
    """The name of a project, an activity or a customer; its number as text where that is all there is."""
    if isinstance(value, dict):
        value = value.get("name")
    return "" if value is None else str(value)


def _moment(file: File, place: int, text: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise file.wrong(place, f"{str(text)[:40]!r} is no time") from None
    return file.local(place, moment) if moment.tzinfo is None else moment.astimezone(dt.UTC)
