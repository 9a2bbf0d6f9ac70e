"""Cases in rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callout.desk.case import Case
from callout.ledger.event import Event
from callout.views.case_story import case_row
from callout.views.story_model import second
from callout.views.table import columns

HEAD = ("Case", "Opened (UTC)", "Customer", "Priority", "State", "Turn", "Level", "Subject")


def list_rows(
    cases: Iterable[Case], states: Sequence[str] = (), turn: str = "", *, owed: bool = False
) -> list[dict[str, Any]]:
    """JSON-able rows in the order of the cases; only of these states and that turn, where they are named. `owed`: only
    those that ended without a FAQ, where support is owed to the next who asks."""
    rows = [case_row(case) for case in cases]
    return [
        row
        for row in rows
        if (not states or row["state"] in states)
        and (not turn or row["turn"] == turn)
        and (row["support_owed"] or not owed)
    ]


def list_text(rows: Sequence[dict[str, Any]]) -> str:
    """Aligned columns for a terminal."""
    if not rows:
        return "There are no such cases."
    return "\n".join(columns(HEAD, [_cells(row) for row in rows]))


def refused_rows(events: Iterable[Event]) -> list[dict[str, Any]]:
    """JSON-able rows of `case_refused` events, in order; `case` is empty where none was opened."""
    return [
        {
            "at": event.at,
            "customer": event.customer,
            "system": event.system,
            "case": event.body.get("case", ""),
            "what": event.body.get("what", ""),
            "actor": event.actor,
            "reasons": event.body.get("reasons", []),
        }
        for event in events
    ]


def refused_text(rows: Sequence[dict[str, Any]]) -> str:
    """Aligned columns for a terminal, the reasons as sentences."""
    if not rows:
        return "Nothing was refused."
    cells = [
        (second(row["at"]), row["customer"], row["case"], row["what"], " ".join(one["seen"] for one in row["reasons"]))
        for row in rows
    ]
    return "\n".join(columns(("At (UTC)", "Customer", "Case", "What", "Why not"), cells))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    state = f"{row['state']}: {row['outcome']}" if row["outcome"] else row["state"]
    names = ("customer", "priority")
    level = str(row["level"]) if row["level"] else ""
    turn = "" if row["outcome"] else row["turn"].replace("_", " ")
    return (
        row["case"], second(row["opened_at"]), *(str(row[name]) for name in names), state, turn, level, row["subject"],
    )  # fmt: skip
