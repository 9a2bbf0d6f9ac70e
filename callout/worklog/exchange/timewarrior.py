"""Timewarrior: its JSON export and its data files (`inc START - END # tags # annotation`). All times are UTC."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
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

_MOMENT = "%Y%m%dT%H%M%SZ"
_WRITTEN = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_WORD = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_KEYS = {"id", "start", "end", "tags", "annotation"}
RUNNING = "it still runs"


def read(file: File) -> Read:
    """The records of an export or a data file. Raises BadInput naming the line, or the object's place."""
    text = file.text().lstrip()
    return _read_json(file, text) if text.startswith("[") else _read_data(file)


def write_json(entries: Sequence[Entry]) -> str:
    """As `timew export` writes it, in the order of `entries`; the last one is number 1, as there."""
    rows = []
    for number, entry in enumerate(entries):
        start, end = whole_seconds(entry)
        row: dict[str, Any] = {
            "id": len(entries) - number,
            "start": start.strftime(_MOMENT),
            "end": end.strftime(_MOMENT),
        }
        row["tags"] = _tags(entry)
        if entry.note:
            row["annotation"] = one_line(entry.note)
        rows.append(json.dumps(row, ensure_ascii=False))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def write_data(entries: Sequence[Entry]) -> str:
    """Lines for a data file, as Timewarrior writes them; a month's lines belong into YYYY-MM.data."""
    lines = []
    for entry in entries:
        start, end = whole_seconds(entry)
        line = f"inc {start.strftime(_MOMENT)} - {end.strftime(_MOMENT)} # {' '.join(map(_quoted, _tags(entry)))}"
        lines.append(line + (f" # {_quoted(one_line(entry.note))}" if entry.note else "") + "\n")
    return "".join(lines)


def _tags(entry: Entry) -> list[str]:
    return [one_line(f"{name}:{value}") for name, value in names_of(entry).items()]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_json(file: File, text: str) -> Read:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise file.wrong(getattr(error, "lineno", 1), "this is no JSON") from None
    records: list[Record] = []
    left_out = []
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not isinstance(row.get("start"), str) or set(row) - _KEYS:
            raise file.wrong(place, "this object is no interval of Timewarrior")
        tags, note, end = row.get("tags", []), row.get("annotation", ""), row.get("end")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags) or not isinstance(note, str):
            raise file.wrong(place, "this object's tags or annotation are no texts")
        if end is None:
            left_out.append((place, RUNNING))
            continue
        records.append(_record(file, place, row["start"], str(end), tags, note))
        bounded(file, records, place)
    return Read(tuple(records), tuple(left_out))


def _read_data(file: File) -> Read:
    records: list[Record] = []
    left_out = []
    for number, line in enumerate(file.lines(), 1):
        if not line.strip():
            continue
        words = _words(file, number, line)
        if words[0] != ("inc", False) or len(words) < 2:
            raise file.wrong(number, "this line is no `inc START - END # tags`")
        start, rest = words[1][0], words[2:]
        end = ""
        if len(rest) >= 2 and rest[0] == ("-", False):
            end, rest = rest[1][0], rest[2:]
        if rest and rest[0] != ("#", False):
            raise file.wrong(number, "behind the times comes no `#`")
        rest = rest[1:]
        cut = rest.index(("#", False)) if ("#", False) in rest else len(rest)
        if not end:
            left_out.append((number, RUNNING))
            continue
        tags, note = [word for word, _ in rest[:cut]], " ".join(word for word, _ in rest[cut + 1 :])
        records.append(_record(file, number, start, end, tags, note))
        bounded(file, records, number)
    return Read(tuple(records), tuple(left_out))


def _words(file: File, number: int, line: str) -> list[tuple[str, bool]]:
    """The words of a line, and whether each was quoted."""
    found, place = [], 0
    line = line.rstrip()
    while place < len(line):
        match = _WORD.match(line, place)
        if match is None or (match[2] or "").startswith('"'):
            raise file.wrong(number, "a quotation mark is never closed")
        quoted = match[1] is not None
        found.append((re.sub(r"\\(.)", r"\1", match[1]) if quoted else match[2], quoted))
        place = match.end()
    return found


def _record(file: File, place: int, start: str, end: str, tags: Sequence[str], note: str) -> Record:
    labels, named = labelled(tags)
    when = spanned(file, place, _moment(file, place, start), _moment(file, place, end))
    return Record(place, when, note, labels, named)


def _moment(file: File, place: int, text: str) -> dt.datetime:
    try:
        if not _WRITTEN.fullmatch(text):
            raise ValueError
        return dt.datetime.strptime(text, _MOMENT).replace(tzinfo=dt.UTC)
    except ValueError:
        raise file.wrong(place, f"{text[:40]!r} is no time like 20260302T090000Z") from None
