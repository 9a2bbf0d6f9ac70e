"""A change report as Markdown and as a page; the PDF is that page, printed."""

from __future__ import annotations

from callout.views.change_model import ChangeReport, Pairs, Part
from callout.views.markdown import code_block, escaped


def change_markdown(report: ChangeReport) -> str:
    """For a ticket or a wiki."""
    labels = report.labels
    lines = [
        f"# {labels['title']}: {escaped(report.heading)}", "", f"**{report.badge}** · {report.verdict}", "",
        *_pairs(report.facts), "",
        f"## {labels['what']}", "", escaped(report.reason),
    ]  # fmt: skip
    for part in report.parts:
        lines += ["", f"### {escaped(part.heading)}", "", *_pairs(part.facts)]
    if report.trouble:
        lines += ["", f"## {labels['trouble']}", "", *(f"- {escaped(one)}" for one in report.trouble)]
    lines += ["", f"## {labels['when']}", "", *_pairs(report.times), "", escaped(report.zone)]
    lines += ["", f"## {labels['consent']}", ""]
    lines += [f"- {' '.join(escaped(line) for line in one)}" for one in report.consents] or [labels["no consent"]]
    lines += ["", f"## {labels['health']}", "", *_health(report)]
    for part in report.parts:
        lines += ["", f"## {labels['files']}: {escaped(part.heading)}", "", *_files(report, part)]
    if report.differences:
        lines += ["", f"## {labels['differences']}", "", code_block(report.differences)]
    lines += ["", f"## {labels['undo']}", ""]
    lines += [escaped(part.undo) for part in report.parts] or [labels["undo none"]]
    lines += ["", f"## {labels['backup']}", ""]
    lines += [f"- {escaped(one)}" for one in report.backups] or [labels["no backup"]]
    return "\n".join([*lines, "", "---", "", escaped(report.evidence)]) + "\n"


def change_html(report: ChangeReport) -> str:
    """A page of its own, printable; no script, no link to elsewhere."""
    from markupsafe import Markup

    from callout.views.page import render_page

    # Escaped here and not there: a page takes the spaces from both ends of a value, and a diff begins with one.
    differences = Markup.escape(report.differences)
    return render_page(
        "change.html", language=report.language, labels=report.labels, report=report, differences=differences
    )


def _pairs(pairs: Pairs) -> list[str]:
    return [f"- {escaped(name)}: {escaped(value)}" for name, value in pairs]


def _health(report: ChangeReport) -> list[str]:
    labels = report.labels
    if not report.health:
        return [labels["no health"]]
    rows = [f"| {escaped(one.seen)} | {one.before} | {one.after} |" for one in report.health]
    return [f"| {labels['check']} | {labels['before']} | {labels['after']} |", "|---|---|---|", *rows]


def _files(report: ChangeReport, part: Part) -> list[str]:
    labels = report.labels
    rows = [f"| {escaped(one.path)} | {one.what} | {escaped(one.hashes)} |" for one in part.files]
    told = [f"| {labels['file']} | {labels['did']} | {labels['hash']} |", "|---|---|---|", *rows]
    return [*told, "", part.left_out] if part.left_out else told
