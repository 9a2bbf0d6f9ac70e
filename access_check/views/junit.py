"""The sweep as JUnit XML, for CI servers: a suite per system, a case per check."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from access_check.escaping import shown
from access_check.findings import Finding, Status
from access_check.sweep import SystemReport

_LIMIT = 2000
# What could not be found out is an error in JUnit's words, and never a pass.
_ELEMENTS = {Status.FAIL: "failure", Status.UNKNOWN: "error", Status.WAIVED: "skipped"}


def render(reports: Sequence[SystemReport]) -> str:
    """The document. A warning is a passed case with words in `system-out`: JUnit knows no warnings.

    Characters that XML 1.0 forbids, and all that do not print, are written as escapes (`\\x1b`).
    """
    suites = ElementTree.Element("testsuites", {"name": "access-check", **_counts(reports)})
    for report in reports:
        name = shown(report.target.name)
        suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **_counts([report])})
        for finding in report.findings:
            _add(suite, name, finding)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _add(suite: ElementTree.Element, system: str, finding: Finding) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=system, name=shown(finding.check))
    seen, remedy = shown(finding.seen, _LIMIT), shown(finding.remedy, _LIMIT)
    if finding.status is Status.WAIVED:
        ElementTree.SubElement(case, "skipped", message=f"{remedy} ({seen})")
    elif finding.status in _ELEMENTS:
        element = ElementTree.SubElement(case, _ELEMENTS[finding.status], message=seen, type=shown(finding.code))
        element.text = f"Whose move: {finding.move}. {remedy}"
    elif finding.status is Status.WARN:
        ElementTree.SubElement(case, "system-out").text = f"Warning: {seen} Whose move: {finding.move}. {remedy}"


def _counts(reports: Sequence[SystemReport]) -> dict[str, str]:
    statuses = [finding.status for report in reports for finding in report.findings]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count(Status.FAIL)),
        "errors": str(statuses.count(Status.UNKNOWN)),
        "skipped": str(statuses.count(Status.WAIVED)),
    }
