"""Other processes, as /proc tells them, for tests that end some and look for what is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def children(process: int) -> list[int]:
    """Its child processes that have not ended; of one that has ended meanwhile itself, none."""
    try:
        listed = list(Path(f"/proc/{process}/task").glob("*/children"))
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for path in listed for word in _said(path).split() if alive(int(word))]


def _said(path: Path) -> str:
    """Nothing where the thread has ended since it was listed."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(process: int) -> bool:
    """False for one that has ended, waited for or not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def settles(condition: Callable[[], bool]) -> None:
    """Returns once it holds; it may take a minute on a machine that has other things to do as well."""
    ends_at = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.05)
