"""The check from the inventory to the reports; cli.py prints them."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.extent import Extent

if TYPE_CHECKING:
    from access_check.evidence.keeping import Keeper
    from access_check.sweep import SystemReport


def looked(
    inventory: Path | None,
    limit: str | None,
    jobs: int,
    timeout_s: float,
    before: Path | None,
    extent: Extent,
    only: Collection[str],
    kept: Keeper | None,
) -> list[SystemReport]:
    """A report for each chosen system, in the inventory's order; what was seen goes to `kept` as well.

    `before` is an earlier report in JSON, `only` the steps to look at. How far it is stands on a terminal's standard
    error. Raises UnknownStep, InventoryError, and NoReport for what is none.
    """
    from access_check.configured_inventory import find_inventory, inventory_folder
    from access_check.extent import to_extent
    from access_check.inventory_source import read_inventory
    from access_check.short_run import tidy
    from access_check.sweep import sweep
    from access_check.targets import target_from_variables
    from access_check.views.progress import live_progress
    from access_check.workers.ready_made import ready_made_nursery

    source = find_inventory(inventory, os.environ, Path.cwd())
    known_hosts = inventory_folder(source) / "known_hosts"
    with ready_made_nursery() as ready_made:
        targets = [target_from_variables(raw, known_hosts) for raw in read_inventory(source, limit)]
        targets = to_extent(targets, extent)
        tidy(len(targets))
        last = None
        if before:
            from access_check.last_report import read_last_report

            last = read_last_report(before, dt.datetime.now(dt.UTC))
        seen = None
        if kept is not None:
            kept.before, seen = last or {}, kept.seen
        with live_progress(sys.stderr, dumb=os.environ.get("TERM") == "dumb") as progress:
            return sweep(
                targets,
                jobs=jobs,
                timeout_s=timeout_s,
                before=last,
                only=only,
                progress=progress,
                seen=seen,
                ready_made=ready_made,
            )
