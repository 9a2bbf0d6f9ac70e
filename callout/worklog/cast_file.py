"""Reads a recording that anybody may have written: a line at a time, bounded, every complaint with its line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from access_check.escaping import shown
from callout.errors import BadInput
from callout.worklog.asciicast import LONGEST_LINE_BYTES, CastEvent, Header, Malformed, read_event, read_header

_PIECE_BYTES = 1024 * 1024


@dataclass
class CastFile:
    """An open recording: its header, and its events in order."""

    path: Path
    header: Header
    _stream: BinaryIO

    def events(self) -> Iterator[CastEvent]:
        """Every event once. Raises BadInput naming the line that is none; all before it were given."""
        number, at_s = 1, 0.0
        while line := _line(self._stream):
            number += 1
            if not line.strip():
                continue
            try:
                if not line.endswith(b"\n") and len(line) <= LONGEST_LINE_BYTES:
                    raise Malformed("it is cut off")
                event = read_event(line, at_s)
            except Malformed as error:
                raise _complaint(self.path, number, error) from None
            at_s = event.at_s
            yield event


@contextmanager
def open_cast(path: Path) -> Iterator[CastFile]:
    """The recording at `path`. Raises BadInput for a file that cannot be read or begins with no header."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise BadInput(f"{shown(str(path))} cannot be read: {error.strerror}.", "Name a recording.") from None
    with stream:
        try:
            header = read_header(_line(stream))
        except Malformed as error:
            raise _complaint(path, 1, error) from None
        except OSError as error:  # a folder
            raise BadInput(f"{shown(str(path))} cannot be read: {error.strerror}.", "Name a recording.") from None
        yield CastFile(path, header, stream)


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file. Raises BadInput where it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE_BYTES):
                found.update(piece)
    except OSError as error:
        raise BadInput(f"{shown(str(path))} cannot be read: {error.strerror}.", "Name a recording.") from None
    return found.hexdigest()


def _line(stream: BinaryIO) -> bytes:
    return stream.readline(LONGEST_LINE_BYTES + 1)


def _complaint(path: Path, number: int, error: Malformed) -> BadInput:
    return BadInput(
        f"{shown(str(path))}, line {number}: {error}.", "Up to there it was well; play another copy if there is one."
    )
