"""Claims: a bill costs a fraction of hledger's report on the same entries, and ten times the ledger hardly more.

Making the ledger of 960,000 entries takes minutes; CALLOUT_BENCH_LEDGERS names a folder that keeps both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.bill_ledger import MONTH, make_inventory, make_ledger, make_timeclock
from benchmarks.pairs import Ratio, in_turn, wall_ms

SMALL, LARGE = 96_000, 960_000
# What there is to look at before a bill is sent is told by the exit status.
WARNINGS_ONLY = 4


def measure() -> list[Ratio]:
    """Wall-clock time of `callout bill` against `hledger bal`, and on ten times as many entries against itself."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("CALLOUT_BENCH_LEDGERS", temporary))
        timeclock = folder / f"{SMALL}.timeclock"
        for entries in (SMALL, LARGE):
            if not _ledger(folder, entries).exists():
                make_ledger(_ledger(folder, entries), entries)
        make_timeclock(timeclock, SMALL)
        make_inventory(folder / "inventory")
        small, large = (_bill(folder, entries) for entries in (SMALL, LARGE))
        hledger = _run("hledger", "-f", str(timeclock), "bal", ended_with=0)
        ours, peer = in_turn(lambda: wall_ms(small), lambda: wall_ms(hledger), rounds=5)
        more, less = in_turn(lambda: wall_ms(large), lambda: wall_ms(small), rounds=5)
    return [
        Ratio("callout bill / hledger bal, 96,000 entries", "wall", ours, peer, 0.3),
        Ratio("callout bill of 960,000 / of 96,000 entries", "wall", more, less, 1.5),
    ]


def _ledger(folder: Path, entries: int) -> Path:
    return folder / f"{entries}.sqlite"


def _bill(folder: Path, entries: int) -> Callable[[], None]:
    callout = str(Path(sys.executable).with_name("callout"))
    arguments = (callout, "bill", "--customer", "customer0", "--month", MONTH, "-i", str(folder / "inventory"))
    return _run(*arguments, ended_with=WARNINGS_ONLY, ledger=_ledger(folder, entries))


def _run(*arguments: str, ended_with: int, ledger: Path | None = None) -> Callable[[], None]:
    environment = os.environ | ({"CALLOUT_LEDGER": f"sqlite:///{ledger.resolve()}"} if ledger else {})

    def once() -> None:
        done = subprocess.run(
            arguments, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        if done.returncode != ended_with:
            raise subprocess.CalledProcessError(done.returncode, arguments)

    return once
