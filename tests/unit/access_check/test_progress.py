"""Progress on a terminal, and nowhere else."""

from __future__ import annotations

import io
import os
import pty
import select
import sys

import pytest

from access_check.sweep import Progress
from access_check.views.progress import live_progress, progress_words

HALF = Progress(3, 9, 1, ("acme-\x1b[31mpbx1", "b", "c", "d"))


def test_words() -> None:
    assert progress_words(Progress(0, 4, 0, ())) == "0 of 4 done"
    assert progress_words(HALF) == "3 of 9 done, 1 amiss; waiting for acme-\\x1b[31mpbx1, b, c, …"


def test_nothing_is_drawn_where_nobody_looks() -> None:
    stream = io.StringIO()
    with live_progress(stream, dumb=False) as tell:
        assert tell is None
    with live_progress(sys.stdin, dumb=True) as tell:
        assert tell is None
    assert stream.getvalue() == ""


def test_a_line_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        with live_progress(terminal, dumb=False) as tell:
            assert tell is not None
            tell(HALF)
            tell(Progress(9, 9, 1, ()))
        terminal.flush()
        drawn = ""
        # A terminal hands over what was written in pieces of its own, when it comes to it.
        while "9 of 9 done" not in drawn and select.select([ours], [], [], 20)[0]:
            drawn += os.read(ours, 65536).decode()
    os.close(ours)
    assert "9 of 9 done" in drawn
    assert "\x1b[31mpbx1" not in drawn
