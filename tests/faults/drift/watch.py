"""Looks at a stage as the product does, and tells what it said in the words of a score."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.faults.drift.scoring import Said
from tests.faults.drift.stage import Stage
from callout.steps.context import Context


@dataclass(frozen=True)
class Spoken:
    """What one look against the one before came to. `unknown` are sections that could not be compared, with why."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    disagreements: tuple[str, ...]
