"""Runs every benchmark and prints a Markdown table with date, commit and machine."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess

from benchmarks import access_sweep, quick_verbs, script_round_trip


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
    for benchmark in (quick_verbs, script_round_trip, access_sweep):
        for ratio in benchmark.measure():
            print(ratio.row())


if __name__ == "__main__":
    main()
