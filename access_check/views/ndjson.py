"""The sweep as one JSON document per line and system, for log collectors and `jq`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from access_check.sweep import SystemReport
from access_check.views.json import SCHEMA_VERSION, system_data


def render(reports: Sequence[SystemReport]) -> str:
    """One line per system in inventory order, each with its `schema_version`; pure ASCII."""
    return "".join(
        json.dumps({"schema_version": SCHEMA_VERSION, **system_data(report)}, ensure_ascii=True) + "\n"
        for report in reports
    )
