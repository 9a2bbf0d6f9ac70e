"""All call-outs, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from callout.ledger.event import Event
from callout.views.story_model import second
from callout.views.table import columns

HEAD = ("Call-out", "Opened (UTC)", "Customer", "System", "Ticket", "State", "Outcome", "Reason")


def list_rows(events: Iterable[Event]) -> list[dict[str, Any]]:
    """JSON-able rows in the order of opening; `steps` are the kinds of events seen, each once, first seen first."""
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.kind == "opened":
            body = event.body
            rows[event.callout] = {
                "callout": event.callout,
                "opened_at": event.at,
                "customer": event.customer,
                "system": event.system,
                "ticket": body.get("ticket", ""),
                "reason": body.get("reason", ""),
                "state": "open",
                "outcome": "",
                "steps": [],
            }
        row = rows.get(event.callout)
        if row is None:
            continue
        if event.kind not in row["steps"]:
            row["steps"].append(event.kind)
        if event.kind == "closed":
            row.update(state="closed", outcome=event.body.get("outcome", ""))
    return list(rows.values())


def list_text(rows: Sequence[dict[str, Any]]) -> str:
    """Aligned columns for a terminal."""
    if not rows:
        return "There are no call-outs."
    names = ("callout", "opened_at", "customer", "system", "ticket", "state", "outcome", "reason")
    shown = [[second(row[name]) if name == "opened_at" else str(row[name]) for name in names] for row in rows]
    return "\n".join(columns(HEAD, shown))
