"""Pure: a ledger as JSON Lines, and back: one event a line in canonical JSON, between a first and a last line.

The last line says how many there were and the head's hash: what was cut, also between two lines, is not taken for a
shorter ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from callout.errors import BadInput
from callout.ledger.chain import Walk, whole_rows
from callout.ledger.event import COLUMNS, Row, canonical, read_canonical, storable

FIRST_LINE = canonical({"callout_ledger_export": 1})
# A body is at most 1 MiB; whatever is longer is no event of ours and is not read to its end.
MAXIMUM_LINE_BYTES = 4 * 1024 * 1024
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_AROUND_BODY = tuple(sorted(name for name in COLUMNS if name != "body"))
_BEFORE_BODY = ("actor", "at")


def export_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of an export, without line ends. Raises LedgerDamaged at the first row that is not whole.

    Equal ledgers give equal lines, whichever databases they are in.
    """
    yield FIRST_LINE
    walk = Walk()
    for row in whole_rows(rows, walk):
        yield _line(row)
    yield _last_line(walk)


def imported_rows(lines: Iterable[bytes], what: str) -> Iterator[Row]:
    """The rows in the lines of an export, each checked before it is given; lines may have their ends.

    Raises BadInput, naming `what` and the line, at the first that is not exactly as `export_lines` wrote it.
    """
    walk = Walk()
    number = 0
    ended = False
    for number, raw in enumerate(lines, 1):
        if ended:
            raise _refused(what, number, "something follows the last line")
        text = _text(raw, what, number)
        if number == 1:
            if text != FIRST_LINE:
                raise _refused(what, number, "this is no export of a ledger that this version can read")
        elif text.startswith('{"count":'):
            if text != _last_line(walk):
                raise _refused(what, number, "the count or the head's hash is not that of the lines before")
            ended = True
        else:
            yield _row(text, walk, what, number)
    if not ended:
        raise _refused(what, number + 1, "it ends before its last line: it was cut")


def _line(row: Mapping[str, Any]) -> str:
    """Exactly `canonical` of the columns with the body as data, which the body's text is already."""
    rest = canonical({name: row[name] for name in _AROUND_BODY if name not in _BEFORE_BODY})
    first = canonical({name: row[name] for name in _BEFORE_BODY})
    return f'{first[:-1]},"body":{row["body"]},{rest[1:]}'


def _last_line(walk: Walk) -> str:
    head = walk.head()
    return canonical({"count": head.count, "head": head.hash})


def _text(raw: bytes, what: str, number: int) -> str:
    try:
        return raw.removesuffix(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        raise _refused(what, number, "it is not UTF-8") from None


def _row(text: str, walk: Walk, what: str, number: int) -> Row:
    try:
        row = read_canonical(text)
    except ValueError:
        row = None
    if not isinstance(row, dict) or set(row) != set(COLUMNS) or not isinstance(row["body"], dict):
        raise _refused(what, number, "it is no event as an export writes it")
    row["body"] = canonical(row["body"])
    if problem := walk.problem(row):
        raise _refused(what, number, problem[1])
    if not all(storable(value) for name, value in row.items() if name != "seq"):
        raise _refused(what, number, "it holds text that cannot be stored")
    if not _TIME.fullmatch(row["at"]) or not _TIME.fullmatch(row["recorded_at"]):
        raise _refused(what, number, "its times are not as the ledger writes them")
    return row


def _refused(what: str, number: int, why: str) -> BadInput:
    return BadInput(f"{what}, line {number}: {why}; nothing was imported.", "Export it again where it was made.")
