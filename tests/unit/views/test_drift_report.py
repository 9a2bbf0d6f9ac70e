"""The report as a value: lossless, canonical, and honest about what is not known."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.drift.change import What
from callout.drift.judged import Outcome
from callout.drift.look import Section
from callout.drift.report import DriftReport
from callout.errors import BadInput
from callout.ledger.event import canonical
from callout.views.drift_data import drift_dict, drift_of, drift_sha256
from tests.unit.drift.judging_desk import NEW, PW, added, changed, fact, removed
from tests.unit.views.drift_desk import (
    HOSTILE,
    PROFILE_AFTER,
    PROFILE_BEFORE,
    doubtful,
    full,
    legitimate,
    planted,
    report,
    sha,
    waiver,
)

HOSTILE_REPORT = report([added(HOSTILE), fact(Section.USERS, "a\x1b[2J\nb", None, {"gecos": "{{7*7}}\x1b<b>\udc80"})])


@pytest.mark.parametrize("told", [full(), report([]), HOSTILE_REPORT], ids=["full", "clean", "hostile"])
def test_nothing_is_lost_on_the_way_through_json(told: DriftReport) -> None:
    read = drift_of(json.loads(canonical(drift_dict(told))))
    assert read == told
    assert drift_sha256(read) == drift_sha256(told)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_categories=()), min_size=1, max_size=1500), st.binary(max_size=300))
def test_nothing_is_lost_of_any_name_and_value(text: str, raw: bytes) -> None:
    name = "/etc/" + raw.decode("utf-8", "surrogateescape")
    value = text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    told = report([added(name), fact(Section.CRON, name, None, {"line": value})])
    assert drift_of(json.loads(canonical(drift_dict(told)))) == told


@pytest.mark.parametrize(
    ("changes", "unknown", "outcome", "status"),
    [
        ([], (), Outcome.CLEAN, 0),
        (legitimate(), (), Outcome.EXPLAINED, 0),
        (planted(), (), Outcome.DRIFT, 3),
        (doubtful(), (), Outcome.UNKNOWN, 4),
        ([], ((Section.CRON, "It did not come."),), Outcome.UNKNOWN, 4),
        (planted(), ((Section.CRON, "It did not come."),), Outcome.DRIFT, 3),
    ],
)
def test_the_exit_status_says_what_is_worst(changes, unknown, outcome, status) -> None:
    told = report(changes, unknown=unknown)
    assert (told.outcome, told.exit_status) == (outcome, status)


def test_a_look_in_which_two_ways_disagree_is_not_clean() -> None:
    told = report([], after={"disagreements": ("sha256sum and openssl differ on /bin/ls.",)})
    assert told.exit_status == 4
    assert report([]).exit_status == 0


def test_what_speaks_loudest_comes_first() -> None:
    told = full()
    assert told.judged == (*told.unsupported, *told.doubtful, *told.waived, *told.explained)
    assert [len(part) for part in (told.unsupported, told.doubtful, told.waived, told.explained)] == [5, 2, 1, 2]


def test_what_is_too_much_is_counted_and_the_loudest_is_kept() -> None:
    logs = [changed(f"{PW}/var/log/asterisk/messages.{number}") for number in range(30)]
    told = report([*logs, added("/etc/rc.local", mode=0o755)], most=30)
    assert (told.left_out, sum(told.counts.values())) == (1, 31)
    assert told.judged[0].change.subject == "/etc/rc.local"
    assert told.exit_status == 3


def test_a_secret_in_a_text_does_not_get_into_the_report() -> None:
    told = report([planted()[0]])
    pair = next(iter(told.texts.values()))
    assert "hunter2" not in canonical(drift_dict(told))
    assert pair.after is not None
    assert "DB_PASSWORD=(not shown" in pair.after


def test_a_password_that_changed_shows_that_it_did() -> None:
    sides = PROFILE_BEFORE + "secret = old\n", PROFILE_BEFORE + "secret = new\n"
    change = changed("/etc/app.conf", {"sha256": sha(sides[0])}, sha256=sha(sides[1]))
    pair = next(
        iter(report([change], before={"/etc/app.conf": sides[0]}, now={"/etc/app.conf": sides[1]}).texts.values())
    )
    assert pair.before != pair.after
    assert "old" not in str(pair.before)
    assert "new" not in str(pair.after)


def test_a_private_key_is_not_kept() -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n"
    change = added("/etc/app.key", sha256=sha(key))
    pair = next(iter(report([change], now={"/etc/app.key": key}).texts.values()))
    assert (pair.before, pair.after) == (None, None)
    assert "private key" in pair.withheld


def test_a_text_of_another_content_is_not_shown_as_this_ones() -> None:
    """A waived change that a newer baseline took over: the baseline's text is not what was there before it."""
    change = changed("/etc/profile", {"sha256": sha("# long ago\n")}, sha256=sha(PROFILE_AFTER))
    assert report([change]).texts == {}


def test_a_file_that_came_or_went_has_one_side() -> None:
    new = added("/etc/motd", sha256=sha("hello\n"))
    old = removed("/etc/issue", sha256=sha("bye\n"))
    told = report([new, old], before={"/etc/issue": "bye\n"}, now={"/etc/motd": "hello\n"})
    sides = {one.change.what: told.texts[one.id] for one in told.judged}
    assert (sides[What.ADDED].before, sides[What.ADDED].after) == (None, "hello\n")
    assert (sides[What.REMOVED].before, sides[What.REMOVED].after) == ("bye\n", None)


def test_a_waiver_still_fits_a_change_that_went_through_the_ledger() -> None:
    """Names of findings are made of escaped values: escaping once more must not change them."""
    line = "\x1b" * 100 + "é" * 624
    told = report([fact(Section.CRON, "x", None, {"line": line})]).judged[0]
    again = report([told.change], waivers=(waiver(told.change),)).judged[0]
    assert again.id == told.id
    assert again.waiver is not None


def test_what_is_no_report_is_refused_in_one_sentence() -> None:
    good = drift_dict(full())
    for bad in ({}, {**good, "schema_version": 2}, {**good, "findings": [{}]}, {**good, "look": "K-1"}):
        with pytest.raises(BadInput) as told:
            drift_of(bad)
        assert "\n" not in str(told.value)


def test_a_subject_told_in_two_ways_is_refused() -> None:
    raw = drift_dict(report([added("/etc/rc.local")]))
    raw["findings"][0]["subject_encoded"] = "/etc/passwd"
    with pytest.raises(BadInput):
        drift_of(raw)


def test_equal_reports_have_equal_hashes_and_others_do_not() -> None:
    one = full()
    assert drift_sha256(one) == drift_sha256(full())
    assert drift_sha256(replace(one, disagreements=())) != drift_sha256(one)
    assert NEW not in drift_sha256(one)
