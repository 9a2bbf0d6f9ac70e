"""How a case's deadlines came about, walked through step by step: text and data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from access_check.escaping import shown
from callout.desk.case import Case
from callout.desk.standing import ClockState, Standing
from callout.ledger.event import format_utc
from callout.views.agenda_words import clock_words, told_in

Explained = Sequence[tuple[Standing, Sequence[str]]]
_LONGEST_SUBJECT, _LONGEST_STEP = 120, 3000


def explained_case_text(case: Case, clocks: Explained, zone: ZoneInfo) -> str:
    """Each clock with its numbered steps and the verdict, for a terminal; nothing in it can move the cursor.

    No end of line at its end.
    """
    lines = [f"{case.number} of {shown(case.customer)}, {case.priority.value}: {shown(case.subject, _LONGEST_SUBJECT)}"]
    for standing, steps in clocks:
        lines += ["", f"{clock_words(standing.clock, standing.part).capitalize()}"]
        lines += [f"  {number}. {shown(step, _LONGEST_STEP)}" for number, step in enumerate(steps, start=1)]
        lines.append(f"  Verdict: {verdict(standing, zone)}")
    if not clocks:
        lines.append("No clock runs, and none has run: nobody has promised anything.")
    return "\n".join(lines)


def explained_case_dict(case: Case, clocks: Explained, zone: ZoneInfo) -> dict[str, Any]:
    """JSON-able: the clocks with their `steps` and the verdict. Moments are UTC."""
    return {
        "case": case.number,
        "customer": case.customer,
        "priority": case.priority.value,
        "state": case.state.value,
        "time_zone": zone.key,
        "clocks": [
            {
                "clock": standing.clock.value,
                "part": standing.part,
                "state": standing.state.value,
                "started_at": format_utc(standing.started_at),
                "due_at": format_utc(standing.due_at),
                "stopped_at": format_utc(standing.stopped_at) if standing.stopped_at else None,
                "breached_at": format_utc(standing.breached_at) if standing.breached_at else None,
                "set_by_hand": standing.by_hand,
                "justified": standing.justified,
                "warned_percent": standing.warned,
                "steps": list(steps),
                "verdict": verdict(standing, zone),
            }
            for standing, steps in clocks
        ],
    }


def verdict(standing: Standing, zone: ZoneInfo) -> str:
    """How it stands, as one sentence with its moment by the clocks of `zone`."""
    due = _told(standing.due_at, zone)
    justified = "justified" if standing.justified else "nobody has said why"
    match standing.state:
        case ClockState.RUNNING:
            gone = f"; {standing.warned} % of the time is gone" if standing.warned else ""
            return f"running, due {due}{gone}."
        case ClockState.PAUSED:
            return f"paused; it cannot be breached. If the pause ended now it would be due {due}."
        case ClockState.BREACHED:
            return f"BREACHED, due {due}; {justified}."
        case ClockState.LATE:
            return f"late, due {due}, stopped {_told(standing.stopped_at, zone)}; {justified}."
        case ClockState.MET:
            return f"met {_told(standing.stopped_at, zone)}, due {due}."
        case ClockState.STOPPED:
            return f"stopped by the end of the case {_told(standing.stopped_at, zone)}, before it was due {due}."


def _told(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    return "–" if moment is None else f"{told_in(moment, zone)} ({moment:%Y-%m-%d %H:%M} UTC)"
