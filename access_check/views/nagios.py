"""The sweep as a monitoring plugin's output, by the Monitoring Plugins guidelines."""

from __future__ import annotations

from collections.abc import Sequence

from access_check.escaping import shown
from access_check.findings import Finding, Status, worst
from access_check.sweep import SystemReport
from access_check.verdicts import first_broken

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_STATUSES = {Status.FAIL: CRITICAL, Status.UNKNOWN: UNKNOWN, Status.WARN: WARNING}
_ORDER = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.WAIVED, Status.PASS)
# A remote agent passes on one kilobyte: the first line with its figures must fit.
_FIRST_LINE, _LINE = 400, 500
# `|` begins the figures, the backslash a line break, `<` markup in web views; `$` and ` are macros and shells.
_SAFE = str.maketrans({"|": "/", "\\": "/", "<": "[", ">": "]", "$": "_", "`": "'"})


class PluginEnded(Exception):
    """The end of a monitoring plugin, whose statuses are not ours: typer's own exits cannot be taken for it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def render(reports: Sequence[SystemReport]) -> str:
    """First line: status, words and figures (systems by status); then a line per system that is not well.

    The worst systems come first, otherwise the order is the inventory's.
    """
    status = exit_status(reports)
    counts = {each: sum(report.status is each for report in reports) for each in Status}
    well = counts[Status.PASS] + counts[Status.WAIVED]
    amiss = [(report, broken) for report in reports if (broken := first_broken(list(report.findings)))]
    amiss.sort(key=lambda each: _ORDER.index(each[0].status))
    said = f"{well} of {len(reports)} systems well"
    if amiss:
        said += "; " + _headline(*amiss[0])
    figures = " ".join(f"{each}={counts[each]};;;0;{len(reports)}" for each in Status)
    lines = [f"ACCESS {_WORDS[status]} - {_safe(said, _FIRST_LINE)} | {figures}"]
    lines += [_safe(f"{_headline(report, broken)} {_whose(broken)}", _LINE) for report, broken in amiss]
    return "\n".join(lines) + "\n"


def render_unknown(why: str) -> str:
    """One line for a check that could not be made at all; goes with the status UNKNOWN."""
    return f"ACCESS UNKNOWN - {_safe(why, _FIRST_LINE)}\n"


def exit_status(reports: Sequence[SystemReport]) -> int:
    """The plugin's status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Not the statuses of our other formats."""
    return _STATUSES.get(worst(finding for report in reports for finding in report.findings), OK)


def _headline(report: SystemReport, broken: Finding) -> str:
    return f"{report.target.name} {broken.check} {broken.status}: {broken.seen}"


def _whose(finding: Finding) -> str:
    return f"[{finding.move}] {finding.remedy}" if finding.remedy else ""


def _safe(text: str, limit: int) -> str:
    return shown(text, limit).translate(_SAFE).strip()
