"""The sweep as JSON, for programs. `schema_version` changes when a key goes away or changes its meaning."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from access_check.findings import worst
from access_check.sweep import SystemReport

SCHEMA_VERSION = 1
_NO_SYSTEMS = '"systems": []'


def system_data(report: SystemReport) -> dict[str, Any]:
    """One system as plain data, findings in the order of the walk."""
    return {
        "system": report.target.name,
        "product": report.target.product,
        "address": report.target.address,
        "port": report.target.port,
        "status": str(report.status),
        "findings": [finding.as_dict() for finding in report.findings],
    }


def as_data(reports: Sequence[SystemReport], now: dt.datetime) -> dict[str, Any]:
    """The document as plain data, systems in inventory order; `now` (aware) is when the sweep ended."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": now.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "status": str(worst(finding for report in reports for finding in report.findings)),
        "systems": [system_data(report) for report in reports],
    }


def pieces(reports: Sequence[SystemReport], now: dt.datetime) -> Iterator[str]:
    """The document in pieces, of which the last ends with a newline; pure ASCII, so no terminal can be led astray.

    System by system: thousands of them as one tree of data, or as one text, take more memory than the sweep.
    """
    frame = {**as_data(reports[:0], now), "status": str(worst(one for report in reports for one in report.findings))}
    before, _, after = (json.dumps(frame, indent=2, ensure_ascii=True) + "\n").partition(_NO_SYSTEMS)
    yield before
    yield '"systems": [\n' if reports else _NO_SYSTEMS
    for number, report in enumerate(reports, 1):
        yield _indented(system_data(report)) + ("\n" if number == len(reports) else ",\n")
    yield f"  ]{after}" if reports else after


def render(reports: Sequence[SystemReport], now: dt.datetime) -> str:
    """The document as one text."""
    return "".join(pieces(reports, now))


def _indented(data: dict[str, Any]) -> str:
    """A system as it stands in the list; its strings hold no line break, JSON escapes them."""
    return "    " + json.dumps(data, indent=2, ensure_ascii=True).replace("\n", "\n    ")
