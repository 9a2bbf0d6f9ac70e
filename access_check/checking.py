"""The check from the inventory to the reports; cli.py prints them."""

from __future__ import annotations

import datetime as dt
import os
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
    kept: Keeper | None,
) -> list[SystemReport]:
    """A report for each chosen system, in the inventory's order; what was seen goes to `kept` as well.

    `before` is an earlier report in JSON. Raises InventoryError, and NoReport for what is none.
    """
    from access_check.configured_inventory import find_inventory, inventory_folder
    from access_check.extent import to_extent
    from access_check.inventory_source import read_inventory
    from access_check.last_report import read_last_report
    from access_check.sweep import sweep
    from access_check.targets import target_from_variables

    source = find_inventory(inventory, os.environ, Path.cwd())
    known_hosts = inventory_folder(source) / "known_hosts"
    targets = [target_from_variables(raw, known_hosts) for raw in read_inventory(source, limit)]
    targets = to_extent(targets, extent)
    last = read_last_report(before, dt.datetime.now(dt.UTC)) if before else None
    look = None
    if kept is not None:
        from access_check.probes.walk import look as walk

        look, kept.before = kept.looking(walk), last or {}
    return sweep(targets, jobs=jobs, timeout_s=timeout_s, look=look, before=last)
