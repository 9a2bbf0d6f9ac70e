"""Standard output and error of a program of ours: whether all that was said has arrived.

A full disk or a reader that has gone may show at any print, or at the last flush when everything is over; a program
that ends well although half of its findings are nowhere has said something wrong.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class _Watched(io.FileIO):
    """The end of a stream, which remembers why it could not be written."""

    failure: OSError | None = None

    def write(self, data: object) -> int | None:  # type: ignore[override]  # any buffer, as FileIO takes it
        """As FileIO's, and raises the same."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            self.failure = self.failure or error
            raise


class Spoken:
    """Both streams from now on; made once, by the program's entry point.

    What a terminal cannot show is written as escapes: a terminal without UTF-8 is no reason to fail.
    """

    def __init__(self) -> None:
        self._out: _Watched | None = None
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        out = sys.stdout
        # With PYTHONUNBUFFERED there is no buffer in between. Under a test neither is there, and no file to watch.
        if isinstance(out, io.TextIOWrapper) and isinstance(out.buffer, io.BufferedWriter | io.FileIO):
            out.flush()
            self._out = _Watched(out.fileno(), "wb", closefd=False)
            sys.stdout = io.TextIOWrapper(
                io.BufferedWriter(self._out),
                encoding=out.encoding,
                errors="backslashreplace",
                line_buffering=out.line_buffering or out.write_through,
            )

    def lost(self) -> str:
        """One sentence on why standard output is not whole; empty where all has arrived. May be asked twice."""
        ended = _flushed(sys.stdout)
        failure = self._out.failure if self._out is not None and self._out.failure is not None else ended
        if failure is None:
            return ""
        if isinstance(failure, BrokenPipeError):
            return "Whoever read standard output has gone; what came after that is lost."
        return f"Standard output cannot be written: {failure.strerror}; what was to be told is not all there."

    def close(self) -> None:
        """What still cannot be written goes nowhere: without it Python ends with a status that is not ours."""
        for stream in (sys.stdout, sys.stderr):
            if _flushed(stream) is not None:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flushed(stream: TextIO) -> OSError | None:
    """Why what is left in `stream` cannot be written; None where it was."""
    try:
        stream.flush()
    except OSError as error:
        return error
    return None
