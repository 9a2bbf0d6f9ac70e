"""A drift report as a page of its own, with changed texts side by side; no script, nothing fetched, printable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from callout.drift.change import What
from callout.drift.judged import Judged, Outcome
from callout.drift.report import DriftReport
from callout.views.drift_data import EXPLAIN, WAIVE
from callout.views.drift_difference import Difference, Half, Row, difference_of
from callout.views.drift_explained import seen_rows
from callout.views.drift_text import HASHED, count_words, moment
from callout.views.drift_undo import remedy
from callout.views.drift_words import OUTCOMES, PROVENANCES, SECTIONS, WHAT, aspect_words
from callout.views.page import render_page

# A page that no browser could open helps nobody: of each kind so many, and so many rows of differences in all.
MOST_SHOWN, MOST_EXPLAINED, MOST_ROWS = 300, 300, 4000
BADGES = {Outcome.CLEAN: "pass", Outcome.EXPLAINED: "pass", Outcome.DRIFT: "fail", Outcome.UNKNOWN: "unknown"}
# Where it lies on the disk.
_SAY_NOTHING = ("inode", "device", "links")
_HEADS = {
    What.CHANGED: ("Value", "Before", "Now"),
    What.ADDED: ("Value", "As it is now"),
    What.REMOVED: ("Value", "As it was"),
}
SIGNS = {"changed": ("−", "+"), "removed": ("−", ""), "added": ("", "+"), "same": ("", "")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a row. `sign` says without colour what became of the line; texts are escaped for the page here:
    the page would take away the spaces at their ends."""

    number: str
    sign: str
    head: Markup
    middle: Markup
    tail: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the side-by-side table; `gap` is said in place of lines that are the same on both sides."""

    kind: str
    left: Cell | None = None
    right: Cell | None = None
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in words."""

    id: str
    kind: str
    subject: str
    what: str
    verdict: str
    evidence: tuple[str, ...]
    hints: tuple[str, ...]
    link: str
    remedy: str
    commands: tuple[str, ...]
    waiver: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class Part:
    """Findings of one kind. `state` is a colour's name in the page's style, `more` counts those not shown."""

    title: str
    state: str
    note: str
    findings: tuple[Finding, ...]
    more: int


def drift_page(report: DriftReport) -> str:
    """The page, in English: it is for those who work on the system."""
    rows = _Rows(MOST_ROWS)
    told = (
        ("Not supported", "fail", "Direct modifications that nothing explains.", report.unsupported),
        ("Not known who", "unknown", "Whoever made these cannot be told, and nobody is accused.", report.doubtful),
        ("Waived", "waived", "Let stay for a time by a person; nothing is explained by that.", report.waived),
    )
    parts = [
        Part(title, state, note, tuple(_finding(one, report, rows) for one in found[:MOST_SHOWN]),
             max(0, len(found) - MOST_SHOWN))
        for title, state, note, found in told if found
    ]  # fmt: skip
    return render_page(
        "drift.html",
        language="en",
        report=report,
        badge=BADGES[report.outcome],
        verdict=OUTCOMES[report.outcome],
        counted=count_words(report) if report.counts or report.unknown else "",
        hashed=HASHED[report.hashed],
        facts=tuple(_facts(report)),
        parts=parts,
        explained=[_explained(one) for one in report.explained[:MOST_EXPLAINED]],
        more_explained=max(0, len(report.explained) - MOST_EXPLAINED),
        sections={section: SECTIONS["en"][section][1] for section, _ in report.unknown},
    )


def _facts(report: DriftReport) -> Iterator[tuple[str, str]]:
    yield "Customer", report.customer
    yield "Baseline", f"{report.baseline.id}, {moment(report.baseline.taken_at)}"
    yield "Look", f"{report.look.id}, {moment(report.look.taken_at)}"
    versions = [word.version or "not known" for word in (report.baseline, report.look)]
    yield "Product", versions[0] if versions[0] == versions[1] else " → ".join(versions)
    yield "Files", str(report.files_count)
    if report.unread_count:
        yield "Not readable", str(report.unread_count)


def _finding(one: Judged, report: DriftReport, rows: _Rows) -> Finding:
    change, pair, waiver = one.change, report.texts.get(one.id), one.waiver
    lines, difference = rows.take(difference_of(pair)) if pair else ((), "")
    kept = f"{waiver.ticket}: {waiver.reason} ({waiver.by}), until {moment(waiver.expires_at)}" if waiver else ""
    differs = f": {aspect_words(change.aspects, 'en')}" if change.aspects else ""
    return Finding(
        id=one.id,
        kind=SECTIONS["en"][change.section][0],
        subject=change.shown,
        what=f"{WHAT['en'][change.what]}{differs}",
        verdict=PROVENANCES[one.provenance],
        evidence=one.evidence,
        hints=one.hints,
        link=one.link,
        remedy=remedy(one, "en"),
        commands=tuple(line.format(finding=one.id) for line in (EXPLAIN, WAIVE)) if one.unexplained else (),
        waiver=kept,
        head=_HEADS[change.what],
        rows=tuple(_values(one)),
        lines=lines,
        difference=difference,
    )


def _values(one: Judged) -> Iterator[tuple[str, ...]]:
    """What differs; of a thing that came or went all that says something."""
    change = one.change
    for key, was, now in seen_rows(one):
        if key in _SAY_NOTHING or was == now:
            continue
        if change.what is What.CHANGED:
            yield key, was, now
        elif (change.after or change.before or {}).get(key):
            yield key, now if change.after else was


def _explained(one: Judged) -> tuple[str, str, str, str]:
    change = one.change
    what = f"{SECTIONS['en'][change.section][0]} {WHAT['en'][change.what]}"
    return str(one.provenance).replace("_", " "), what, change.shown, " ".join(one.evidence)


class _Rows:
    """Hands out rows until the page has enough of them."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, difference: Difference) -> tuple[tuple[Line, ...], str]:
        """The lines, and a sentence where there are none, or not all."""
        if difference.why:
            return (), f"The text is not shown. {difference.why}"
        rows = difference.rows[: self._left]
        self._left -= len(rows)
        missing = len(difference.rows) - len(rows) + difference.left_out
        return tuple(_lines(rows)), f"{missing} more rows are left out: the page has enough of them." if missing else ""


def _lines(rows: Iterable[Row]) -> Iterator[Line]:
    for row in rows:
        if row.kind == "gap":
            yield Line("gap", gap=f"{row.skipped} lines as they were")
            continue
        yield Line(row.kind, _cell(row.left, SIGNS[row.kind][0]), _cell(row.right, SIGNS[row.kind][1]))


def _cell(half: Half | None, sign: str) -> Cell | None:
    if half is None:
        return None
    return Cell(str(half.number), sign, *(Markup.escape(text) for text in (half.head, half.middle, half.tail)))
