"""Writes a recording: whole lines only, private, bounded, without our secrets. A full disk ends it, not the session."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callout.errors import CalloutError
from callout.worklog.asciicast import OUTPUT, RESIZE, TEXT_CHARACTERS, CastEvent, Header, event_line, header_line
from callout.worklog.stream_masking import StreamMasker

ENDING = ".cast"
# Kept free below the limit, so that the note on the limit itself has room.
_NOTE_BYTES = 512


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was kept: the file's name in the recordings' folder, SHA-256 (hex) and size of what was written.

    `left_out_bytes` is how much output came after the recording had ended, `trouble` why it ended early.
    """

    file: str
    sha256: str
    size_bytes: int
    left_out_bytes: int = 0
    trouble: str = ""


class Recording:
    """A file that is written while a session runs. Times are seconds since the start."""

    def __init__(self, path: Path, header: Header, secrets: Iterable[str], maximum_bytes: int) -> None:
        """Makes the file (0600) with its header. Raises CalloutError where it cannot be written."""
        self._path, self._limit = path, maximum_bytes - _NOTE_BYTES
        self._masker = StreamMasker(secrets)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._hash, self._size, self._left_out = hashlib.sha256(), 0, 0
        self.trouble = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise _cannot(path, error) from None
        try:
            self._write(header_line(header))
        except OSError as error:
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise _cannot(path, error) from None

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def output(self, data: bytes, at_s: float) -> None:
        """What the far side said; sets `trouble` where it cannot be kept any more."""
        if self.trouble:
            self._left_out += len(data)
            return
        self._keep(self._masker.text(self._decoder.decode(data)), at_s)
        if self.trouble:
            self._left_out += len(data)

    def resized(self, columns: int, rows: int, at_s: float) -> None:
        """The terminal has another size now."""
        if not self.trouble:
            self._event(CastEvent(at_s, RESIZE, f"{columns}x{rows}"))

    def close(self, at_s: float) -> Recorded:
        """Writes what was held back, puts all of it on the disk, and says what was kept."""
        if not self.trouble:
            self._keep(self._masker.text(self._decoder.decode(b"", final=True)) + self._masker.rest(), at_s)
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            self.trouble = self.trouble or _why(error)
        finally:
            os.close(self._descriptor)
        return Recorded(self.name, self._hash.hexdigest(), self._size, self._left_out, self.trouble)

    def drop(self) -> None:
        """Takes the file away: nothing was said that is worth keeping."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    def _keep(self, text: str, at_s: float) -> None:
        for start in range(0, len(text), TEXT_CHARACTERS):
            if not self.trouble:
                self._event(CastEvent(at_s, OUTPUT, text[start : start + TEXT_CHARACTERS]))

    def _event(self, event: CastEvent) -> None:
        line = event_line(event)
        try:
            if self._size + len(line) <= self._limit:
                self._write(line)
                return
            self.trouble = f"its limit of {self._limit + _NOTE_BYTES} bytes is reached"
            note = f"\r\n[callout: the recording ends here, {self.trouble}; the session went on]\r\n"
            self._write(event_line(CastEvent(event.at_s, OUTPUT, note)))
        except OSError as error:
            self.trouble = _why(error)

    def _write(self, line: bytes) -> None:
        """The whole line or nothing of it."""
        done = 0
        try:
            while done < len(line):
                done += os.write(self._descriptor, line[done:])
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(line)
        self._hash.update(line)


def recording_name(began: str, system: str, mark: str) -> str:
    """The file's name: when (UTC, like 20260301T090000Z), which system, and a mark that makes it the only one."""
    return f"{began}-{re.sub(r'[^A-Za-z0-9._-]', '_', system)[:80]}-{mark}{ENDING}"


def _why(error: OSError) -> str:
    return f"it cannot be written: {error.strerror}"


def _cannot(path: Path, error: OSError) -> CalloutError:
    return CalloutError(
        f"{path} cannot be written: {error.strerror}.",
        "Make room or mend the folder; or work without a recording and say why: --no-recording REASON",
    )
