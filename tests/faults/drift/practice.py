"""A stage with whoever does deeds on it, and whoever watches: what every trial needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callout.ledger import open_ledger
from callout.shell import OpenSSHSession
from callout.steps.context import Context
from tests.faults.drift.doing import Doer, utc_now
from tests.faults.drift.stage import Stage, staged
from tests.faults.drift.watch import Watch


@dataclass(frozen=True)
class Practice:
    """The stage, the doer and the watch; doer and watch share the ledger."""

    stage: Stage
    doer: Doer
    watch: Watch


@contextlib.contextmanager
def practised(folder: Path) -> Iterator[Practice]:
    """All three, with product files there; the stage is gone afterwards."""
    with staged(folder / "inventory") as stage:
        ledger = open_ledger(stage.places.ledger, utc_now)
        context = Context(ledger, stage.places, "eva@desk", utc_now, OpenSSHSession)
        practice = Practice(stage, Doer(stage, context), Watch(stage, context))
        practice.doer.put_product_files()
        yield practice
        ledger.close()
