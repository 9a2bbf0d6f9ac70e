"""The whole report of a look, kept beside it, and read again only as the ledger says that it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.whole_files import write_whole
from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.ledger.event import Event, canonical
from callout.ledger.store import LedgerView
from callout.views.drift_data import drift_dict, drift_of

if TYPE_CHECKING:
    from callout.steps.context import Context

REPORT_SUFFIX = ".report"
MAXIMUM_REPORT_BYTES = 256 * 1024 * 1024


def keep_report(folder: Path, look: str, report: DriftReport) -> str:
    """Writes it (0600, whole or not at all) and gives back its SHA-256."""
    content = canonical(drift_dict(report)).encode()
    write_whole(folder / f"{look}{REPORT_SUFFIX}", content, mode=0o600)
    return hashlib.sha256(content).hexdigest()


def last_look(view: LedgerView, system: str) -> Event | None:
    """The newest `drift_looked` of the system; None where there was none."""
    events = list(view.events(kind="drift_looked", system=system))
    return events[-1] if events else None


def last_report(context: Context, system: str) -> DriftReport:
    """The report of the newest look. Raises BadInput where there is none, or its file is another than was recorded."""
    event = last_look(context.ledger, system)
    if event is None:
        raise BadInput(f"{system} was not looked at for drift yet.", f"Run: callout drift find {system}")
    return report_of_event(context, event)


def report_of_event(context: Context, event: Event) -> DriftReport:
    """The report of one `drift_looked` event. Raises BadInput."""
    body = event.body
    path = context.places.baselines / event.system / f"{body['look']}{REPORT_SUFFIX}"
    remedy = f"Look again: callout drift find {event.system}"
    try:
        with path.open("rb") as stream:
            content = stream.read(MAXIMUM_REPORT_BYTES)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", remedy) from None
    if hashlib.sha256(content).hexdigest() != body["report_sha256"]:
        raise BadInput(f"{path} is not the report that was recorded.", remedy)
    return drift_of(json.loads(content))


def said_of(report: DriftReport) -> str:
    """What the look came to, in one sentence."""
    told = []
    if report.unsupported:
        told.append(f"{len(report.unsupported)} unsupported")
    if report.doubtful:
        told.append(f"{len(report.doubtful)} of which it is not known who made them")
    if report.unknown:
        told.append(f"{len(report.unknown)} sections that could not be compared")
    if report.disagreements:
        told.append(f"{len(report.disagreements)} places where two ways of looking disagree")
    if told:
        return f"{report.system} is not as its baseline: {', '.join(told)}."
    changes = sum(report.counts.values())
    return f"{report.system} is as its baseline" + (f", but for {changes} explained changes." if changes else ".")


def look_with_finding(view: LedgerView, finding: str) -> Event:
    """The newest `drift_looked` that names the finding. Raises BadInput where none does."""
    named = None
    for event in view.events(kind="drift_looked"):
        if any(one["id"] == finding for one in event.body.get("findings", ())):
            named = event
    if named is None:
        raise BadInput(f"No look found {finding!r}.", "callout drift show SYSTEM names the findings.")
    return named
