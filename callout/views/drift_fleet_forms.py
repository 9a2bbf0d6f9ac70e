"""The drift of all systems for programs, for a terminal, and as a page; worst first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from callout.ledger.event import format_utc
from callout.views.drift_data import SCHEMA_VERSION
from callout.views.drift_fleet import ORDER, STATES, FleetRow
from callout.views.drift_text import moment
from callout.views.page import render_page
from callout.views.table import columns

HEAD = ("Customer", "System", "State", "Looked (UTC)", "Unsupported", "Unknown", "Waived", "Oldest unexplained")


def fleet_dict(rows: Sequence[FleetRow], *, now: dt.datetime) -> dict[str, Any]:
    """JSON-able, `schema_version` first; systems worst first."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": format_utc(now),
        "states": _states(rows),
        "systems": [row.as_dict() for row in rows],
    }


def fleet_text(rows: Sequence[FleetRow]) -> str:
    """Aligned columns for a terminal, and the sum. No end of line at its end."""
    if not rows:
        return "There are no systems in the inventory."
    return "\n".join([*columns(HEAD, [_cells(row) for row in rows], (4, 5, 6)), "", _sum(rows)])


def fleet_html(rows: Sequence[FleetRow], *, now: dt.datetime) -> str:
    """A page of its own; no script, nothing fetched, printable."""
    return render_page(
        "drift_fleet.html",
        language="en",
        head=HEAD,
        rows=[(row.style, _cells(row)) for row in rows],
        summed=_sum(rows) if rows else "There are no systems in the inventory.",
        made=moment(now),
    )


def _cells(row: FleetRow) -> tuple[str, ...]:
    looked = "–" if row.looked_at is None else moment(row.looked_at).removesuffix(" UTC")
    # Never looked at: how many there are is not known, and not none.
    counts = (str(row.count(name)) if row.looked_at else "–" for name in ("unsupported", "unknown", "waived"))
    oldest = "–" if row.since is None else f"{row.since.astimezone(dt.UTC):%Y-%m-%d} {row.oldest}"
    return row.customer, row.system, row.told, looked, *counts, oldest


def _states(rows: Sequence[FleetRow]) -> dict[str, int]:
    return {state: count for state in ORDER if (count := sum(row.state == state for row in rows))}


def _sum(rows: Sequence[FleetRow]) -> str:
    customers = len({row.customer for row in rows})
    states = {**STATES, "drift": "with unsupported changes", "unknown": "with something unknown"}
    told = ", ".join(f"{count} {states[state]}" for state, count in _states(rows).items())
    systems = f"{len(rows)} system{'s' if len(rows) > 1 else ''}"
    return f"{systems} of {customers} customer{'s' if customers > 1 else ''}: {told}."
