"""Waivers end, and speak for what they name alone; a baseline takes over nothing that is not explained."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.drift.baseline_rules import judge_renewal
from callout.drift.carried import carried_of, with_carried
from callout.drift.change import finding_id
from callout.drift.compare import Compared
from callout.drift.judged import Judged, Outcome, counts, outcome_of
from callout.drift.look import Hashed, Look, Section, SectionState, Whole
from callout.drift.provenance import Provenance
from callout.drift.waiver import Waiver, require_allowed, waiver_for
from callout.errors import BadInput
from callout.findings import Status
from callout.inventory.drift import DriftPolicy
from tests.unit.drift.judging_desk import BASELINE_AT, NOW, added, changed, evidence, verdict

DAY = dt.timedelta(days=1)
PROFILE = changed("/etc/profile")
NAME = finding_id("acme-pbx1", PROFILE)
WAIVER = Waiver("T-1", "They need it until the move.", "eva@desk", NOW - DAY, NOW + 30 * DAY, finding=NAME, id="E-1")
PATTERN = replace(WAIVER, finding="", section="files", subject="/etc/profile*")
POLICY = DriftPolicy()


def judged(**told: Any) -> Judged:
    return verdict(PROFILE, evidence(**told))


@pytest.mark.parametrize("waiver", [WAIVER, PATTERN])
def test_a_waiver_silences_and_explains_nothing(waiver: Waiver) -> None:
    found = judged(waivers=(waiver,))
    assert found.provenance is Provenance.UNSUPPORTED and found.waiver == waiver
    assert not found.unexplained
    assert counts([found]) == {"waived": 1}
    assert Judged.from_dict(found.as_dict()).as_dict() == found.as_dict()


@pytest.mark.parametrize(
    "waiver",
    [
        replace(WAIVER, expires_at=NOW),
        replace(WAIVER, expires_at=NOW - DAY, given_at=NOW - 9 * DAY),
        replace(WAIVER, given_at=NOW + DAY),
        replace(WAIVER, finding="D-0000000000"),
        replace(PATTERN, section="cron"),
        replace(PATTERN, subject="/etc/profil"),
        replace(PATTERN, subject="/*profile"),
        replace(WAIVER, finding=""),
    ],
)
def test_one_that_has_expired_is_dated_ahead_or_means_another_is_silent(waiver: Waiver) -> None:
    assert judged(waivers=(waiver,)).unexplained


def test_an_expired_one_speaks_again_and_says_so() -> None:
    found = judged(waivers=(replace(WAIVER, expires_at=NOW - DAY, given_at=NOW - 9 * DAY),))
    assert any("T-1" in hint and "expired" in hint for hint in found.hints)


def test_a_waiver_of_one_content_does_not_cover_the_next() -> None:
    assert verdict(changed("/etc/profile", size=999), evidence(waivers=(WAIVER,))).unexplained


@given(st.permutations([WAIVER, replace(WAIVER, id="E-2", expires_at=NOW + 9 * DAY), replace(PATTERN, id="E-3")]))
def test_which_of_several_speaks_does_not_depend_on_their_order(waivers: list[Waiver]) -> None:
    found, ended = waiver_for(waivers, NAME, PROFILE, NOW)
    assert found is not None and found.expires_at == NOW + 30 * DAY and found.id == "E-3" and ended is None


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"ticket": " "}, "ticket"),
    ({"reason": "two\nlines"}, "reason"),
    ({"subject": "/etc/profile"}, "one finding"),
    ({"finding": ""}, "one finding"),
    ({"finding": "", "section": "files", "subject": "/**"}, "nearly everything"),
    ({"finding": "", "section": "*", "subject": "/etc/profile"}, "one section"),
    ({"expires_at": NOW - 2 * DAY}, "before it was given"),
    ({"expires_at": NOW + 400 * DAY}, "waiver_days"),
]


@pytest.mark.parametrize(("other", "said"), REFUSED)
def test_what_policy_does_not_let_stand(other: dict[str, Any], said: str) -> None:
    require_allowed(WAIVER, POLICY)
    require_allowed(PATTERN, POLICY)
    with pytest.raises(BadInput, match=said):
        require_allowed(replace(WAIVER, **other), POLICY)


def test_who_may_waive() -> None:
    require_allowed(WAIVER, DriftPolicy(who_may_waive=("eva@desk",)))
    with pytest.raises(BadInput, match="who_may_waive"):
        require_allowed(WAIVER, DriftPolicy(who_may_waive=("max@desk",)))


def test_a_baseline_is_refused_with_all_reasons_at_once() -> None:
    found = [judged(), verdict(added("/srv/x"))]
    reasons = judge_renewal(found, [(Section.CRON, "It was cut off.")])
    assert [reason.status for reason in reasons] == [Status.UNKNOWN, Status.FAIL, Status.UNKNOWN]
    assert all(reason.blocks and reason.remedy for reason in reasons)
    assert any(found[0].id in reason.seen for reason in reasons)


def test_a_baseline_passes_where_all_is_explained_or_waived() -> None:
    explained, waived = verdict(changed("/var/log/syslog")), judged(waivers=(WAIVER,))
    (passed,) = judge_renewal([explained, waived], [])
    assert passed.status is Status.PASS and "1 waived" in passed.seen


def test_a_look_that_does_not_know_a_section_or_contradicts_itself_is_no_baseline() -> None:
    sections = {section: SectionState(Whole.WHOLE) for section in Section}
    look = Look("K", "acme-pbx1", BASELINE_AT, 0, "", "s", Hashed.ALL, sections)
    assert not judge_renewal([], [], look)[0].blocks
    cut = replace(look, sections={**sections, Section.FILES: SectionState(Whole.UNKNOWN, "It was cut off.")})
    lying = replace(look, disagreements=("find leaves out /usr/local/bin/x.",))
    for bad, said in ((cut, "files"), (lying, "find")):
        (reason,) = judge_renewal([], [], bad)
        assert reason.blocks and said in reason.seen


def test_many_findings_are_counted_not_listed() -> None:
    reasons = judge_renewal([verdict(changed(f"/etc/x{number}")) for number in range(60)], [])
    assert len(reasons) == 51 and "10 more" in reasons[-1].seen


def test_what_a_look_comes_to() -> None:
    bad, good, odd = judged(), verdict(changed("/var/log/syslog")), verdict(added("/srv/x"))
    waived = judged(waivers=(WAIVER,))
    cut = [(Section.CRON, "It was cut off.")]
    for found, unknown, expected, status in (
        ([], [], Outcome.CLEAN, 0), ([good, waived], [], Outcome.EXPLAINED, 0), ([], cut, Outcome.UNKNOWN, 4),
        ([good, odd], [], Outcome.UNKNOWN, 4), ([bad, odd], cut, Outcome.DRIFT, 3),
    ):  # fmt: skip
        outcome = outcome_of(found, unknown)
        assert (outcome, outcome.exit_status) == (expected, status)


def test_a_waived_change_goes_on_standing_beside_the_baseline_that_took_it_over() -> None:
    carried = carried_of([judged(waivers=(WAIVER,)), verdict(changed("/etc/motd"))])
    nothing = Compared((), ())
    (standing,) = with_carried(nothing, carried).changes
    later = evidence(waivers=(replace(WAIVER, expires_at=NOW - DAY, given_at=NOW - 9 * DAY),))
    again = verdict(standing, later)
    assert again.id == NAME and again.unexplained  # the waiver has expired, and it speaks again
    undone = changed("/etc/profile", {"sha256": "b" * 64, "size": 120}, sha256="a" * 64, size=100)
    assert with_carried(Compared((undone,), ()), carried).changes == ()
    further = changed("/etc/profile", {"sha256": "b" * 64, "size": 120}, sha256="c" * 64, size=130)
    (together,) = with_carried(Compared((further,), ()), carried).changes
    assert together.before is not None and together.after is not None
    assert (together.before["sha256"][0], together.after["sha256"][0]) == ("a", "c")


def test_a_pattern_for_a_section_that_no_look_has_waives_nothing_and_is_refused() -> None:
    with pytest.raises(BadInput, match="no section 'flies'") as refused:
        require_allowed(replace(PATTERN, section="flies"), POLICY)
    assert "files" in refused.value.hint
