"""The end of a run over many systems, as one table: what is done, what failed and how, what was never begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access_check.escaping import shown
from callout.views.table import columns

HEAD = ("Wave", "System", "Call-out", "How it ended", "Down", "Why", "What to do")
LONGEST_WHY = 160


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
    """The table, for a terminal: those that failed are last, where the eye is; then what was never begun."""
    ordered = [*(one for one in rows if not one.failed), *(one for one in rows if one.failed)]
    lines = columns(HEAD, [_cells(one) for one in ordered], right=(0, 4))
    failed = sum(one.failed for one in rows)
    lines.append(f"{len(rows) - failed} well, {failed} failed, {len(never_begun)} never begun.")
    if never_begun:
        lines.append(f"Never begun: {', '.join(shown(name) for name in never_begun)}")
    if failed or never_begun:
        lines.append("Once that is mended: the same command with -e resume=true goes on where it stopped.")
    return "\n".join(lines)


def _cells(one: WaveRow) -> list[str]:
    why = f"{one.step}: {one.why}" if one.step and one.why else one.why
    down = "–" if one.downtime_ms is None else f"{one.downtime_ms / 1000:.1f} s"
    return [
        str(one.wave), one.system, one.callout or "–", one.ended, down, shown(why, LONGEST_WHY), shown(one.remedy),
    ]  # fmt: skip
