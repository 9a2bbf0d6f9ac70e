"""The sweep as one JSON document per line and system, for log collectors and `jq`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from access_check.sweep import SystemReport
from access_check.views.json import SCHEMA_VERSION, system_data


def pieces(reports: Sequence[SystemReport]) -> Iterator[str]:
    """One line per system in inventory order, each with its `schema_version`; pure ASCII."""
    for report in reports:
        yield json.dumps({"schema_version": SCHEMA_VERSION, **system_data(report)}, ensure_ascii=True) + "\n"


def render(reports: Sequence[SystemReport]) -> str:
    """All lines as one text."""
    return "".join(pieces(reports))
