"""The agenda in every form, with what hostile people write; and a deadline explained."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from callout.desk.board_agenda import Agenda, Question, Tally
from callout.desk.board_rows import Band, BoardCase, BoardRow, Place, band, warned
from callout.desk.explaining import explained
from callout.views.agenda_data import agenda_dict
from callout.views.agenda_nagios import agenda_nagios, agenda_nagios_unknown, plugin_status
from callout.views.agenda_prometheus import agenda_prometheus
from callout.views.agenda_text import agenda_text
from callout.views.agenda_words import clock_words, span_words
from callout.views.case_explained import explained_case_dict, explained_case_text
from tests.unit.desk.case_story import Story, moment, published

Golden = Callable[[str, str], None]
NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
SECOND = int(NOW.timestamp())
HOUR, DAY = 3600, 86_400
HOSTILE = '=cmd|\x1b[2J"quote" \\ back\nsecond line {{7*7}} <script>\u202e $(id) `id`'
VIENNA = ZoneInfo("Europe/Vienna")


def case(number: int, customer: str = "acme", subject: str = "No calls", priority: str = "normal") -> BoardCase:
    return BoardCase(f"CS-{number:06d}", customer, f"{customer}-pbx1", priority, subject, SECOND - 9 * DAY)


def live(
    one: BoardCase, clock: str, due: int, *, justified: bool = False, by_hand: bool = False, part: int = 0
) -> BoardRow:
    warnings = tuple((percent, due - (100 - percent) * DAY // 100) for percent in (50, 75, 90))
    return BoardRow(one, clock, part, 1, Place.LIVE, due + 1, due, warnings, by_hand, justified)


ROWS = (
    live(case(1, "globex", HOSTILE), "first_reply", SECOND - 2 * HOUR - 300),
    BoardRow(case(2, priority=""), "", 0, 0, Place.UNKNOWN, SECOND, why="Event 7: due_at is no time."),
    BoardRow(case(3), "plan", 0, 1, Place.LATE, SECOND - 3 * DAY, SECOND - 3 * DAY - 1),
    live(case(4, priority="emergency"), "resolution", SECOND - DAY, justified=True),
    live(case(5, priority="high"), "acknowledgement", SECOND + 40 * 60, part=2),
    live(case(6, "gone-customer"), "next_update", SECOND + 3 * DAY + 4 * HOUR, part=3, by_hand=True),
    BoardRow(case(7), "resolution", 0, 1, Place.PAUSED, SECOND - 5 * DAY, turn="customer"),
    BoardRow(case(8, "globex"), "", 0, 0, Place.IDLE, SECOND - 9 * DAY),
)  # fmt: skip


def tally(rows: tuple[BoardRow, ...], customer: str = "", clock: str = "") -> Tally:
    bands = {one: count for one in Band if (count := sum(band(row, SECOND) is one for row in rows))}
    reached = {percent: sum(warned(row, SECOND) == percent for row in rows) for percent in (50, 75, 90)}
    running = [row.moment for row in rows if band(row, SECOND) is Band.RUNNING]
    breached = [row.moment for row in rows if band(row, SECOND) is Band.BREACHED]
    return Tally(customer, clock, bands, reached, min(running, default=None), min(breached, default=None))


def agenda_of(*rows: BoardRow, shown: int | None = None, question: Question = Question()) -> Agenda:  # noqa: B008 - frozen
    keys = sorted({(row.case.customer, row.clock) for row in rows})
    parts = [tally(tuple(row for row in rows if (row.case.customer, row.clock) == key), *key) for key in keys]
    zones = {"acme": "Europe/Vienna", "globex": "America/New_York"}
    cases = len({row.case.number for row in rows})
    return Agenda(NOW, question, rows[:shown], tally(rows), parts, cases, zones)


def test_the_terminals_agenda(golden: Golden) -> None:
    text = agenda_text(agenda_of(*ROWS), VIENNA)
    golden("agenda/agenda.txt", text + "\n")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "{{7*7}}" in text


def test_an_empty_agenda_and_one_that_is_cut(golden: Golden) -> None:
    assert agenda_text(agenda_of(), VIENNA) == "0 cases on the board: nothing is due."
    cut = agenda_text(agenda_of(*ROWS, shown=2, question=Question(customer="acme")), VIENNA)
    assert cut.splitlines()[-1].endswith("6 more are not shown: --all shows them.")
    assert "of acme" in cut


def test_the_agenda_for_programs(golden: Golden) -> None:
    golden("agenda/agenda.json", json.dumps(agenda_dict(agenda_of(*ROWS)), indent=2) + "\n")


def test_the_plugins_line(golden: Golden) -> None:
    line = agenda_nagios(agenda_of(*ROWS))
    golden("agenda/nagios.txt", line + "\n")
    said, _, figures = line.partition("|")
    assert "\n" not in line
    assert not re.search(r"[|<>\\$`\x1b]", said + figures)
    assert all(re.fullmatch(r"[a-z_0-9]+=[0-9]+;;0?;0", one) for one in figures.split())


@pytest.mark.parametrize(
    ("rows", "status", "word"),
    [
        ((), 0, "OK"), (ROWS[5:6], 0, "OK"), (ROWS[6:], 0, "OK"), (ROWS[4:5], 1, "WARNING"), (ROWS[2:3], 1, "WARNING"),
        (ROWS[3:4], 1, "WARNING"), (ROWS[1:2], 3, "UNKNOWN"), (ROWS[:2], 2, "CRITICAL"),
    ],
)  # fmt: skip
def test_the_plugins_status(rows: tuple[BoardRow, ...], status: int, word: str) -> None:
    found = agenda_of(*rows)
    assert plugin_status(found) == status
    assert agenda_nagios(found).startswith(f"DESK {word} - ")
    assert found.exit_status == {0: 0, 1: 4, 2: 3, 3: 3}[status]


def test_why_nothing_could_be_asked_is_one_safe_line() -> None:
    assert agenda_nagios_unknown("a|b\n$(x)") == "DESK UNKNOWN - a/b/n_(x)"


def test_the_exposition(golden: Golden) -> None:
    strange = replace(ROWS[0], case=replace(ROWS[0].case, customer='a"b\\c\nd{{7*7}}'))
    text = agenda_prometheus(agenda_of(*ROWS, strange))
    golden("agenda/prometheus.txt", text)
    sample = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\\n]|\\[\\"n])*",?)*\})? -?[0-9]+')
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or sample.fullmatch(line), line
    assert "quote" not in text  # what customers wrote is in no label


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (7200, "2 h"), (86_400, "1 d"), (90_061, "1 d 1 h"),
     (-7500, "2 h 5 min"), (86_460, "1 d")],
)  # fmt: skip
def test_spans_in_words(seconds: int, words: str) -> None:
    assert span_words(seconds) == words


def test_a_deadline_on_the_last_day_of_all() -> None:
    last = int(dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC).timestamp())
    found = agenda_of(live(case(1), "plan", last, by_hand=True))
    assert "Fri 9999-12-31 23:59 UTC" in agenda_text(found, VIENNA)
    assert agenda_dict(found)["deadlines"][0]["breaks_at"] == "9999-12-31T23:59:59.000000Z"
    assert "253402300800" in agenda_prometheus(found)
    assert agenda_nagios(found).startswith("DESK OK")


def test_clocks_in_words() -> None:
    assert clock_words("first_reply", 0) == "first reply"
    assert clock_words("acknowledgement", 2) == "acknowledgement, level 2"
    assert clock_words("next_update", 3) == "next update 3"


def explained_story() -> tuple[Story, str]:
    story = Story("2026-03-06T15:00Z", subject=HOSTILE)
    story.pause("2026-03-06T20:00Z", reason=f"they look {HOSTILE}")
    story.resume("2026-03-09T09:00Z")
    return story, "2026-03-10T20:00Z"


def test_a_deadline_explained(golden: Golden) -> None:
    story, now = explained_story()
    zone = ZoneInfo("America/New_York")
    one, calendars = story.case(), published()
    clocks = [(each, explained(one, each, calendars, zone)) for each in story.standings(now).values()]
    text = explained_case_text(one, clocks, zone)
    golden("agenda/explained.txt", text + "\n")
    assert "\x1b" not in text
    assert text.splitlines()[-1].startswith("  Verdict: ")
    golden("agenda/explained.json", json.dumps(explained_case_dict(one, clocks, zone), indent=2) + "\n")


@pytest.mark.parametrize(
    ("tell", "now", "verdict"),
    [
        (lambda story: None, "2026-03-06T16:00Z", "running, due"),
        (lambda story: story.pause("2026-03-06T20:00Z"), "2026-06-01T00:00Z", "paused; it cannot be breached"),
        (lambda story: story.reply("2026-03-06T16:00Z"), "2026-03-06T17:00Z", "met Fri 2026-03-06 11:00 EST"),
        (lambda story: story.reply("2026-03-12T16:00Z"), "2026-03-13T00:00Z", "late, due"),
        (lambda story: story.end("2026-03-06T16:00Z"), "2026-03-07T00:00Z", "stopped by the end of the case"),
        (lambda story: None, "2026-03-12T16:00Z", "BREACHED, due"),
    ],
)  # fmt: skip
def test_the_verdict(tell: Callable[[Story], object], now: str, verdict: str) -> None:
    story = Story("2026-03-06T15:00Z")
    tell(story)
    zone = ZoneInfo("America/New_York")
    clocks = [(story.standing("first_reply", now), ("a step",))]
    assert f"Verdict: {verdict}" in explained_case_text(story.case(), clocks, zone)
    assert moment(now)
