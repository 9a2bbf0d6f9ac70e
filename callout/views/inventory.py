"""An inventory's faults as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callout.findings import Finding


def lint_text(systems: Mapping[str, Sequence[Finding]]) -> str:
    """One block per system: the status, what is missing in which file, and the remedy."""
    lines: list[str] = []
    for name, findings in systems.items():
        lines.append(name)
        for finding in findings:
            lines.append(f"  {finding.status:<7} {finding.seen}")
            if finding.remedy and finding.blocks:
                lines.append(f"          {finding.remedy}")
    return "\n".join(lines)
