"""Exactly one of five outcomes, each with what it must say, and what stands in the way of an end."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from callout.desk.outcome import Outcome, reasons_against_end, what_is_owed
from callout.desk.standing import ClockState
from callout.errors import BadInput
from callout.ledger.event import parse_utc
from callout.policy.outcomes import NO_FAQ, OUTCOMES

NOW = parse_utc("2026-03-03T10:00:00.000000Z")
FAQ = "https://docs.example/faq#voicemail"
BUG = {"outcome": "bug", "reference": "BUG-7", "indication": "release 8.2", "faq": NO_FAQ}


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "satisfied", "faq": FAQ},
        {"outcome": "satisfied", "faq": NO_FAQ},
        {"outcome": "not-possible", "why": "the provider blocks it", "faq": FAQ},
        {"outcome": "feature-road-map", "reference": "RM-1", "faq": FAQ},
        {"outcome": "feature-account-manager", "reference": "Ms Roe", "faq": FAQ},
        BUG,
        {**BUG, "critical": True, "confirmed_at": NOW},
        {**BUG, "critical": True, "confirmed_at": NOW, "bundle": "PW-1"},
    ],
)
def test_good_ends(said: dict[str, Any]) -> None:
    body = Outcome(**said).checked(NOW).body()
    assert body["outcome"] in OUTCOMES
    assert body["confirmed_at"] == ("2026-03-03T10:00:00.000000Z" if said.get("critical") else "")


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"outcome": "done", "faq": FAQ}, "satisfied"),
        ({"outcome": "", "faq": FAQ}, "satisfied"),
        ({"outcome": "satisfied"}, "--faq"),
        ({"outcome": "satisfied", "faq": "see our pages"}, "--faq"),
        ({"outcome": "satisfied", "faq": "javascript:alert(1)"}, "--faq"),
        ({"outcome": "satisfied", "faq": "https://x.example/ <b>"}, "--faq"),
        ({"outcome": "not-possible", "faq": FAQ}, "--why"),
        ({**BUG, "reference": " "}, "--reference"),
        ({**BUG, "indication": ""}, "--when"),
        ({"outcome": "satisfied", "faq": FAQ, "indication": "May"}, "--when"),
        ({"outcome": "feature-road-map", "faq": FAQ}, "--reference"),
        ({"outcome": "satisfied", "faq": FAQ, "critical": True, "confirmed_at": NOW}, "--critical"),
        ({**BUG, "critical": True}, "--confirmed-at"),
        ({**BUG, "confirmed_at": NOW}, "--critical"),
        ({**BUG, "bundle": "PW-1"}, "--critical"),
        ({**BUG, "critical": True, "confirmed_at": NOW.replace(tzinfo=None)}, "2026"),
        ({**BUG, "critical": True, "confirmed_at": NOW + dt.timedelta(hours=1)}, "--confirmed-at"),
        ({"outcome": "not-possible", "why": "x" * 2001, "faq": FAQ}, "shorter"),
    ],
)
def test_ends_that_say_too_little_or_what_does_not_belong(said: dict[str, Any], remedy: str) -> None:
    with pytest.raises(BadInput) as refused:
        Outcome(**said).checked(NOW)
    assert remedy in refused.value.hint


def clock(state: ClockState, *, justified: bool = False) -> Any:
    return SimpleNamespace(clock="first_reply", state=state, due_at=NOW, justified=justified)


@pytest.mark.parametrize("state", list(ClockState))
@pytest.mark.parametrize("justified", [False, True])
def test_what_was_not_kept_wants_a_justification(state: ClockState, justified: bool) -> None:
    found = reasons_against_end([clock(state, justified=justified)], "CS-000001", emergency=False, judged="")
    wanted = state in (ClockState.LATE, ClockState.BREACHED) and not justified
    assert [finding.check for finding in found] == (["clock.first_reply"] if wanted else [])
    assert all("callout case justify CS-000001 --clock first_reply" in finding.remedy for finding in found)


@pytest.mark.parametrize(
    ("emergency", "judged", "blocks"), [(True, "", True), (True, "genuine", False), (False, "", False)]
)
def test_an_emergency_is_judged_before_its_end(emergency: bool, judged: str, blocks: bool) -> None:
    found = reasons_against_end([], "CS-000001", emergency=emergency, judged=judged)
    assert [finding.check for finding in found] == (["emergency.judged"] if blocks else [])


def test_all_reasons_at_once() -> None:
    clocks = [clock(ClockState.LATE), clock(ClockState.BREACHED)]
    assert len(reasons_against_end(clocks, "CS-000001", emergency=True, judged="")) == 3


def test_what_is_owed_afterwards() -> None:
    assert what_is_owed(Outcome("satisfied", faq=FAQ)) == []
    assert "support is owed" in what_is_owed(Outcome("satisfied", faq=NO_FAQ))[0]
    assert len(what_is_owed(Outcome(**BUG, critical=True, confirmed_at=NOW))) == 2
    assert len(what_is_owed(Outcome(**BUG, critical=True, confirmed_at=NOW, bundle="PW-1"))) == 1
