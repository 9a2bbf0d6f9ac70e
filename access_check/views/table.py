"""The sweep for people: per system what keeps us out, each with whose move it is and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from access_check.escaping import shown
from access_check.findings import Finding, Move, Status
from access_check.sweep import SystemReport
from access_check.verdicts import broken_steps, first_broken

if TYPE_CHECKING:
    from rich.text import Text

_LIMIT = 2000
_MOST_TOLD = 5
_COLOURS = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "red",
    Status.UNKNOWN: "magenta",
    Status.WAIVED: "cyan",
}


def render_plain(reports: Sequence[SystemReport], *, verbose: bool) -> str:
    """Lines for a pipe or a log: nothing is wrapped, coloured or cut."""
    lines: list[str] = []
    for report in reports:
        lines.append(f"{shown(report.target.name)}  {_headline(report)}")
        for finding in _told(report, verbose=verbose):
            lines.append(f"    {finding.status:<8}{finding.check}  {_seen(finding)}")
            if finding.remedy:
                lines.append(f"            {_remedy(finding)}")
    return "\n".join(lines) + "\n" if lines else ""


def render_terminal(reports: Sequence[SystemReport], *, verbose: bool, width: int, colour: bool) -> str:
    """The same as a table for a terminal of `width` columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for heading in ("System", "Status", "Step", "Seen, and what to do"):
        table.add_column(heading, overflow="fold")
    for report in reports:
        findings = _told(report, verbose=verbose)
        if not findings:
            table.add_row(Text(shown(report.target.name)), _coloured(report.status), "", Text(_headline(report)))
        for place, finding in enumerate(findings):
            told = Text(_seen(finding))
            if finding.remedy:
                told.append("\n" + _remedy(finding), style="italic")
            name = Text(shown(report.target.name) if place == 0 else "")
            table.add_row(name, _coloured(finding.status), Text(finding.check), told)
    page = StringIO()
    Console(file=page, width=width, force_terminal=colour, no_color=not colour, highlight=False).print(table)
    return page.getvalue()


def _coloured(status: Status) -> Text:
    from rich.text import Text

    return Text(str(status), style=_COLOURS[status])


def _told(report: SystemReport, *, verbose: bool) -> list[Finding]:
    """What keeps us out by itself, at most five, else the first warning; and what is waived. `verbose`: everything."""
    if verbose:
        return list(report.findings)
    first = first_broken(report.findings)
    broken = broken_steps(report.findings)[:_MOST_TOLD] or ([first] if first else [])
    waived = [finding for finding in report.findings if finding.status is Status.WAIVED]
    return broken + waived


def _headline(report: SystemReport) -> str:
    passed = sum(finding.status is Status.PASS for finding in report.findings)
    others = len(report.findings) - passed
    more = len(broken_steps(report.findings)) - _MOST_TOLD
    hidden = f" ({more} more that block: -v)" if more > 0 else ""
    where = f"{report.target.address or 'no address'} port {report.target.port}"
    return f"{report.status}  {shown(where)}  {passed} passed, {others} other{hidden}"


def _seen(finding: Finding) -> str:
    return shown(finding.seen, _LIMIT)


def _remedy(finding: Finding) -> str:
    whose = "" if finding.move is Move.NOBODY or finding.status is Status.WAIVED else f"[{finding.move}] "
    return whose + shown(finding.remedy, _LIMIT)
