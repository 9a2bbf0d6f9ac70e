"""What an import took over, or would, for `callout time import`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callout.ledger.event import Event
from callout.programs import printable
from callout.views.numbers import clock_time
from callout.views.story_model import second
from callout.worklog.exchange.taking import Taking


def taken_dict(name: str, found: Taking, stored: Sequence[Event]) -> dict[str, Any]:
    """JSON-able: what is new (with its ids, once it is stored), known, left out, and what overlaps."""
    ids: list[str | None] = [event.id for event in stored] or [None] * len(found.drafts)
    return {
        "file": name,
        "file_sha256": found.file_sha256,
        "new": [
            {
                "line": line,
                "id": identifier,
                "customer": draft.customer,
                "system": draft.system,
                "callout": draft.callout,
                "body": dict(draft.body),
            }
            for line, draft, identifier in zip(found.lines, found.drafts, ids, strict=True)
        ],
        "known": found.known,
        "left_out": [{"line": line, "why": why} for line, why in found.left_out],
        "overlaps": [
            {"work": work, "seconds": overlap.seconds, "claimed_by": list(overlap.claimed_by)}
            for work, overlap in found.overlaps.items()
        ],
    }


def taken_text(name: str, found: Taking, *, dry_run: bool) -> str:
    """A line per new piece of work, then what was left out, what overlaps, and the sum."""
    lines = []
    for line, draft in zip(found.lines, found.drafts, strict=True):
        body = draft.body
        started = second(body["started_at"]) if body.get("clock_known", True) else body["started_at"][:10]
        whose = f"{draft.system or draft.customer}, {body['ticket']}"
        lines.append(printable(f"{name}:{line}: {started} {clock_time(body['seconds'])} {whose}  {body['note']}"))
    lines += [printable(f"{name}:{line}: left out: {why}.") for line, why in found.left_out]
    for work, overlap in found.overlaps.items():
        rivals = ", ".join(overlap.claimed_by)
        lines.append(printable(f"Overlap: {clock_time(overlap.seconds)} of {work} are claimed by {rivals}."))
    total = clock_time(sum(draft.body["seconds"] for draft in found.drafts))
    verb = "would be imported" if dry_run else "imported"
    lines.append(f"{len(found.drafts)} {verb}, together {total}; {found.known} were here already.")
    return "\n".join(lines)
