"""Which systems drift: golden, worst first; never looked at is not clean, and waivers that have ended speak again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from callout.drift.report import DriftReport
from callout.ledger.event import Event, format_utc
from callout.views.drift_fleet import Watched, fleet_rows
from callout.views.drift_fleet_forms import fleet_dict, fleet_html, fleet_text
from tests.unit.drift.judging_desk import NOW, added, fact
from tests.unit.views.drift_desk import Section, doubtful, full, legitimate, planted, report, waiver

DAY = dt.timedelta(days=1)
EVIL = "<script>alert(1)</script>\x1b[2J{{7*7}}"


def looked(system: str, told: DriftReport, days_ago: int, **more: Any) -> Event:
    """The event of a look, as the ledger keeps it."""
    at = format_utc(NOW - days_ago * DAY)
    kept = [one.as_dict() for one in (*told.unsupported, *told.doubtful, *told.waived)]
    body = {
        "look": told.look.id, "sha256": "ab" * 32, "baseline": told.baseline.id, "outcome": str(told.outcome),
        "counts": dict(told.counts), "findings": kept, "more": 0, "report_sha256": "cd" * 32, **more,
    }  # fmt: skip
    return Event(1, "E", at, at, "eva", "c", system, "", "drift_looked", json.dumps(body), "0" * 64, "1" * 64)


def row(events: list[Event], max_age_days: int | None = None, now: dt.datetime = NOW) -> Any:
    """The row of the one system."""
    (found,) = fleet_rows(events, [Watched("acme", "acme-pbx1", max_age_days)], now=now)
    return found


def fleet() -> tuple[Any, ...]:
    """A system of each state."""
    events = [
        looked("acme-pbx1", report([planted()[0]]), 9),
        looked("acme-pbx1", full(), 2),
        looked("globex-sw1", report(legitimate()), 40),
        looked("initech-pbx1", report(doubtful()), 1),
        looked("initech-pbx2", report([]), 1),
    ]
    watched = [
        Watched("acme", "acme-pbx1", 30), Watched("globex", "globex-sw1", 30), Watched("globex", "globex-sw2", 30),
        Watched("initech", "initech-pbx1"), Watched("initech", "initech-pbx2"),
    ]  # fmt: skip
    return fleet_rows(events, watched, now=NOW)


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("drift/fleet.txt", fleet_text(fleet()) + "\n")
    golden("drift/fleet.json", json.dumps(fleet_dict(fleet(), now=NOW), indent=2) + "\n")
    golden("drift/fleet.html", fleet_html(fleet(), now=NOW))
    golden("drift/fleet-empty.txt", fleet_text([]) + "\n")


def test_the_worst_comes_first() -> None:
    assert [one.state for one in fleet()] == ["drift", "unknown", "never", "explained", "clean"]


def test_a_system_that_was_never_looked_at_is_not_clean() -> None:
    found = row([])
    assert (found.state, found.looked_at, found.counts) == ("never", None, {})
    assert "never looked at" in fleet_text([found])
    assert "0" not in fleet_text([found])


def test_an_old_look_says_so() -> None:
    assert row([looked("acme-pbx1", report([]), 31)], 30).is_old
    assert not row([looked("acme-pbx1", report([]), 29)], 30).is_old
    assert not row([looked("acme-pbx1", report([]), 400)]).is_old


def test_the_oldest_is_from_when_it_was_first_seen() -> None:
    first, both = report([planted()[0]]), report(planted())
    found = row([looked("acme-pbx1", first, 9), looked("acme-pbx1", both, 5), looked("acme-pbx1", both, 1)])
    assert found.since == NOW - 9 * DAY
    assert found.oldest == first.judged[0].id


def test_what_was_undone_and_came_back_is_as_old_as_its_return() -> None:
    standing = report([planted()[0]])
    events = [looked("acme-pbx1", one, ago) for one, ago in ((standing, 9), (report([]), 5), (standing, 1))]
    assert row(events).since == NOW - DAY


def test_a_look_that_was_cut_off_makes_nothing_younger() -> None:
    standing, cut = report([planted()[3]]), report([], unknown=((Section.USERS, "It did not come."),))
    events = [looked("acme-pbx1", one, ago) for one, ago in ((standing, 9), (cut, 5), (standing, 1))]
    assert row(events).since == NOW - 9 * DAY


def test_a_waiver_that_has_ended_since_the_look_speaks_again() -> None:
    change = planted()[0]
    kept = waiver(change, expires_at=NOW + DAY)
    event = looked("acme-pbx1", report([change], waivers=(kept,)), 3)
    assert row([event]).state == "explained"
    later = row([event], now=NOW + 2 * DAY)
    assert (later.state, later.count("unsupported"), later.count("waived")) == ("drift", 1, 0)
    assert later.since == NOW - 3 * DAY


def test_a_waiver_that_was_given_since_the_look_counts() -> None:
    event = looked("acme-pbx1", report([planted()[0]]), 3)
    told = [Watched("acme", "acme-pbx1", None, waivers) for waivers in ((waiver(planted()[0]),), ())]
    rows = [fleet_rows([event], [one], now=NOW)[0] for one in told]
    assert [(one.state, one.count("unsupported"), one.count("waived")) for one in rows] == [
        ("explained", 0, 1), ("drift", 1, 0),
    ]  # fmt: skip
    assert rows[0].since is None


def test_a_waiver_does_not_make_a_look_whole_that_was_cut_off() -> None:
    told = report([planted()[0]], unknown=((Section.CRON, "It did not come."),))
    event = looked("acme-pbx1", told, 3, unknown=[{"section": "cron", "why": "It did not come."}])
    (found,) = fleet_rows([event], [Watched("acme", "acme-pbx1", None, (waiver(planted()[0]),))], now=NOW)
    assert found.state == "unknown"


def test_a_new_baseline_begins_anew() -> None:
    first = looked("acme-pbx1", report([planted()[0]]), 9)
    renewed = replace(looked("acme-pbx1", report([]), 5), kind="baseline_recorded", body_text="{}")
    assert row([first, renewed]).state == "clean"
    assert row([first, renewed, looked("acme-pbx1", report([planted()[0]]), 1)]).since == NOW - DAY


def test_an_outcome_that_we_do_not_know_is_unknown() -> None:
    assert row([looked("acme-pbx1", report([]), 1, outcome="splendid")]).state == "unknown"


def test_other_events_are_passed_over() -> None:
    other = replace(looked("acme-pbx1", full(), 1), kind="noted", body_text="{}")
    assert row([other]).state == "never"


def test_hostile_names_stay_names() -> None:
    told = report([added("/etc/" + EVIL), fact(Section.CRON, EVIL, None, {"line": EVIL})])
    rows = fleet_rows([looked(EVIL, told, 1)], [Watched(EVIL, EVIL)], now=NOW)
    page, text = fleet_html(rows, now=NOW), fleet_text(rows)
    assert "<script" not in page
    assert "{{7*7}}" in page
    for shown in (page, text):
        assert not [one for one in shown if not one.isprintable() and one != "\n"]
