"""The end of a run over many systems, as one table: what is done, what failed and how, what was never begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access_check.escaping import shown
from callout.views.table import columns

HEAD = ("Wave", "System", "Call-out", "How it ended", "Down")
LONGEST_WHY = 400
INDENT = "        "


@dataclass
class WaveRow:
    """What became of one system. `downtime_ms` is None where nothing was changed; `step` is where it failed."""

    system: str
    wave: int
    callout: str = ""
    ended: str = "begun"
    downtime_ms: int | None = None
    step: str = ""
    why: str = ""
    remedy: str = ""

    @property
    def failed(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.why)


def waves_text(rows: Sequence[WaveRow], never_begun: Sequence[str]) -> str:
    """The table, for a terminal: those that failed last, each with why and what to do; then what was never begun."""
    ordered = [*(one for one in rows if not one.failed), *(one for one in rows if one.failed)]
    head, *lines = columns(HEAD, [_cells(one) for one in ordered], right=(0, 4))
    told = [head]
    for one, line in zip(ordered, lines, strict=True):
        told += [line, *_explained(one)]
    failed = sum(one.failed for one in rows)
    told.append(f"{len(rows) - failed} well, {failed} failed, {len(never_begun)} never begun.")
    if never_begun:
        told.append(f"Never begun: {', '.join(shown(name) for name in never_begun)}")
    if failed or never_begun:
        told.append("Once that is mended: the same command with -e resume=true goes on where it stopped.")
    return "\n".join(told)


def _cells(one: WaveRow) -> list[str]:
    down = "–" if one.downtime_ms is None else f"{one.downtime_ms / 1000:.1f} s"
    return [str(one.wave), one.system, one.callout or "–", one.ended, down]


def _explained(one: WaveRow) -> list[str]:
    if not one.failed:
        return []
    # Ansible names a role's step with the role before it.
    step = one.step.rpartition(" : ")[2]
    lines = [f"{INDENT}{shown(f'{step}: {one.why}' if step else one.why, LONGEST_WHY)}"]
    return [*lines, f"{INDENT}→ {shown(one.remedy, LONGEST_WHY)}"] if one.remedy else lines
