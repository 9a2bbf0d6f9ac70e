"""Looks at a stage by the steps of `callout drift`, and tells what was said in the words of a score."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from callout.drift.judged import Judged
from callout.steps.baseline import record_baseline
from callout.steps.context import Context
from callout.steps.drift import find_drift
from tests.faults.drift.scoring import Said
from tests.faults.drift.stage import Stage


@dataclass(frozen=True)
class Spoken:
    """What one look against the baseline came to. `unknown` are sections that could not be compared, with why."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    disagreements: tuple[str, ...]


@dataclass
class Watch:
    """Records baselines of a stage, and looks. `seconds` adds up how long that took."""

    stage: Stage
    context: Context
    seconds: dict[str, float] = field(default_factory=dict)

    def remember(self) -> None:
        """The first baseline, or another one in its place without regard to what drifted: the next round begins."""
        began = time.monotonic()
        record_baseline(self.context, self.stage.system, because="the next round of a trial", anew=True)
        self._took("baselines", began)

    def look(self, *, full: bool = False) -> Spoken:
        """A look, held against the baseline and judged; recorded in the ledger."""
        began = time.monotonic()
        _, found = find_drift(self.context, self.stage.system, full=full)
        self._took("looks and verdicts", began)
        disagreements = (*found.after.look.look.disagreements, *found.evidence.packages.disagreements)
        unknown = tuple(f"{section}: {why}" for section, why in found.compared.unknown)
        return Spoken(tuple(map(_said, found.judged)), unknown, disagreements)

    def _took(self, what: str, began: float) -> None:
        self.seconds[what] = self.seconds.get(what, 0) + time.monotonic() - began


def _said(one: Judged) -> Said:
    change = one.change
    values = str({**(change.before or {}), **(change.after or {})})
    return Said(change.section, change.subject, values, one.provenance, f"{one.rule}: {' '.join(one.evidence)}")
