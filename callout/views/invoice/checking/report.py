"""Findings of an e-invoice as lines for people."""

from __future__ import annotations

from collections.abc import Sequence

from callout.findings import Finding


def report_text(findings: Sequence[Finding]) -> str:
    """What was checked and what was found, in order; where a rule is broken, with its place and what to do."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.status:<8}{finding.check}  {finding.seen}")
        lines += [f"        at {place}"] if (place := finding.evidence.get("location")) else []
        lines += [f"        {finding.remedy}"] if finding.remedy else []
    return "\n".join(lines) + "\n"
