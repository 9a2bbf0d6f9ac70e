"""Measures two commands in turn, as whole processes, by the operating system's own accounting."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True, slots=True)
class Ratio:
    """One claim and what was measured. Medians in milliseconds; `wanted` is the claim's upper bound."""

    claim: str
    figure: str
    ours_ms: float
    peer_ms: float
    wanted: float

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours_ms / self.peer_ms

    def row(self) -> str:
        """A row of the Markdown table."""
        holds = "yes" if self.ratio <= self.wanted else "**no**"
        figures = f"{self.ours_ms:.1f} | {self.peer_ms:.1f} | {self.ratio:.2f} | {self.wanted:g}"
        return f"| {self.claim} | {self.figure} | {figures} | {holds} |"


def processor_ms(
    arguments: Sequence[str], printed: IO[bytes] | None = None, ended_with: Container[int] = (0,)
) -> float:
    """User and system time of one run of a command and all that it waited for, in milliseconds.

    What it prints goes to `printed`. Raises CalledProcessError for a status that is not among `ended_with`.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        list(arguments), check=False, stdout=printed or subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    if done.returncode not in ended_with:
        raise subprocess.CalledProcessError(done.returncode, list(arguments))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def wall_ms(action: Callable[[], object]) -> float:
    """Wall-clock time of one call, in milliseconds."""
    began = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - began)


def in_turn(ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> tuple[float, float]:
    """The medians of both, measured A B A B …, after one round that does not count."""
    figures: list[tuple[float, float]] = [(ours(), peer()) for _ in range(rounds + 1)][1:]
    return statistics.median(one for one, _ in figures), statistics.median(other for _, other in figures)
