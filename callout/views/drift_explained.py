"""One finding, walked through step by step: what was seen, when, what was asked, what that comes to, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from callout.drift.change import Values
from callout.drift.judged import Judged
from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.views.drift_data import SCHEMA_VERSION, WAIVE
from callout.views.drift_difference import difference_of, unified
from callout.views.drift_text import HASHED, finding_line, moment, printable_line
from callout.views.drift_undo import remedy
from callout.views.drift_words import PROVENANCES

CARRIED = "It is older than that baseline, which took it over, waived, from an earlier one."
Steps = list[tuple[str, list[str]]]


def finding_of(report: DriftReport, identifier: str) -> Judged:
    """The finding with that name. Raises BadInput where the report has none of it."""
    found = report.finding(identifier)
    if found is None:
        sentence = f"The look {report.look.id} at {report.system} has no finding {identifier!r:.40}."
        raise BadInput(sentence, "See the report of that look: what was changed further since has another name.")
    return found


def explained_drift_dict(report: DriftReport, one: Judged) -> dict[str, Any]:
    """JSON-able: the finding and its steps."""
    pair = report.texts.get(one.id)
    return {
        "schema_version": SCHEMA_VERSION,
        "system": report.system,
        "finding": one.as_dict(),
        "steps": [{"step": title, "told": told} for title, told in _steps(report, one)],
        "difference": unified(difference_of(pair)) if pair else [],
    }


def explained_drift_text(report: DriftReport, one: Judged) -> str:
    """For a terminal; nothing in it can move the cursor. No end of line at its end."""
    lines = [f"{one.id} at {report.system}: {finding_line(one)}", PROVENANCES[one.provenance]]
    for number, (title, told) in enumerate(_steps(report, one), start=1):
        lines += ["", f"{number}. {title}", *(f"   {line}" for line in told)]
    pair = report.texts.get(one.id)
    if pair is not None:
        shown = difference_of(pair)
        lines += ["", "The text, before (-) and after (+)"]
        lines += [f"   {line}" for line in unified(shown)] or [f"   It is not shown: {shown.why}"]
    return "\n".join(printable_line(line) for line in lines)


def _steps(report: DriftReport, one: Judged) -> Steps:
    steps = [
        ("What was seen", list(_seen(one))),
        ("Between which looks", [*_looks(report), *([CARRIED] if one.carried else [])]),
        (f"What was asked, and answered (rule {one.rule})", [*one.evidence]),
    ]
    if one.link:
        steps.append(("Where that is published", [one.link]))
    if one.hints:
        steps.append(("Hints, which prove nothing", [*one.hints]))
    steps.append(("What it comes to", list(_verdict(one))))
    if one.unexplained:
        ways = [remedy(one, "en"), f"Or have it accepted: {WAIVE.format(finding=one.id)}"]
        steps.append(("What can be done", ways))
    return steps


def seen_rows(one: Judged) -> Iterator[tuple[str, str, str]]:
    """Every value that was seen: its name, how it was, how it is; in words where there is none."""
    change = one.change
    for key in dict.fromkeys([*(change.before or {}), *(change.after or {})]):
        yield key, _value(change.before, key), _value(change.after, key)


def _seen(one: Judged) -> Iterator[str]:
    yield f"{one.change.section} {one.change.shown}"
    for key, was, now in seen_rows(one):
        yield f"{key}: {was}" if was == now else f"{key}: {was} → {now}"


def _value(values: Values | None, key: str) -> str:
    if values is None:
        return "(not there)"
    value = values.get(key, "") or "(empty)"
    seconds = value.partition(".")[0]
    if key in ("mtime", "ctime") and seconds.isascii() and seconds.isdigit() and len(seconds) <= 11:
        return f"{value} ({moment(dt.datetime.fromtimestamp(int(seconds), dt.UTC))})"
    return value


def _looks(report: DriftReport) -> Iterator[str]:
    for name, word in (("Baseline", report.baseline), ("Look", report.look)):
        version = word.version or "a version that is not known"
        yield f"{name} {word.id} of {moment(word.taken_at)}, product {version}"
    yield f"Of {report.files_count} files {HASHED[report.hashed]}."


def _verdict(one: Judged) -> Iterator[str]:
    yield f"{one.provenance}: {PROVENANCES[one.provenance]}"
    waiver = one.waiver
    if waiver is not None:
        yield (
            f"It is waived until {moment(waiver.expires_at)} ({waiver.ticket}: {waiver.reason}), by {waiver.by}; "
            "then it speaks again."
        )
