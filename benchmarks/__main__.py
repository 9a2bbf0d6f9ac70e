"""Runs every benchmark and prints a Markdown table with date, commit and machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType

from benchmarks import (
    access_sweep,
    agenda,
    backups,
    bill,
    deadline,
    drift,
    intake,
    ledger,
    patching,
    quick_verbs,
    script_round_trip,
    sessions,
)

BENCHMARKS = (
    quick_verbs,
    sessions,
    ledger,
    agenda,
    bill,
    script_round_trip,
    access_sweep,
    backups,
    patching,
    drift,
    deadline,
    intake,
)


def _wanted() -> list[ModuleType]:
    """Those named as arguments, else all."""
    names = sys.argv[1:]
    return [benchmark for benchmark in BENCHMARKS if not names or benchmark.__name__.rpartition(".")[2] in names]


def main() -> None:
    """Prints the table; each row is a ratio of medians, measured in turn in one run."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True)
    print("# Benchmarks\n")
    print(
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip()}, {os.cpu_count()} cores, ",
        end="",
    )
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}. Medians in milliseconds.\n")
    print("| claim | figure | ours | peer | ratio | at most | holds |\n|---|---|---|---|---|---|---|")
    with _compiled_once():
        for benchmark in _wanted():
            for ratio in benchmark.measure():
                print(ratio.row(), flush=True)


@contextlib.contextmanager
def _compiled_once() -> Iterator[None]:
    """Python keeps what it has compiled, as on any machine where something is installed; here in a folder of our own.

    Where a checkout is worked in that may be forbidden: then every start of ours compiles all modules anew, and none
    of the peer's, which pip has compiled.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="callout-bench-") as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


if __name__ == "__main__":
    main()
