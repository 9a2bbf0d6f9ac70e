"""The official schema (XSD) and the official rules (Schematron, compiled to XSLT) run over one invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from access_check.escaping import shown
from callout.findings import Finding, Move, Status
from callout.views.invoice.checking.kinds import Kind
from callout.views.invoice.checking.tools import library, official

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
LONGEST_TEXT = 600
MOST_FINDINGS = 200
MEND = "Mend what the rule names; docs/howto/e-invoices.md says where each text comes from."


def schema_findings(root: Any, kind: Kind) -> list[Finding]:
    """What the XSD says: one finding for each complaint, or one that passes."""
    schema = _schema(kind.schema)
    if schema.validate(root):
        seen = f"It is valid {kind.name} by the schema {kind.schema.rpartition('/')[2]}."
        return [Finding("invoice.schema", Status.PASS, "valid", seen)]
    return [
        Finding(
            "invoice.schema",
            Status.FAIL,
            "invalid",
            shown(f"{error.message} (line {error.line})", LONGEST_TEXT),
            Move.US,
            "Mend the XML: its rules can be told only once its shape is right.",
            {"location": shown(str(error.path or ""), LONGEST_TEXT), "line": error.line},
        )
        for error in list(schema.error_log)[:MOST_FINDINGS]
    ]


def rule_findings(root: Any, kind: Kind) -> list[Finding]:
    """What the Schematron says: one finding for each broken rule, fatal ones first; one that passes where none is."""
    etree = library("lxml.etree")
    xml = etree.tostring(root, encoding="unicode")  # of the safe tree: the text that came is read by nobody else
    processor, rules = _rules(kind.rules)
    try:
        said = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml))
    except library("saxonche").PySaxonApiError as error:  # its own bounds, like 100,000 escaped characters
        seen = f"The rules could not be run: {shown(str(error), 300)}"
        return [Finding("invoice.rules", Status.UNKNOWN, "not-run", seen, Move.US, "Look at the file: it is unusual.")]
    report = etree.fromstring(said.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    broken = sorted(_broken(report), key=lambda finding: finding.status is not Status.FAIL)[:MOST_FINDINGS]
    if any(finding.status is Status.FAIL for finding in broken):
        return broken
    seen = f"No rule of {kind.rules.rpartition('/')[2]} that would stop it is broken."
    return [Finding("invoice.rules", Status.PASS, "valid", seen), *broken]


def _broken(report: Any) -> Iterator[Finding]:
    for one in report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        text = " ".join("".join(one.find(f"{SVRL}text").itertext()).split())
        severity = one.get("flag") or one.get("role") or "fatal"
        named = re.match(r"\[([A-Za-z0-9-]+)\]\s*-?\s*", text)
        rule = one.get("id") or (named[1] if named else "unnamed")
        seen = text[named.end() :] if named else text
        location = re.sub(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]", r"\1", one.get("location") or "")
        yield Finding(
            f"invoice.rules@{shown(rule, 60)}",
            Status.WARN if severity in ("warning", "information", "info") else Status.FAIL,
            "broken",
            shown(seen, LONGEST_TEXT),
            Move.US,
            MEND,
            {"rule": shown(rule, 60), "severity": shown(severity, 20), "location": shown(location, LONGEST_TEXT)},
        )


@cache
def _schema(path: str) -> Any:
    """The compiled schema; its parts are files beside it, and nothing is fetched from elsewhere."""
    etree = library("lxml.etree")
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(official(path)), parser))


@cache
def _processor() -> Any:
    return library("saxonche").PySaxonProcessor(license=False)


@cache
def _rules(path: str) -> tuple[Any, Any]:
    """The processor and the compiled rules; compiling takes a second, running them hundredths."""
    processor = _processor()
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(official(path)))
