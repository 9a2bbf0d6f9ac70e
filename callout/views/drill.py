"""The report of one restore drill: text, Markdown, and a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callout.ledger.event import Event
from callout.programs import printable

MEBIBYTE = 1024 * 1024
VERDICTS = {
    "proven": "This backup was restored, and it works.",
    "failed": "This backup was restored, and something is wrong with it.",
    "not proven": "What could be tried went well; not everything could be tried.",
}
# Of each list a page shows the first so many; the ledger has more.
MOST_TABLES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, printable."""

    status: str
    check: str
    seen: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table of the database, printable. A count that is not known is a dash."""

    name: str
    in_dump: str
    loaded: str
    check: str


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What text, Markdown and page all tell, printable. Times are UTC to the second; `left_out` counts tables."""

    backup: str
    system: str
    customer: str
    product: str
    outcome: str
    verdict: str
    taken: str
    at: str
    actor: str
    duration: str
    parts: tuple[tuple[str, str], ...]
    entries: int
    size: str
    root_hash: str
    dump_sha256: str
    event_hash: str
    lines: tuple[Line, ...]
    tables: tuple[TableLine, ...]
    left_out: int


def report_of(event: Event) -> DrillReport:
    """The report that a `drilled` event tells."""
    body = event.body
    raw = [one for one in body.get("findings", ()) if isinstance(one, dict)]
    tables = _tables(raw)
    outcome = printable(str(body.get("outcome", "")))
    return DrillReport(
        backup=_text(body, "backup"),
        system=printable(event.system),
        customer=printable(event.customer),
        product=_text(body, "product"),
        outcome=outcome,
        verdict=VERDICTS.get(outcome, "What it came to is not known."),
        taken=_second(_text(body, "backup_taken")),
        at=_second(event.at),
        actor=printable(event.actor),
        duration=_seconds(body.get("duration_ms", 0)),
        parts=tuple((printable(str(name)), _seconds(ms)) for name, ms in body.get("parts_ms", {}).items()),
        entries=int(body.get("entries", 0)),
        size=f"{int(body.get('restored_bytes', 0)) / MEBIBYTE:.1f} MiB",
        root_hash=_text(body, "root_hash"),
        dump_sha256=_text(body, "dump_sha256"),
        event_hash=event.hash,
        lines=tuple(Line(*(_text(one, name) for name in ("status", "check", "seen", "remedy"))) for one in raw),
        tables=tuple(tables[:MOST_TABLES]),
        left_out=max(0, len(tables) - MOST_TABLES),
    )


def drill_text(event: Event) -> str:
    """For a terminal; nothing in it moves the cursor."""
    told = report_of(event)
    lines = [f"{told.backup}  {told.outcome}  {told.entries} entries, {told.size}, {told.duration}", told.verdict]
    lines += [f"  {one.status:<8}{one.seen}{' ' + one.remedy if one.remedy else ''}" for one in told.lines]
    spent = ", ".join(f"{name} {seconds}" for name, seconds in told.parts)
    return "\n".join([*lines, f"  time: {spent}"])


def drill_markdown(event: Event) -> str:
    """For a ticket or a wiki. What a system said is escaped: it is never markup."""
    told = report_of(event)
    rows = [
        f"| {_md(one.status)} | {_md(f'{one.seen} {one.remedy}'.strip())} | {_md(one.check)} |" for one in told.lines
    ]
    lines = [
        f"# Restore drill of {_md(told.system)}: {_md(told.outcome)}", "",
        told.verdict, "",
        f"- Backup: {_md(told.backup)}, taken {told.taken} UTC",
        f"- Drilled: {told.at} UTC by {_md(told.actor)}, in {told.duration}",
        f"- Restored: {told.entries} entries, {told.size}",
        f"- Root hash: `{_md(told.root_hash)}`",
        f"- Entry of the ledger: `{told.event_hash}`", "",
        "| Status | Finding | Check |", "|---|---|---|", *rows,
    ]  # fmt: skip
    if told.tables:
        lines += ["", "| Table | Rows in the dump | Rows loaded | CHECK TABLE |", "|---|---|---|---|"]
        lines += [f"| {_md(one.name)} | {one.in_dump} | {one.loaded} | {_md(one.check)} |" for one in told.tables]
    if told.left_out:
        lines += ["", f"… and {told.left_out} more tables, in the ledger."]
    return "\n".join(lines) + "\n"


def drill_html(event: Event) -> str:
    """A page of its own, printable; no script, no link to elsewhere."""
    from callout.views.page import render_page

    return render_page("drill.html", language="en", drill=report_of(event))


def _tables(raw: Sequence[Mapping[str, Any]]) -> list[TableLine]:
    rows = next((one.get("evidence", {}).get("tables", ()) for one in raw if one.get("check") == "drill.rows"), ())
    return [
        TableLine(
            printable(str(row.get("table", ""))),
            _count(row.get("in_dump")),
            _count(row.get("loaded")),
            printable(str(row.get("check", ""))) or "–",
        )
        for row in rows
    ]


def _count(value: Any) -> str:
    return str(value) if isinstance(value, int) else "–"


def _text(raw: Mapping[str, Any], name: str) -> str:
    return printable(str(raw.get(name, "")))


def _seconds(milliseconds: Any) -> str:
    return f"{int(milliseconds) / 1000:.1f} s"


def _second(at: str) -> str:
    return at[:19].replace("T", " ")


def _md(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#!~" else character for character in text)
