"""A drift report for a terminal: what is unsupported first, with what it stands on, and what can be done about it.

Nothing in it can move the cursor: the system's words were escaped when the report was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from callout.drift.judged import Judged
from callout.drift.look import Hashed
from callout.drift.provenance import Provenance
from callout.drift.report import DriftReport
from callout.programs import printable
from callout.views.drift_data import EXPLAIN, WAIVE
from callout.views.drift_difference import difference_of, unified
from callout.views.drift_undo import remedy
from callout.views.drift_words import OUTCOMES, WHAT, aspect_words
from callout.views.table import columns

# Of each kind the first so many are told at length; a person who has more of them reads the page.
MOST_TOLD, MOST_LISTED, MOST_DIFF_LINES = 50, 200, 12
HASHED = {
    Hashed.ALL: "all were read",
    Hashed.CHANGED: "those were read of which size, times or place moved, and a sample",
    Hashed.NONE: "none was read: only sizes, times and rights are held against each other",
}


def drift_text(report: DriftReport, *, verbose: bool = False) -> str:
    """The report; `verbose` also lists what is explained. No end of line at its end."""
    baseline, look = (f"{word.id} of {moment(word.taken_at)}" for word in (report.baseline, report.look))
    lines = [
        f"{report.system}: {report.outcome}. {OUTCOMES[report.outcome]}",
        *([count_words(report)] if report.counts or report.unknown else []),
        f"Baseline {baseline}, look {look}.",
        f"Of {report.files_count} files {HASHED[report.hashed]}.",
    ]
    if report.unread_count:
        lines.append(f"{report.unread_count} files could not be read: of them only size, times and rights are known.")
    lines += _part("NOT SUPPORTED", report.unsupported, report)
    lines += _unknown(report)
    lines += _part("NOT KNOWN WHO", report.doubtful, report)
    lines += _waived(report.waived)
    if verbose:
        lines += _explained(report.explained)
    if report.left_out:
        lines += ["", f"{report.left_out} more changes are counted above, and not listed."]
    return "\n".join(printable_line(line) for line in lines)


def count_words(report: DriftReport) -> str:
    """How many changes of each kind, as one sentence; the loudest first."""
    loud = {str(Provenance.UNSUPPORTED): "unsupported", str(Provenance.UNKNOWN): "unknown", "waived": "waived"}
    told = [f"{report.counts[name]} {word}" for name, word in loud.items() if report.counts.get(name)]
    rest = {name: count for name, count in report.counts.items() if name not in loud}
    if rest:
        listed = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in rest.items())
        told.append(f"{sum(rest.values())} explained ({listed})")
    sections = len(report.unknown)
    if sections:
        told.append(f"{sections} part{'s' if sections > 1 else ''} not compared")
    return f"{', '.join(told) or 'no changes'}."


def finding_line(one: Judged) -> str:
    """`files /etc/profile changed (content)`; the subject is escaped."""
    change = one.change
    differs = f" ({aspect_words(change.aspects, 'en')})" if change.aspects else ""
    return f"{change.section} {change.shown} {WHAT['en'][change.what]}{differs}"


def moment(at: dt.datetime) -> str:
    """To the minute, in UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def printable_line(line: str) -> str:
    """The line as it is, with its spaces in front; a control character in it would have been a fault of ours."""
    spaces = len(line) - len(line.lstrip(" "))
    return " " * spaces + printable(line)


def _part(title: str, found: Sequence[Judged], report: DriftReport) -> Iterator[str]:
    if not found:
        return
    yield from ("", f"{title} ({len(found)})")
    for one in found[:MOST_TOLD]:
        yield f"{one.id}  {finding_line(one)}"
        yield from _named("why", one.evidence)
        yield from _named("hint", one.hints)
        yield from _named("undo", (remedy(one, "en"),))
        pair = report.texts.get(one.id)
        if pair is not None:
            yield from (f"    {line}" for line in _difference(unified(difference_of(pair)), pair.withheld))
        yield from _named("then", (EXPLAIN.format(finding=one.id), WAIVE.format(finding=one.id)))
    yield from _more(len(found) - MOST_TOLD)


def _difference(lines: Sequence[str], withheld: str) -> Iterable[str]:
    if withheld:
        return [f"Its text is not shown: {withheld}"]
    cut = len(lines) - MOST_DIFF_LINES
    return [*lines[:MOST_DIFF_LINES], f"… and {cut} more."] if cut > 0 else lines


def _named(name: str, sentences: Iterable[str]) -> Iterator[str]:
    for place, sentence in enumerate(sentences):
        yield f"    {name if place == 0 else '':<5} {sentence}"


def _unknown(report: DriftReport) -> Iterator[str]:
    if not report.unknown and not report.disagreements:
        return
    yield from ("", "NOT COMPARED: this is unknown, and not clean")
    for section, why in report.unknown:
        yield f"    {section}: {why}"
    for said in report.disagreements:
        yield f"    Two ways of looking told differently: {said}"
    yield "    Look again; if it stays so, look at the system by hand."


def _waived(found: Sequence[Judged]) -> Iterator[str]:
    if not found:
        return
    yield from ("", f"WAIVED ({len(found)}): let stay for a time, and not explained by that")
    for one in found[:MOST_LISTED]:
        waiver = one.waiver
        assert waiver is not None
        yield f"{one.id}  {finding_line(one)}"
        yield f"    until {waiver.expires_at:%Y-%m-%d}  {waiver.ticket}: {waiver.reason} ({waiver.by})"
    yield from _more(len(found) - MOST_LISTED)


def _explained(found: Sequence[Judged]) -> Iterator[str]:
    if not found:
        return
    yield from ("", f"EXPLAINED ({len(found)})")
    rows = [(one.id, str(one.provenance), finding_line(one), one.evidence[0]) for one in found[:MOST_LISTED]]
    yield from columns(("Id", "By", "What", "Why"), rows)
    yield from _more(len(found) - MOST_LISTED)


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"… and {count} more; --json and the page have them."
