"""What changed between two looks, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from access_check.escaping import shown
from access_check.evidence.difference import Change, Changed, Outcome, SystemDifference
from access_check.findings import Finding, Move

SCHEMA_VERSION = 1
_LIMIT = 600
_MOST_NAMED = 5


def render_json(found: Sequence[SystemDifference], result: Outcome, not_compared: Sequence[str]) -> str:
    """The document as text that ends with a newline; pure ASCII. Systems that did not change are not in `systems`.

    `not_compared` are the systems of which only checks and codes were compared.
    """
    whole = {
        "schema_version": SCHEMA_VERSION,
        "status": str(result),
        "facts_not_compared": list(not_compared),
        "systems": [_system_data(one) for one in found],
    }
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


def _system_data(one: SystemDifference) -> dict[str, Any]:
    return {
        "system": one.system,
        "only_in": one.only_in,
        "before": one.moments[0],
        "after": one.moments[1],
        "changes": [_change_data(change) for change in one.changes],
    }


def _change_data(one: Changed) -> dict[str, Any]:
    return {
        "check": one.check,
        "change": str(one.change),
        "worse": one.worse,
        "follows": one.follows,
        "before": one.before.as_dict() if one.before else None,
        "after": one.after.as_dict() if one.after else None,
        "facts": {name: {"before": pair[0], "after": pair[1]} for name, pair in (one.facts or {}).items()},
    }


def render_text(found: Sequence[SystemDifference], not_compared: Sequence[str]) -> str:
    """Lines for people; the checks that merely follow from another one are counted, not listed."""
    lines: list[str] = [] if found else ["Nothing changed."]
    for one in found:
        lines.append(_heading(one))
        lines += [line for change in one.changes if not change.follows for line in _lines(change)]
        follow = sum(change.follows for change in one.changes)
        if follow:
            lines.append(f"    and {follow} {'check' if follow == 1 else 'checks'} not reached because of it")
    if not_compared:
        named = ", ".join(shown(system) for system in not_compared[:_MOST_NAMED])
        more = f" and {len(not_compared) - _MOST_NAMED} more" if len(not_compared) > _MOST_NAMED else ""
        lines.append(f"Facts (banner, host key, version …) were not compared for {named}{more}: redacted differently.")
    return "\n".join(lines) + "\n"


def _heading(one: SystemDifference) -> str:
    if one.only_in:
        return f"{shown(one.system)}  only in {'A' if one.only_in == 'before' else 'B'}"
    between = " → ".join(shown(moment) or "(time not known)" for moment in one.moments)
    return f"{shown(one.system)}  {between}"


def _lines(one: Changed) -> list[str]:
    words = {
        Change.BROKEN: "became broken" if one.after and one.after.blocks else "became worse",
        Change.MENDED: "mended",
        Change.CODE: "changed",
        Change.FACTS: "other facts",
        Change.APPEARED: "new check",
        Change.GONE: "no check now",
    }[one.change]
    lines = [f"    {words:<14}{shown(one.check)}  {_code(one.before)} → {_code(one.after)}"]
    if one.change is Change.FACTS:
        lines = [f"    {words:<14}{shown(one.check)}"]
    for name, (before, after) in (one.facts or {}).items():
        lines.append(f"        {shown(name)}: {_said(before)} → {_said(after)}")
    if one.after is not None and one.after.status not in ("pass", "waived") and one.change is not Change.FACTS:
        lines.append(f"        {shown(one.after.seen, _LIMIT)}")
        if one.after.remedy and (one.worse or one.change is Change.CODE):
            whose = "" if one.after.move is Move.NOBODY else f"[{one.after.move}] "
            lines.append(f"        {whose}{shown(one.after.remedy, _LIMIT)}")
    return lines


def _code(finding: Finding | None) -> str:
    return f"{finding.status} ({shown(finding.code)})" if finding else "–"


def _said(fact: Any) -> str:
    if isinstance(fact, list | tuple):
        return ", ".join(shown(str(each), 120) for each in fact[:16]) or "nothing"
    return "nothing" if fact in (None, "") else shown(str(fact), 200)
