"""A case's events as chapters: lines for a terminal, in which nothing can move the cursor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callout.ledger.event import Event
from callout.programs import printable
from callout.views.case_words import ORDER, QUOTED, TITLES, UNTOLD
from callout.views.story_model import second

LONGEST_VALUE, MOST_LINES, MOST_FACTS = 300, 40, 30


def chapter_of(event: Event) -> list[str]:
    """When, what, by whom; then what was said of it, then the words that somebody wrote, each line behind `> `."""
    body = event.body
    title = TITLES.get(event.kind, printable(event.kind).replace("_", " "))
    about = f": {event.callout}" if event.callout else ""
    lines = [f"{second(event.at)}  {title}{about}  ({event.kind}, {printable(event.actor)})"]
    facts = [*_facts(body), *_reasons(body)]
    lines += [f"    {fact}" for fact in facts[:MOST_FACTS]]
    if len(facts) > MOST_FACTS:
        lines.append(f"    … and {len(facts) - MOST_FACTS} more: --json has everything")
    for name in QUOTED:
        lines += [f"    {line}" for line in quoted(str(body.get(name) or ""))]
    return lines


def quoted(text: str) -> list[str]:
    """What somebody wrote, line by line behind `> `, at most 40 lines: nobody can forge a line of ours with it."""
    written = text.strip().splitlines()
    lines = [f"> {_short(line)}".rstrip() for line in written[:MOST_LINES]]
    if len(written) > MOST_LINES:
        lines.append(f"> … and {len(written) - MOST_LINES} more lines: --json has everything")
    return lines


def _facts(body: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(body, key=_place):
        value = body[name]
        if name in UNTOLD or name in QUOTED or value in ("", [], {}, None, False):
            continue
        label = _short(name).replace("_", " ")
        if name == "changes" and isinstance(value, dict):
            yield from (f"{_short(what)}: {_change(pair)}" for what, pair in value.items())
        elif name == "attempts" and isinstance(value, list):
            yield from (_attempt(one) for one in value)
        elif value is True:
            yield label
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield f"{label}: {_short(', '.join(value))}"
        elif name.endswith("_at") and isinstance(value, str):
            yield f"{label}: {second(value)}"
        elif not _are_findings(value):
            yield f"{label}: {_short(value)}"


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _reasons(body: Mapping[str, Any]) -> Iterator[str]:
    found = [value for value in (body.get("reasons"), _entitlement(body).get("findings")) if _are_findings(value)]
    for findings in found:
        for one in findings or ():
            yield f"{_short(one.get('status', '')):<8}{_short(one.get('check', ''))}: {_short(one.get('seen', ''))}"


def _entitlement(body: Mapping[str, Any]) -> Mapping[str, Any]:
    said = body.get("entitlement")
    return said if isinstance(said, dict) else {}


def _are_findings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "check" in one for one in value)


def _change(pair: Any) -> str:
    if isinstance(pair, list) and len(pair) == 2:
        old, new = (_short(one) for one in pair)
        return f"{old or 'nothing'} → {new or 'nothing'}"
    return _short(pair)


def _attempt(one: Any) -> str:
    if not isinstance(one, dict):
        return f"earlier: {_short(one)}"
    return f"earlier: level {_short(one.get('level', ''))}, {second(str(one.get('at', '')))}: {_statement(one)}"


def _statement(one: Mapping[str, Any]) -> str:
    return _short(one.get("statement", ""))


def _short(value: Any) -> str:
    text = printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def chapters(events: Sequence[Event]) -> list[str]:
    """All chapters, an empty line before each."""
    return [line for event in events for line in ("", *chapter_of(event))]
