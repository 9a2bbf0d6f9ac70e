"""Pure: a look as bytes and back. What is read back is as hostile as what came from a system: bounded, validated.

A look's text is `callout-look 1`, a line of JSON (all but the files), and for each file its path and its record, each
ended by a zero byte, in ascending order of paths; at last an empty path with the number of files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from callout.drift.entries import MAXIMUM_ENTRIES, MAXIMUM_PATH_BYTES, STORED
from callout.drift.look import Fact, Hashed, Look, Section, SectionState, Whole

OPENING = b"callout-look 1\n"
LOOK_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}", re.ASCII)
MAXIMUM_LINE_BYTES = 64 * 1024 * 1024
MAXIMUM_FACTS = 1_000_000
LONGEST_RECORD_BYTES = 2 * MAXIMUM_PATH_BYTES + 512


class LookRefused(ValueError):
    """What was read is no whole look of ours; the message says what is wrong with it, without control characters."""


def look_text(look: Look, files: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The look as bytes, in pieces of about 64 KiB. `files` are sorted by path."""
    yield OPENING + json.dumps(_as_dict(look), separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"
    rows, count = iter(files), 0
    while batch := list(islice(rows, 512)):
        count += len(batch)
        yield b"".join(b"%b\0%b\0" % row for row in batch)
    yield b"\0%d\0" % count


def read_head(pieces: Iterator[bytes]) -> tuple[Look, Iterator[bytes]]:
    """The look, and the pieces that follow its line, for `read_entries`. Raises LookRefused."""
    head, begins = bytearray(), len(OPENING)
    searched = begins
    while (ends := head.find(b"\n", searched)) < 0:
        searched = max(begins, len(head))
        piece = next(pieces, None)
        if piece is None or len(head) > MAXIMUM_LINE_BYTES:
            raise LookRefused("its second line has no end")
        head += piece
        if not head.startswith(OPENING[: len(head)]):
            raise LookRefused("it does not begin as one of ours")
    try:
        look = _from_dict(json.loads(head[begins:ends]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise LookRefused("its second line is not one of ours") from None
    return look, chain([bytes(head[ends + 1 :])], pieces)


def read_entries(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Paths and records from what follows that line. Raises LookRefused for what is cut, unsorted or no record."""
    fields, last, valid = _fields(pieces), b"", STORED.fullmatch
    for count, path in enumerate(fields):
        record = next(fields, None)
        if record is None:
            break
        if not path:
            if record != b"%d" % count or next(fields, None) is not None:
                raise LookRefused("it does not hold as many files as it says")
            return
        if path <= last or not path.startswith(b"/") or count >= MAXIMUM_ENTRIES or not valid(record):
            raise LookRefused(f"file {count + 1} is not understood: {path[:100]!r}")
        last = path
        yield path, record
    raise LookRefused("it has no end")


def _fields(pieces: Iterable[bytes]) -> Iterator[bytes]:
    pending = b""
    for piece in pieces:
        *whole, pending = (pending + piece).split(b"\0")
        yield from whole
        if len(pending) > LONGEST_RECORD_BYTES:
            raise LookRefused("a record has no end")
    if pending:
        raise LookRefused("it ends in the middle of a record")


def _as_dict(look: Look) -> dict[str, Any]:
    return {
        "id": look.id,
        "system": look.system,
        "taken_at": look.taken_at.isoformat(),
        "clock_s": look.clock_s,
        "product_version": look.product_version,
        "scope_hash": look.scope_hash,
        "hashed": str(look.hashed),
        "sections": {str(name): [str(one.state), one.why, one.way] for name, one in look.sections.items()},
        "facts": [[str(fact.section), fact.subject, dict(fact.value)] for fact in look.facts],
        "texts": dict(look.texts),
        "logins": list(look.logins),
        "disagreements": list(look.disagreements),
        "files_count": look.files_count,
        "unread_count": look.unread_count,
    }


def _from_dict(told: dict[str, Any]) -> Look:
    taken_at = dt.datetime.fromisoformat(told["taken_at"])
    if taken_at.tzinfo is None or not LOOK_ID.fullmatch(told["id"]) or len(told["facts"]) > MAXIMUM_FACTS:
        raise ValueError
    facts = tuple(Fact(Section(name), _text(subject), _texts(value)) for name, subject, value in told["facts"])
    sections = {
        Section(name): SectionState(Whole(state), _text(why), _text(way))
        for name, (state, why, way) in told["sections"].items()
    }
    return Look(
        id=told["id"],
        system=_text(told["system"]),
        taken_at=taken_at,
        clock_s=int(told["clock_s"]),
        product_version=_text(told["product_version"]),
        scope_hash=_text(told["scope_hash"]),
        hashed=Hashed(told["hashed"]),
        # What a look does not speak of, it does not know.
        sections={one: sections.get(one, SectionState(Whole.UNKNOWN, "it was not looked at")) for one in Section},
        facts=facts,
        texts=_texts(told["texts"]),
        logins=tuple(_text(one) for one in told["logins"]),
        disagreements=tuple(_text(one) for one in told["disagreements"]),
        files_count=int(told["files_count"]),
        unread_count=int(told["unread_count"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: dict[str, Any]) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in value.items()}
