"""The whole story of one call-out: text, data, and a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callout.ledger.event import Event
from callout.views.story_model import Chapter, Told, story_of_events

SCHEMA_VERSION = 1
COLOURS = {"pass": 32, "warn": 33, "fail": 31, "unknown": 35, "waived": 36}
BOLD, RED = 1, 31


def story_dict(events: Sequence[Event]) -> dict[str, Any]:
    """JSON-able, `schema_version` first; events as stored, in order. Raises BadInput for no events."""
    story = story_of_events(events)
    return {
        "schema_version": SCHEMA_VERSION,
        "callout": story.callout,
        "customer": story.customer,
        "system": story.system,
        "ticket": story.ticket,
        "reason": story.reason,
        "state": story.state,
        "outcome": story.outcome,
        "events": [event.as_dict() for event in events],
    }


def story_text(events: Sequence[Event], color: bool = False) -> str:
    """For a terminal; nothing in it can move the cursor. Raises BadInput for no events."""
    story = story_of_events(events)
    state = f"{story.state} ({story.outcome})" if story.outcome else story.state
    lines = [
        _painted(f"{story.callout}  {story.customer}  {story.system}  ticket {story.ticket}  {state}", BOLD, color),
        f"{story.reason}",
        "All times are UTC.",
    ]
    for chapter in story.chapters:
        lines += ["", *_chapter(chapter, color)]
    return "\n".join(lines)


def story_html(events: Sequence[Event]) -> str:
    """A page of its own, printable; no script, no link to elsewhere. Raises BadInput for no events."""
    from callout.views.page import render_page

    return render_page("story.html", language="en", story=story_of_events(events))


def _chapter(chapter: Chapter, color: bool) -> list[str]:
    title = _painted(chapter.title, RED if chapter.trouble else BOLD, color)
    lines = [f"{chapter.at}  {title}  ({chapter.kind}, {chapter.actor})"]
    lines += [f"    {'  ' * fact.depth}{fact.name}: {fact.value}".rstrip() for fact in chapter.facts]
    for finding in chapter.findings:
        lines += _finding(finding, color)
    if chapter.left_out:
        lines.append(f"    … and {chapter.left_out} more: --json has everything")
    return lines


def _finding(finding: Told, color: bool) -> list[str]:
    status = _painted(f"{finding.status:<8}", COLOURS.get(finding.status, RED), color)
    lines = [f"    {status}{finding.check}: {finding.seen}"]
    if finding.remedy:
        mover = f"{finding.move}: " if finding.move and finding.move != "nobody" else ""
        lines.append(f"            {mover}{finding.remedy}")
    return lines


def _painted(text: str, code: int, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
