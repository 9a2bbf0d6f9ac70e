"""Claims: a look that only lists, and reads what changed, costs next to nothing beside `aide --check`; one that reads
everything is faster than it, and no slower than sha256sum by hand. `BENCH_DRIFT_FILES` makes the system smaller.

The peers run on the machine itself, without a line; ours over ssh, its readers with the priority that calls leave.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drift_site import DriftSite, drift_site
from benchmarks.loopback_systems import loopback
from benchmarks.memory import peak_mb
from benchmarks.pairs import Ratio, in_turn, wall_ms

_FILES = 119_000
_ROUNDS = 2
_PROCESSOR_MS, _MEMORY_MB = 5000, 300


def measure() -> list[Ratio]:
    """The ratios of both kinds of look, and what they cost on our side."""
    if not shutil.which("aide"):
        raise SystemExit("bench: aide is not installed here; install aide")
    files = int(os.environ.get("BENCH_DRIFT_FILES", str(_FILES)))
    with (
        tempfile.TemporaryDirectory() as name,
        loopback(Path(name)) as systems,
        drift_site(Path(name), systems, files) as site,
    ):
        _quietly(site.aide("--init"))
        _look(site, "full")
        looks: list[_Looked] = []
        full, by_hand = in_turn(
            lambda: _kept(looks, _look(site, "full")).wall_ms, lambda: wall_ms(lambda: _by_hand(site)), _ROUNDS
        )
        changed, listed = in_turn(
            lambda: _kept(looks, _look(site, "changed")).wall_ms, lambda: wall_ms(lambda: _listed(site)), _ROUNDS
        )
        aide = min(wall_ms(lambda: _quietly(site.aide("--check"))) for _ in range(_ROUNDS))
    what = f"{files} files, {files * 5.4 / _FILES:.1f} GB"
    alone = f"find -printf alone {listed:.0f} ms"
    processor, peak = max(one.processor_ms for one in looks), max(one.peak_mb for one in looks)
    return [
        Ratio(f"metadata look, {what} / aide --check ({alone})", "wall", changed, aide, 0.08),
        Ratio(f"full look, {what} / aide --check", "wall", full, aide, 0.45),
        Ratio(f"full look, {what} / find, xargs sha256sum by hand", "wall", full, by_hand, 1.15),
        Ratio("look: our own processor time / 5 s", "processor", processor, _PROCESSOR_MS, 1),
        Ratio("look: peak memory / 300 MB", "MB", peak, _MEMORY_MB, 1),
    ]


@dataclass(frozen=True, slots=True)
class _Looked:
    """One look, kept and told from the one before. `processor_ms` is ours and our ssh's, not the system's."""

    wall_ms: float
    processor_ms: float
    peak_mb: float


def _look(site: DriftSite, how: str) -> _Looked:
    words = [
        sys.executable, "-m", "benchmarks.drift_look", str(site.systems.ssh_port), str(site.systems.private_key),
        str(site.known_hosts), str(site.tree), str(site.looks), how,
    ]  # fmt: skip
    # Two looks of one second would have one name.
    time.sleep(1)
    with tempfile.TemporaryFile() as printed:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        program = subprocess.Popen(words, stdout=printed)
        peak = peak_mb(program)
        wall = 1000 * (time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        printed.seek(0)
        said = printed.read()
    if program.returncode != 0:
        raise SystemExit(f"bench: the look ended with {program.returncode}")
    seen = json.loads(said)
    regular = {**seen, "files": seen["files"] >= site.files, "changed": seen["changed"] == 0}
    if regular != {"files": True, "state": "whole", "unread": 0, "changed": True, "disagreements": []}:
        raise SystemExit(f"bench: the look is no figure: {seen}")
    processor = 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return _Looked(wall, processor, peak)


def _kept(into: list[_Looked], looked: _Looked) -> _Looked:
    into.append(looked)
    return looked


def _by_hand(site: DriftSite) -> None:
    """What an engineer would type to have all hashes."""
    line = f"find {site.tree} -type f -print0 | xargs -0 sha256sum"
    _quietly(["sh", "-c", line])


def _listed(site: DriftSite) -> None:
    _quietly(["find", str(site.tree), "-printf", "%p %y %s %m %U %G %T@ %C@ %i %D %n %l\\n"])


def _quietly(words: list[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
