"""The sweep as a page for people: how each system stands, then every finding that is not a pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from access_check.findings import Finding, Status
from access_check.sweep import SystemReport
from access_check.verdicts import first_broken
from access_check.views.document import Block, Code, Document, Heading, Paragraph, Table


def sweep_document(reports: Sequence[SystemReport], now: dt.datetime) -> Document:
    """The page in English, for ourselves; `now` is when the sweep ended. The customer gets the letter."""
    well = sum(report.status in (Status.PASS, Status.WAIVED) for report in reports)
    when = now.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    blocks: list[Block] = [
        Paragraph(f"{when}: {well} of {len(reports)} systems well."),
        Table(("System", "Address", "Status", "First broken step"), [_overview(report) for report in reports]),
    ]
    for report in reports:
        amiss = [finding for finding in report.findings if finding.status is not Status.PASS]
        if amiss:
            headings = ("Check", "Status", "Seen", "Whose move", "What to do")
            blocks += [Heading(report.target.name), Table(headings, [_row(finding) for finding in amiss])]
    return Document("Access check", blocks)


def _overview(report: SystemReport) -> tuple[str | Code, ...]:
    broken = first_broken(list(report.findings))
    where = f"{report.target.address or 'no address'} port {report.target.port}"
    return (report.target.name, where, str(report.status), Code(broken.check) if broken else "–")


def _row(finding: Finding) -> tuple[str | Code, ...]:
    return (Code(finding.check), str(finding.status), finding.seen, str(finding.move), finding.remedy)
