"""The agenda for a terminal: next to breach first, by the customer's clocks and by ours."""

from __future__ import annotations

import datetime as dt

from access_check.escaping import shown
from callout.desk.board_agenda import Agenda
from callout.desk.board_rows import BoardRow
from callout.views.agenda_words import (
    cases_words,
    clock_words,
    counts_words,
    local_moment,
    state_words,
    when_words,
    zone_of,
)
from callout.views.table import columns

HEAD = ("Case", "Customer", "Clock", "State", "When", "Due, their time", "Due, our time", "Priority", "Subject")
_LONGEST_SUBJECT, _LONGEST_NAME = 60, 40


def agenda_text(agenda: Agenda, zone: dt.tzinfo) -> str:
    """Aligned columns, then the sums; `zone` is ours. Nothing in it can move the cursor. No end of line at its end."""
    lines = columns(HEAD, [_cells(row, agenda, zone) for row in agenda.rows]) if agenda.rows else []
    told = f"{cases_words(agenda)}: {counts_words(agenda.tally)}."
    if agenda.left_out:
        told += f" {agenda.left_out} more are not shown: --all shows them."
    return "\n".join([*lines, *([""] if lines else []), shown(told, 1000)])


def _cells(row: BoardRow, agenda: Agenda, zone: dt.tzinfo) -> tuple[str, ...]:
    case, now = row.case, agenda.second
    theirs = agenda.zones.get(case.customer)
    return (
        case.number,
        shown(case.customer, _LONGEST_NAME) or "–",
        clock_words(row.clock, row.part) or "–",
        state_words(row, now),
        shown(when_words(row, now)),
        # Of a customer who is not in the inventory any more nobody knows by which clocks they live.
        local_moment(row.due, zone_of(theirs)) if theirs else "–",
        local_moment(row.due, zone),
        case.priority or "–",
        shown(case.subject, _LONGEST_SUBJECT),
    )
