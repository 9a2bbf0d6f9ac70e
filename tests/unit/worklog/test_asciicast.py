"""asciicast v2: what is written is read back, what is none is told by its line, however it was made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callout.errors import BadInput
from callout.worklog.asciicast import (
    LONGEST_LINE_BYTES,
    TEXT_CHARACTERS,
    CastEvent,
    Header,
    Malformed,
    event_line,
    header_line,
    read_event,
    read_header,
)
from callout.worklog.cast_file import open_cast

HEAD = header_line(Header(80, 24))


def test_what_is_written_is_read_back_and_is_ascii() -> None:
    header = Header(132, 50, 1_764_000_000, "Grüße \x1b]0;x\x07", "ls 'ä'", {"TERM": "xterm", "SHELL": "/bin/sh"})
    event = CastEvent(1.25, "o", "\x1b[31mrot\x1b[0m \x9b2J 漢字 😀\r\n")
    for line in (header_line(header), event_line(event)):
        assert line.endswith(b"\n")
        assert all(32 <= byte < 127 for byte in line[:-1])
    assert read_header(header_line(header)) == header
    assert read_event(event_line(event)) == event


def test_the_format_is_the_published_one() -> None:
    told = json.loads(header_line(Header(80, 24, 1, "t", env={"TERM": "xterm"})))
    assert told == {"version": 2, "width": 80, "height": 24, "timestamp": 1, "title": "t", "env": {"TERM": "xterm"}}
    assert json.loads(event_line(CastEvent(0.5, "r", "132x50"))) == [0.5, "r", "132x50"]


def test_the_longest_text_fits_the_longest_line() -> None:
    assert len(event_line(CastEvent(3e7, "o", "😀" * TEXT_CHARACTERS))) <= LONGEST_LINE_BYTES


@pytest.mark.parametrize(
    ("text", "size"), [("132x50", (132, 50)), ("0x5", None), ("70000000x1", None), ("5", None), ("-1x5", None)]
)
def test_a_size_is_two_numbers(text: str, size: tuple[int, int] | None) -> None:
    assert CastEvent(0, "r", text).size == size


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{}", b"[]", b"\xff\xfe", b'{"version": 1}', b'{"version": 3, "term": {}}', b'{"version": true}',
        b'{"version": 2}', b'{"version": 2, "width": -1, "height": 24}', b'{"version": 2, "width": 80, "height": 1e9}',
        b'{"version": 2, "width": "80", "height": 24}', b'{"version": 2, "width": 80, "height": 24, "timestamp": -5}',
        b"[" * 500_000, b'{"version": 2, "width": 80, "height": 24' + b" " * LONGEST_LINE_BYTES + b"}",
    ],
)  # fmt: skip
def test_what_is_no_header(line: bytes) -> None:
    with pytest.raises(Malformed):
        read_header(line)


@pytest.mark.parametrize(
    "line",
    [
        b"{}", b"[]", b'[1, "o"]', b'[1, "o", "x", 4]', b'["1", "o", "x"]', b'[true, "o", "x"]', b'[-1, "o", "x"]',
        b'[NaN, "o", "x"]', b'[Infinity, "o", "x"]', b'[1e300, "o", "x"]', b'[1, 2, "x"]', b'[1, "o", null]',
        b'[1, "output", "x"]', b'[1, "o", "x"', b"[" * 900_000, b'[0.5, "o", "back in time"]',
    ],
)  # fmt: skip
def test_what_is_no_event_is_told_with_its_line(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "some.cast"
    path.write_bytes(HEAD + b'[1.0, "o", "well"]\n\n' + line + b"\n")
    with open_cast(path) as cast:
        events = cast.events()
        assert next(events).text == "well"
        with pytest.raises(BadInput, match=r"some\.cast, line 4: it") as caught:
            next(events)
    assert caught.value.exit_status == 2


def test_a_line_that_is_cut_off_is_no_event(tmp_path: Path) -> None:
    path = tmp_path / "cut.cast"
    path.write_bytes(HEAD + b'[1.0, "o", "well"]\n[2.0, "o", "cut"]')
    with open_cast(path) as cast, pytest.raises(BadInput, match="line 3: it is cut off"):
        list(cast.events())


def test_a_line_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "long.cast"
    with path.open("wb") as stream:
        stream.write(HEAD)
        stream.truncate(1 << 30)
    with open_cast(path) as cast, pytest.raises(BadInput, match="line 2: it is longer than 1048576 bytes"):
        list(cast.events())


@pytest.mark.parametrize("what", ["folder", "missing", "empty"])
def test_what_is_no_file(what: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    if what == "folder":
        path.mkdir()
    elif what == "empty":
        path.touch()
    with pytest.raises(BadInput, match=r"/x"), open_cast(path):
        pass
