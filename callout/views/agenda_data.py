"""The agenda for programs: every row with all that is known of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from callout.desk.board_agenda import Agenda
from callout.desk.board_rows import Band, BoardRow, Place, band, warned
from callout.ledger.event import format_utc


def agenda_dict(agenda: Agenda) -> dict[str, Any]:
    """JSON-able. Moments are UTC, None where there is none; `left_s` are seconds by the wall clock, negative once over.

    `counts` are of all deadlines that were asked about, also of those that are not among `deadlines`.
    """
    return {
        "now": format_utc(agenda.now),
        "exit_status": agenda.exit_status,
        "cases": agenda.cases,
        "counts": {one.word: agenda.tally.count(one) for one in Band},
        "warned": {str(percent): count for percent, count in sorted(agenda.tally.warned.items())},
        "left_out": agenda.left_out,
        "deadlines": [_row(row, agenda) for row in agenda.rows],
        "notes": list(agenda.notes),
    }


def _row(row: BoardRow, agenda: Agenda) -> dict[str, Any]:
    case, now = row.case, agenda.second
    live = row.place in (Place.LIVE, Place.LATE)
    return {
        "case": case.number,
        "customer": case.customer,
        "time_zone": agenda.zones.get(case.customer),
        "system": case.system,
        "priority": case.priority,
        "subject": case.subject,
        "opened_at": _utc(case.opened),
        "clock": row.clock,
        "part": row.part,
        "state": band(row, now).word,
        "warned_percent": warned(row, now),
        "warnings": {str(percent): _utc(at) for percent, at in row.warnings},
        "due_at": _utc(row.due),
        "breaks_at": _utc(row.breaks) if live else None,
        "left_s": row.breaks - now if live else None,
        "paused_since": _utc(row.moment) if row.place is Place.PAUSED else None,
        "turn": row.turn,
        "set_by_hand": row.by_hand,
        "justified": row.justified,
        "why": row.why,
    }


def _utc(second: int | None) -> str | None:
    return None if second is None else format_utc(dt.datetime.fromtimestamp(second, dt.UTC))
