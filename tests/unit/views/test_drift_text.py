"""What a terminal shows of drift: golden, the loudest first, and nothing of a system moves the cursor."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from callout.drift.look import Section
from callout.errors import BadInput
from callout.views.drift_data import drift_dict
from callout.views.drift_explained import explained_drift_dict, explained_drift_text, finding_of
from callout.views.drift_text import MOST_TOLD, drift_text
from tests.unit.drift.judging_desk import added, fact
from tests.unit.views.drift_desk import HOSTILE, doubtful, full, legitimate, planted, report


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("drift/full.txt", drift_text(full()) + "\n")
    golden("drift/full.json", json.dumps(drift_dict(full()), indent=2) + "\n")
    golden("drift/clean.txt", drift_text(report([])) + "\n")
    golden("drift/explained-look.txt", drift_text(report(legitimate()), verbose=True) + "\n")


@pytest.mark.parametrize(
    ("name", "subject"),
    [("unsupported", "/etc/profile"), ("unknown", "/srv/notes/plan.txt"), ("waived", "sysctl net.ipv4.ip_forward")],
)
def test_one_finding_is_walked_through(golden: Callable[[str, str], None], name: str, subject: str) -> None:
    told = full()
    one = next(one for one in told.judged if one.change.subject == subject)
    golden(f"drift/explain-{name}.txt", explained_drift_text(told, one) + "\n")
    golden(f"drift/explain-{name}.json", json.dumps(explained_drift_dict(told, one), indent=2) + "\n")


def test_a_finding_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="D-0000000000"):
        finding_of(full(), "D-0000000000")


def test_the_unsupported_stand_before_the_unknown_and_the_waived() -> None:
    told = drift_text(full())
    places = [told.index(word) for word in ("NOT SUPPORTED", "NOT COMPARED", "NOT KNOWN WHO", "WAIVED")]
    assert places == sorted(places)


def test_nobody_is_accused_where_it_is_unknown() -> None:
    told = drift_text(report(doubtful()))
    assert "NOT SUPPORTED" not in told
    assert "unsupported" not in told
    assert "First find out who made it" in told


def test_nothing_of_a_system_moves_the_cursor() -> None:
    evil = "\x1b[2J\x9b31m\u202e\r\n{{7*7}}"
    told = report(
        [added(HOSTILE), fact(Section.CRON, evil, None, {"line": evil, "path": HOSTILE})],
        unknown=((Section.CRON, evil),),
        after={"disagreements": (evil,), "logins": (evil,), "product_version": "8.1 (a35a9165)"},
        now={HOSTILE: evil},
    )
    shown = [drift_text(told, verbose=True), *(explained_drift_text(told, one) for one in told.judged)]
    for text in shown:
        assert not [one for one in text if not one.isprintable() and one != "\n"]
        assert "{{7*7}}" in text
        # A line's end in a name begins no line of ours.
        assert not [line for line in text.splitlines() if line.startswith(("evil", "{{7*7}}"))]


def test_very_many_findings_stay_readable() -> None:
    told = drift_text(report([added(f"/etc/x{number}") for number in range(MOST_TOLD + 20)]))
    assert "… and 20 more" in told
    assert f"NOT SUPPORTED ({MOST_TOLD + 20})" in told


def test_planted_changes_are_all_named() -> None:
    told = drift_text(report(planted()))
    assert [one.shown for one in planted() if one.shown not in told] == []
