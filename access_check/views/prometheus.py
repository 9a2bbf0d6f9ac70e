"""The sweep as Prometheus text exposition (version 0.0.4), for node_exporter's textfile collector."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from access_check.escaping import shown
from access_check.findings import Status
from access_check.sweep import SystemReport
from access_check.verdicts import first_broken

Sample = tuple[Mapping[str, str], float]


def render(reports: Sequence[SystemReport], now: dt.datetime) -> str:
    """The metrics, each with its samples together; `now` is when the sweep ended.

    Labels are names and words of closed vocabularies. What a system said is in none of them: it would make
    a new time series with every whim of the far side.
    """
    metrics: tuple[tuple[str, str, Iterable[Sample]], ...] = (
        ("access_check_system_status", "1 for the status that the system has.", _statuses(reports)),
        ("access_check_ok", "0 where the check failed or is unknown, else 1.", _checks(reports)),
        ("access_check_first_broken", "1 for the first broken step and whose move it is.", _broken(reports)),
        ("access_check_last_run_timestamp_seconds", "When this was found out.", [({}, int(now.timestamp()))]),
    )
    return "".join(_metric(*metric) for metric in metrics)


def _statuses(reports: Sequence[SystemReport]) -> Iterable[Sample]:
    for report in reports:
        for status in Status:
            yield {**_about(report), "status": str(status)}, int(report.status is status)


def _checks(reports: Sequence[SystemReport]) -> Iterable[Sample]:
    for report in reports:
        for finding in report.findings:
            yield {**_about(report), "check": finding.check}, int(not finding.blocks)


def _broken(reports: Sequence[SystemReport]) -> Iterable[Sample]:
    for report in reports:
        broken = first_broken(list(report.findings))
        if broken is not None:
            yield {**_about(report), "check": broken.check, "code": broken.code, "move": str(broken.move)}, 1


def _about(report: SystemReport) -> dict[str, str]:
    return {"system": report.target.name, "product": report.target.product}


def _metric(name: str, meaning: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return shown(text).replace("\\", "\\\\").replace('"', '\\"')
