"""Claims: a first backup costs little more than the pipeline an engineer would type, a repeat almost nothing of the
line, and memory does not grow with the system. `BENCH_BACKUP_MB` makes the system smaller, for a quick look.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.backup_site import BackupSite, borg_environment, build, new_repository
from benchmarks.loopback_systems import free_port, loopback, running, wait_for
from benchmarks.memory import peak_mb
from benchmarks.pairs import Ratio, in_turn, wall_ms

_LINE_BITS_PER_S = 20_000_000
_ROUNDS = 3


def measure() -> list[Ratio]:
    """The ratios of first and repeated backups, on the LAN and over a line of 20 Mbit/s; bytes over it; memory."""
    megabytes = int(os.environ.get("BENCH_BACKUP_MB", "500"))
    with tempfile.TemporaryDirectory() as name, loopback(Path(name)) as systems:
        site = build(Path(name), systems, megabytes)
        firsts: list[_Created] = []
        first, by_hand = in_turn(
            lambda: _kept(firsts, _first(site)).wall_ms, lambda: _by_hand(site, systems.ssh_port), rounds=_ROUNDS
        )
        again, by_hand_again = _repeats(site)
        slow, slow_by_hand, repeated = _over_slow_line(site)
        peak = max(created.peak_mb for created in (*firsts, *repeated))
        line_first = statistics.median(created.line_bytes for created in firsts)
        line_again = statistics.median(created.line_bytes for created in repeated)
    size = f"{megabytes} MB"
    return [
        Ratio(
            f"first backup of {size}, LAN / borg init, ssh tar into borg import-tar by hand",
            "wall",
            first,
            by_hand,
            1.10,
        ),
        Ratio(f"unchanged repeat of {size}, LAN / by hand", "wall", again, by_hand_again, 1.10),
        Ratio("unchanged repeat, 20 Mbit/s / by hand", "wall", slow, slow_by_hand, 0.05),
        Ratio("unchanged repeat / first backup", "KiB over the line", line_again / 1024, line_first / 1024, 0.01),
        Ratio("backup: peak memory / 200 MB", "MB", peak, 200, 1),
    ]


@dataclass(frozen=True, slots=True)
class _Created:
    """One `callout backup create`. `wall_ms` is without the time of verifying, which no pipeline by hand does."""

    wall_ms: float
    line_bytes: int
    peak_mb: float


def _create(inventory: Path) -> _Created:
    words = [str(Path(sys.executable).with_name("callout")), "backup", "create", "site", "--level", "sample", "--json"]
    environment = {**os.environ, "CALLOUT_INVENTORY": str(inventory), "CALLOUT_DATA": str(inventory / ".callout")}
    with tempfile.TemporaryFile() as printed:
        began = time.perf_counter()
        program = subprocess.Popen([*words, "-i", str(inventory)], stdout=printed, env=environment)
        peak = peak_mb(program)
        whole_ms = 1000 * (time.perf_counter() - began)
        if program.returncode != 0:
            raise SystemExit(f"bench: callout backup create ended with {program.returncode}")
        printed.seek(0)
        record = json.load(printed)["backup"]
    return _Created(whole_ms - record["verification_ms"], record["bytes_over_line"], peak)


def _first(site: BackupSite) -> _Created:
    """Into a store that was never used: a folder of its own each time."""
    inventory = site.inventory("first", site.systems.ssh_port)
    try:
        return _create(inventory)
    finally:
        shutil.rmtree(inventory)


def _kept(into: list[_Created], created: _Created) -> _Created:
    into.append(created)
    return created


def _by_hand(site: BackupSite, port: int, repository: Path | None = None) -> float:
    """Wall time of the pipeline; and of making the repository, as a first backup does, unless one is given."""
    into = repository or site.home / "by-hand"
    environment = borg_environment(site.home)
    line = ["bash", "-o", "pipefail", "-c", site.by_hand(port, into)]

    def pipeline() -> None:
        if repository is None:
            new_repository(site.home, into.name)
        subprocess.run(line, check=True, env=environment, stderr=subprocess.DEVNULL)

    try:
        return wall_ms(pipeline)
    finally:
        if repository is None:
            shutil.rmtree(into)
            shutil.rmtree(site.home / "borg-by-hand")


def _repeats(site: BackupSite) -> tuple[float, float]:
    """Both again and again into the store that has it all already; the names of the hand-made archives are freed."""
    inventory, repository = site.inventory("lan", site.systems.ssh_port), new_repository(site.home, "lan-by-hand")
    _create(inventory)
    _by_hand(site, site.systems.ssh_port, repository)

    def by_hand() -> float:
        _rename(site, repository)
        return _by_hand(site, site.systems.ssh_port, repository)

    try:
        return in_turn(lambda: _create(inventory).wall_ms, by_hand, rounds=_ROUNDS)
    finally:
        shutil.rmtree(inventory)
        shutil.rmtree(repository)


def _rename(site: BackupSite, repository: Path) -> None:
    words = [str(Path(sys.executable).with_name("borg")), "rename", f"{repository}::by-hand", f"at-{time.time_ns()}"]
    subprocess.run(words, check=True, env=borg_environment(site.home), capture_output=True)


def _over_slow_line(site: BackupSite) -> tuple[float, float, list[_Created]]:
    """Our repeats (the first backup came over the LAN), the pipeline by hand once, and ours in full."""
    port, to_port = free_port(), site.systems.ssh_port
    with running([sys.executable, "-m", "benchmarks.slow_line", str(port), str(to_port), str(_LINE_BITS_PER_S)]):
        wait_for(port)
        inventory = site.inventory("slow", to_port)
        _create(inventory)
        _move_to(inventory, to_port, port)
        repeated = [_create(inventory) for _ in range(_ROUNDS)]
        by_hand = _by_hand(site, port)
    return statistics.median(created.wall_ms for created in repeated), by_hand, repeated


def _move_to(inventory: Path, port: int, to_port: int) -> None:
    """The system is reached through another port from now on; it is the same one, with the same key."""
    for name, old, new in (
        ("known_hosts", f"[127.0.0.1]:{port}", f"[127.0.0.1]:{to_port}"),
        ("hosts.yml", f"ansible_port: {port}", f"ansible_port: {to_port}"),
    ):
        path = inventory / name
        path.write_text(path.read_text().replace(old, new))
