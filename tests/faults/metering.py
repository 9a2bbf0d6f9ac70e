"""What a piece of work cost this process and its children, without those that the test itself started before."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SAMPLE_S = 0.05


@dataclass
class Cost:
    """`cpu_s` is processor time of this process and its children, `peak_bytes` the most memory they had at once.

    `starved_s` is how long they stood in the queue for a processor that others had: nobody can be in time
    on a machine that does not run them. Memory that is shared is counted once.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    starved_s: float = 0.0


@dataclass
class Meter:
    """Measures while it is entered. `without` are the processes, with their children, that do not count."""

    without: Collection[int] = ()
    cost: Cost = field(default_factory=Cost)

    def __enter__(self) -> Cost:
        self._before = {pid: _cpu_s(pid) for pid in family(self.without)}
        self._waited = {pid: _waited_s(pid) for pid in self._before}
        self._waited_by: dict[int, float] = {}
        _forget_peak()
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self._began = time.monotonic()
        return self.cost

    def __exit__(self, *_: object) -> None:
        self.cost.wall_s = time.monotonic() - self._began
        self._ended.set()
        self._sampler.join()
        after = {pid: _cpu_s(pid) for pid in family(self.without)}
        # Whoever ended meanwhile stands in the sum of its parent, with all that it used before as well.
        gone = sum(before for pid, before in self._before.items() if pid not in after)
        self.cost.starved_s = sum(self._waited_by.values())
        self.cost.cpu_s = sum(now - self._before.get(pid, 0.0) for pid, now in after.items()) - gone

    def _sample(self) -> None:
        """Whoever is seen once only may be a copy of ourselves that is about to become another program."""
        before = set(self._before)
        while True:
            now = set(family(self.without))
            others = sum(_shared_fairly_bytes(pid) for pid in now & before if pid != os.getpid())
            self.cost.peak_bytes = max(self.cost.peak_bytes, own_peak_bytes() + others)
            for pid in now:
                self._waited_by[pid] = max(self._waited_by.get(pid, 0.0), _waited_s(pid) - self._waited.get(pid, 0.0))
            before = now
            if self._ended.wait(_SAMPLE_S):
                return


def family(without: Collection[int] = ()) -> list[int]:
    """This process and all its descendants."""
    found, waiting = [], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in _children(pid):
            if task not in without:
                waiting.append(task)
    return found


def _children(pid: int) -> list[int]:
    words: list[str] = []
    # One that has ended since it was named has none.
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            words += _read(task).split()
    return [int(word) for word in words]


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK_S if fields else 0.0


def own_peak_bytes() -> int:
    """The most memory that this process had since it was told to forget."""
    return _field_bytes(Path("/proc/self/status"), "VmHWM:")


def _shared_fairly_bytes(pid: int) -> int:
    return _field_bytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _field_bytes(path: Path, name: str) -> int:
    return next((int(line.split()[1]) * 1024 for line in _read(path).splitlines() if line.startswith(name)), 0)


def _waited_s(pid: int) -> float:
    """The longest that one thread of it has been ready to run without running."""
    waits = [_read(path).split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return max((int(words[1]) / 1e9 for words in waits if len(words) > 1), default=0.0)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended
