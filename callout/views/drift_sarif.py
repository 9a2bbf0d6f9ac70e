"""A drift report as SARIF 2.1.0, for programs that collect findings. What is explained is no result.

Places are URIs below SYSTEM, the system's root, percent-encoded from the bytes of the path; facts that are no files
are logical locations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from callout import __version__
from callout.drift.change import Change
from callout.drift.judged import Judged
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from callout.drift.report import DriftReport
from callout.ledger.event import format_utc
from callout.views.drift_difference import difference_of
from callout.views.drift_undo import remedy
from callout.views.drift_words import PROVENANCES, SECTIONS, WHAT

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "SYSTEM"
LEVELS = {Provenance.UNSUPPORTED: "error", Provenance.UNKNOWN: "warning"}
_NOTIFICATIONS = {
    "unknown-section": "A part of the system could not be compared with its baseline.",
    "disagreement": "Two ways of looking at the system told differently.",
    "left-out": "There are more findings than a report lists.",
}


def drift_sarif(report: DriftReport) -> dict[str, Any]:
    """The log, with one run. Where anything could not be told the run was not successful: no results are no proof."""
    told = [*report.unsupported, *report.doubtful, *report.waived]
    rules = sorted({(one.provenance, one.rule) for one in told})
    notifications = list(_notifications(report))
    run = {
        "tool": {
            "driver": {
                "name": "callout",
                "version": __version__,
                "rules": [_rule(*one) for one in rules],
                "notifications": [
                    {"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items()
                ],
            }
        },
        "automationDetails": {"id": f"callout-drift/{quote(report.system, safe='')}/{quote(report.look.id, safe='')}"},
        "originalUriBaseIds": {
            BASE: {
                "uri": f"file://{quote(report.system, safe='')}/",
                "description": {"text": _message(f"The root of the file system of {report.system}.")},
            }
        },
        "invocations": [
            {
                "executionSuccessful": not (report.unknown or report.disagreements),
                "endTimeUtc": format_utc(report.look.taken_at),
                "exitCode": report.exit_status,
                "toolExecutionNotifications": notifications,
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules, report) for one in told],
        "properties": {
            "outcome": str(report.outcome),
            "counts": dict(report.counts),
            "baseline": report.baseline.id,
            "look": report.look.id,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(provenance: Provenance, rule: str) -> dict[str, Any]:
    text = PROVENANCES[provenance]
    return {
        "id": f"{provenance}/{rule}",
        "name": "".join(word.capitalize() for word in f"{provenance}-{rule}".replace("_", "-").split("-")),
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": LEVELS[provenance]},
        "help": {"text": "Undo it, have it accepted (callout drift waive), or find its maker."},
    }


def _result(one: Judged, rules: Sequence[tuple[Provenance, str]], report: DriftReport) -> dict[str, Any]:
    change = one.change
    said = f"{SECTIONS['en'][change.section][0]} {change.shown} was {WHAT['en'][change.what]}."
    result: dict[str, Any] = {
        "ruleId": f"{one.provenance}/{one.rule}",
        "ruleIndex": rules.index((one.provenance, one.rule)),
        "level": "note" if one.waiver else LEVELS[one.provenance],
        "message": {"text": _message(" ".join([said[0].upper() + said[1:], *one.evidence]))},
        "locations": [_location(one, report)],
        "fingerprints": {"calloutFinding/v1": one.id},
        "properties": {
            "finding": one.id,
            "section": str(change.section),
            "what": str(change.what),
            "aspects": list(change.aspects),
            "evidence": list(one.evidence),
            "hints": list(one.hints),
            "remedy": remedy(one, "en"),
        },
    }
    if one.waiver is not None:
        waiver = one.waiver
        reason = f"{waiver.ticket}: {waiver.reason} ({waiver.by}, until {waiver.expires_at:%Y-%m-%d})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(one: Judged, report: DriftReport) -> dict[str, Any]:
    change = one.change
    path = _path(change)
    found: dict[str, Any] = {}
    if path:
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri_of(path), "uriBaseId": BASE}}
        pair = report.texts.get(one.id) if change.section is Section.FILES else None
        line = difference_of(pair).first_line if pair else None
        found["physicalLocation"] = {**physical, "region": {"startLine": line}} if line else physical
    if change.section is not Section.FILES:
        name = f"{change.section}/{change.shown}"
        found["logicalLocations"] = [{"fullyQualifiedName": name, "name": change.shown, "kind": str(change.section)}]
    return found


def _path(change: Change) -> str:
    """The file that it is, or that a fact stands in."""
    if change.section is Section.FILES:
        return change.subject
    return (change.after or change.before or {}).get("path", "")


def uri_of(path: str) -> str:
    """A path as a URI reference relative to the root: its bytes percent-encoded, and never a way out of the root."""
    names = [name for name in path.split("/") if name not in ("", ".", "..")]
    return "/".join(quote(name.encode("utf-8", "surrogateescape"), safe="") for name in names) or "."


def _notifications(report: DriftReport) -> Iterable[dict[str, Any]]:
    for section, why in report.unknown:
        yield {
            "descriptor": {"id": "unknown-section", "index": 0},
            "level": "warning",
            "message": {"text": _message(f"The {section} could not be compared. {why}")},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": str(section), "kind": "section"}]}],
        }
    for said in report.disagreements:
        yield {
            "descriptor": {"id": "disagreement", "index": 1},
            "level": "warning",
            "message": {"text": _message(f"Two ways of looking told differently: {said}")},
        }
    if report.left_out:
        yield {
            "descriptor": {"id": "left-out", "index": 2},
            "level": "note",
            "message": {"text": f"{report.left_out} more findings are not listed."},
        }


def _message(text: str) -> str:
    """A text in which nothing is a placeholder or a link (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
