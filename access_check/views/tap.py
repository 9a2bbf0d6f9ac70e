"""The sweep as TAP 13 (Test Anything Protocol): a line per system and check, diagnostics as YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence

from access_check.escaping import shown
from access_check.findings import Finding, Status
from access_check.sweep import SystemReport

_LIMIT = 2000


def render(reports: Sequence[SystemReport]) -> str:
    """The stream with its plan in front. Waived is `# SKIP` with the reason; unknown is `not ok`.

    A warning is `ok` with a diagnostic. The YAML's values are JSON strings in ASCII, which are YAML.
    """
    every = [(report, finding) for report in reports for finding in report.findings]
    lines = ["TAP version 13", f"1..{len(every)}"]
    for number, (report, finding) in enumerate(every, 1):
        lines += _lines(number, f"{_described(report.target.name)} {_described(finding.check)}", finding)
    return "\n".join(lines) + "\n"


def _lines(number: int, name: str, finding: Finding) -> list[str]:
    if finding.status is Status.WAIVED:
        return [f"ok {number} - {name} # SKIP {_described(finding.remedy)}"]
    line = f"{'not ok' if finding.blocks else 'ok'} {number} - {name}"
    if finding.status is Status.PASS:
        return [line]
    told = {
        "severity": str(finding.status),
        "code": finding.code,
        "message": shown(finding.seen, _LIMIT),
        "move": str(finding.move),
        "remedy": shown(finding.remedy, _LIMIT),
    }
    return [line, "  ---", *(f"  {key}: {json.dumps(value)}" for key, value in told.items()), "  ..."]


def _described(text: str) -> str:
    """Words that end no description and start no directive: `#` and the backslash are escaped."""
    return shown(text, _LIMIT).replace("\\", "\\\\").replace("#", "\\#")
