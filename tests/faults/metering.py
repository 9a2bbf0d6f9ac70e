"""What a piece of work cost this process and its children, without those that the test itself started before."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SAMPLE_S = 0.1


@dataclass
class Cost:
    """`cpu_s` is processor time of this process and its children, `peak_bytes` the most memory they had at once."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0


@dataclass
class Meter:
    """Measures while it is entered. `without` are the processes, with their children, that do not count."""

    without: Collection[int] = ()
    cost: Cost = field(default_factory=Cost)

    def __enter__(self) -> Cost:
        self._before = {pid: _cpu_s(pid) for pid in family(self.without)}
        for pid in self._before:
            _forget_peak(pid)
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
        self.cost.cpu_s = sum(now - self._before.get(pid, 0.0) for pid, now in after.items()) - gone

    def _sample(self) -> None:
        """Whoever is seen once only may be a copy of ourselves that is about to become another program."""
        before = set(self._before)
        while True:
            now = set(family(self.without))
            self.cost.peak_bytes = max(self.cost.peak_bytes, sum(map(_peak_bytes, now & before)))
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
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        words += _read(task).split()
    return [int(word) for word in words]


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * _TICK_S if fields else 0.0


def _peak_bytes(pid: int) -> int:
    status = _read(Path(f"/proc/{pid}/status")).splitlines()
    return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)


def _forget_peak(pid: int) -> None:
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return  # it has ended


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended
