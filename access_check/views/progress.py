"""A line on the terminal while a sweep runs: how many are done, how many are amiss, who is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from access_check.escaping import shown

if TYPE_CHECKING:
    from access_check.sweep import Progress

_AT_MOST_EVERY_S = 0.1
_NAMED = 3


def progress_words(progress: Progress) -> str:
    """`12 of 300 done, 2 amiss; waiting for acme-pbx1, globex-sw1, …`, on one line, escaped."""
    words = f"{progress.done} of {progress.total} done"
    if progress.amiss:
        words += f", {progress.amiss} amiss"
    under_way = [shown(name, 40) for name in progress.waiting[:_NAMED]]
    if under_way:
        more = ", …" if len(progress.waiting) > _NAMED else ""
        words += f"; waiting for {', '.join(under_way)}{more}"
    return words


@contextmanager
def live_progress(stream: TextIO, *, dumb: bool) -> Iterator[Callable[[Progress], None] | None]:
    """What a sweep calls with its progress; None where `stream` is no terminal that can go back on its line.

    The line is gone at the end: what remains on the terminal are the findings.
    """
    if dumb or not stream.isatty():
        yield None
        return
    from rich.console import Console
    from rich.status import Status
    from rich.text import Text

    with Status("", console=Console(file=stream), refresh_per_second=8) as line:
        told_at = 0.0

        def tell(progress: Progress) -> None:
            nonlocal told_at
            now = time.monotonic()
            if now - told_at >= _AT_MOST_EVERY_S or progress.done == progress.total:
                told_at = now
                line.update(Text(progress_words(progress), overflow="ellipsis", no_wrap=True))

        yield tell
