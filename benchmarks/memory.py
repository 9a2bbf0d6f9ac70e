"""Peak memory of a program and all its children, by proportional set size: what they share is counted once."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path


def peak_mb(program: subprocess.Popen[bytes]) -> float:
    """Looks ten times a second until the program has ended; the highest sum, in MB of 1024² bytes."""
    peak_kib = 0
    while program.poll() is None:
        peak_kib = max(peak_kib, sum(_memory_kib(process) for process in _family(program.pid)))
        time.sleep(0.1)
    return peak_kib / 1024


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _memory_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
