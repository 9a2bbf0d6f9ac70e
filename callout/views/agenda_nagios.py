"""The agenda as one line of a monitoring plugin, by the Monitoring Plugins guidelines."""

from __future__ import annotations

from access_check.escaping import shown
from callout.desk.board_agenda import FAILED, WARNED, Agenda
from callout.desk.board_rows import Band
from callout.views.agenda_words import cases_words, clock_words, counts_words, when_words

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# A remote agent passes on one kilobyte: the line with its figures must fit.
_LONGEST_LINE, _LONGEST_SUBJECT = 500, 80
# `|` begins the figures, the backslash a line break, `<` markup in web views; `$` and ` are macros and shells.
_SAFE = str.maketrans({"|": "/", "\\": "/", "<": "[", ">": "]", "$": "_", "`": "'"})


def agenda_nagios(agenda: Agenda) -> str:
    """Status, the sums, the most urgent one, and figures: deadlines by state. No end of line at its end."""
    status = plugin_status(agenda)
    said = f"{cases_words(agenda)}: {counts_words(agenda.tally)}"
    if agenda.rows:
        row = agenda.rows[0]
        clock = clock_words(row.clock, row.part) or "clocks"
        first = f"{row.case.number} {row.case.customer}, {clock}, {when_words(row, agenda.second)}"
        said += f"; first {first}: {shown(row.case.subject, _LONGEST_SUBJECT)}"
    figures = [f"cases={agenda.cases};;;0", *(_figure(one, agenda.tally.count(one)) for one in Band)]
    figures += [f"warned_{percent}={count};;;0" for percent, count in sorted(agenda.tally.warned.items())]
    return f"DESK {_WORDS[status]} - {_safe(said)} | {' '.join(figures)}"


def agenda_nagios_unknown(why: str) -> str:
    """The line of a check that could not be made at all; goes with the status UNKNOWN."""
    return f"DESK UNKNOWN - {_safe(why)}"


def plugin_status(agenda: Agenda) -> int:
    """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN where nothing is breached and a case's clocks cannot be told."""
    if agenda.exit_status == FAILED:
        return CRITICAL if agenda.tally.count(Band.BREACHED) else UNKNOWN
    return WARNING if agenda.exit_status == WARNED else OK


def _figure(one: Band, count: int) -> str:
    critical = "0" if one is Band.BREACHED else ""
    return f"{one.word}={count};;{critical};0"


def _safe(text: str) -> str:
    return shown(text, _LONGEST_LINE).translate(_SAFE).strip()
