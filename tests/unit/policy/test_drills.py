"""The gate and restore drills: off by default; none, too old, failed, unproven and another's are told apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from callout.findings import Status
from callout.policy.drills import DrillAsked, DrillSeen, is_due, judge_drill

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LAST = DrillSeen(NOW - 3 * DAY, "acme-pbx1", "B-1", "proven")
ASKED = DrillAsked("acme-pbx1", LAST, max_age=90 * DAY)


def test_nothing_is_asked_for_unless_policy_does() -> None:
    assert judge_drill(DrillAsked("acme-pbx1", None), NOW, "") == []


def test_a_fresh_one_that_proved_the_backup_passes() -> None:
    (found,) = judge_drill(ASKED, NOW, "")
    assert (found.status, found.code) == (Status.PASS, "ok")


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"last": None}, "none", "emergency"),
    ({"last": replace(LAST, at=NOW - 91 * DAY)}, "old", "emergency"),
    ({"last": replace(LAST, at=NOW + DAY)}, "future", "emergency"),
    ({"last": replace(LAST, outcome="failed")}, "failed", "failed"),
    ({"last": replace(LAST, outcome="not proven")}, "not-proven", "emergency"),
    ({"last": replace(LAST, outcome="")}, "not-proven", "emergency"),
    ({"last": replace(LAST, outcome="a word of tomorrow")}, "not-proven", "emergency"),
    ({"last": replace(LAST, system="acme-pbx2")}, "other-system", "emergency"),
    ({"of_backup": "B-2"}, "other-backup", "emergency"),
    ({"of_backup": "B-2", "max_age": None}, "other-backup", "emergency"),
]


@pytest.mark.parametrize(("changes", "code", "in_emergency"), CASES)
def test_what_does_not_prove_it_refuses(changes: dict[str, Any], code: str, in_emergency: str) -> None:
    asked = replace(ASKED, **changes)
    (found,) = judge_drill(asked, NOW, "")
    assert found.blocks
    assert (found.code, found.remedy) == (code, "Run: callout backup drill acme-pbx1")
    (urgent,) = judge_drill(asked, NOW, "60 % of calls fail")
    assert urgent.code == in_emergency
    assert urgent.blocks == (in_emergency == "failed")


def test_one_that_is_still_to_come_refuses_nothing_yet() -> None:
    (found,) = judge_drill(replace(ASKED, last=None, to_come=True), NOW, "")
    assert (found.status, found.code) == (Status.PASS, "to-come")


def test_of_the_very_backup() -> None:
    (found,) = judge_drill(replace(ASKED, of_backup="B-1", max_age=None), NOW, "")
    assert found.status is Status.PASS


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, True),
        (LAST, False),
        (replace(LAST, at=NOW - 91 * DAY), True),
        (replace(LAST, outcome="failed"), True),
        (replace(LAST, outcome="not proven"), True),
    ],
)
def test_when_a_schedule_drills(last: DrillSeen | None, due: bool) -> None:
    assert is_due(last, NOW, 90 * DAY) is due
