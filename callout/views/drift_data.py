"""A drift report for programs: one model that the other forms tell in their own words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.ledger.event import canonical

SCHEMA_VERSION = 1
EXPLAIN = "callout drift explain {finding}"
WAIVE = "callout drift waive {finding} --ticket TICKET --reason WHY --until DATE"


def drift_dict(report: DriftReport) -> dict[str, Any]:
    """JSON-able, `schema_version` first; canonical: equal reports give equal text. Times are UTC."""
    return {"schema_version": SCHEMA_VERSION, **report.as_dict(), "exit_status": report.exit_status}


def drift_sha256(report: DriftReport) -> str:
    """The hash of the report's canonical JSON, as hex: what the ledger keeps of it."""
    return hashlib.sha256(canonical(drift_dict(report)).encode()).hexdigest()


def drift_of(raw: Mapping[str, Any]) -> DriftReport:
    """The report that `drift_dict` told, nothing lost. Raises BadInput for another schema, or what is no report."""
    remedy = "Look at the system again, with the callout that is to read it."
    if raw.get("schema_version") != SCHEMA_VERSION:
        found = raw.get("schema_version")
        raise BadInput(f"A drift report has schema_version {SCHEMA_VERSION}, not {found!r:.40}.", remedy)
    try:
        return DriftReport.from_dict(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"That is no drift report: {type(error).__name__} at {error!s:.100}.", remedy) from None
