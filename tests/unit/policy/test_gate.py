"""The gate's rules: every way to be refused, all reasons at once, nothing unknown passes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from access_check.errors import AccessCheckError
from access_check.profile import access_profile
from access_check.targets import Target
from callout.findings import Finding, Move, Status
from callout.inventory.models import Blackout, ChangeWindow
from callout.policy.consents import ConsentGiven
from callout.policy.drills import DrillAsked
from callout.policy.gate import (
    BeforeAnything,
    Dated,
    PlanSeen,
    RightBefore,
    in_the_way,
    look_before_anything,
    look_right_before,
)
from callout.policy.quotes import Cap, CapUse, QuoteSeen

NOW = dt.datetime(2026, 3, 3, 22, 30, tzinfo=dt.UTC)
HASH = "ab" * 32
FINE = Finding("ssh.login@2020", Status.PASS, "accepted", "Logged in.")
BROKEN = Finding("tcp.port@81", Status.FAIL, "timeout", "No answer.", Move.CUSTOMER, "Forward TCP 81.")
MINUTE = dt.timedelta(minutes=1)


def consent(**changes: Any) -> ConsentGiven:
    given = ConsentGiven(
        "e1", "CO-0001", HASH, NOW - MINUTE, "it@globex.example", "email", "<1@x>", True, True
    )  # fmt: skip
    return replace(given, **changes)


def facts(**changes: Any) -> BeforeAnything:
    fine = BeforeAnything(
        now=NOW,
        callout="CO-0002",
        ticket="T-1",
        contract="support",
        emergency="",
        emergency_phone=False,
        access=Dated(NOW - MINUTE, [FINE]),
        access_max_age=dt.timedelta(minutes=60),
        plan=PlanSeen(HASH, "applicable"),
        consents=[consent()],
        consent_valid_days=30,
        zone="Europe/Vienna",
        window=None,
        blackouts=(),
    )
    return replace(fine, **changes)


def refused(findings: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.code for finding in findings if finding.blocks}


def test_all_in_order_passes() -> None:
    assert refused(look_before_anything(facts())) == {}


@pytest.mark.parametrize(
    ("changes", "check", "code"),
    [
        ({"ticket": " "}, "gate.ticket", "none"),
        ({"access": None}, "gate.access", "never"),
        ({"access": Dated(NOW - 61 * MINUTE, [FINE])}, "gate.access", "old"),
        ({"access": Dated(NOW + 6 * MINUTE, [FINE])}, "gate.access", "future"),
        ({"access": Dated(NOW, [FINE, BROKEN])}, "gate.access", "broken"),
        ({"access": Dated(NOW, [replace(FINE, status=Status.UNKNOWN)])}, "gate.access", "broken"),
        ({"access": Dated(NOW, [])}, "gate.access", "broken"),
        ({"plan": PlanSeen(HASH, "blocked")}, "gate.plan", "blocked"),
        ({"plan": PlanSeen(HASH, "whatever")}, "gate.plan", "unknown"),
        ({"consents": [consent(plan_hash="cd" * 32)], "contract": "maintenance"}, "gate.consent", "none"),
        ({"consents": [consent(at=NOW - dt.timedelta(days=31))], "contract": "maintenance"}, "gate.consent", "none"),
        ({"consents": [consent(at=NOW + dt.timedelta(days=1))], "contract": "maintenance"}, "gate.consent", "none"),
        ({"consents": [consent(spent_by="CO-0001")], "contract": "maintenance"}, "gate.consent", "none"),
        ({"consents": [consent(covers_charging=False)]}, "gate.entitled", "not-covered"),
        ({"window": ChangeWindow(opens=dt.time(1), closes=dt.time(5))}, "gate.window", "closed"),
        (
            {"blackouts": [Blackout(first=dt.date(2026, 3, 3), last=dt.date(2026, 3, 3), reason="fair")]},
            "gate.window",
            "closed",
        ),
    ],
)
def test_each_rule_refuses_alone(changes: dict[str, Any], check: str, code: str) -> None:
    assert refused(look_before_anything(facts(**changes))) == {check: code}


def test_all_reasons_come_at_once() -> None:
    nothing = facts(ticket="", access=None, plan=None, consents=[])
    assert set(refused(look_before_anything(nothing))) == {
        "gate.ticket", "gate.access", "gate.plan", "gate.consent", "gate.entitled",
    }  # fmt: skip


def test_calls_that_the_access_check_could_not_count_are_the_second_look_s() -> None:
    uncounted = replace(FINE, check="facts.calls@2020", status=Status.UNKNOWN)
    looked = look_before_anything(facts(access=Dated(NOW, [FINE, uncounted])))
    (finding,) = [finding for finding in looked if finding.check == "gate.access"]
    assert finding.status is Status.PASS


READING = ("ssh.shell",)
IN_THE_WAY = (
    # what the access check found · for a change · for a backup or a roll back, which need the shell
    ("facts.disk@2020", True, False),
    ("facts.calls@2020", False, False),
    ("web.gui@443", True, False),
    ("web.gui_login@443", True, False),
    ("tcp@81", True, False),
    ("ssh.host_key@2222", True, False),
    ("details.gui_password", True, False),
    ("tcp@2020", True, True),
    ("ssh.host_key@2020", True, True),
    ("ssh.login@2020", True, True),
    ("ssh.shell@2020", True, True),
    ("address.resolves", True, True),
    ("details.address", True, True),
    ("walk", True, True),
)


@pytest.mark.parametrize(("check", "change", "reading"), IN_THE_WAY)
def test_what_keeps_from_a_change_need_not_keep_from_a_backup(check: str, change: bool, reading: bool) -> None:
    values = {"product": "serverware", "port": 2020, "user": "root", "known_hosts": "/nowhere", "address": "192.0.2.1"}
    profile = access_profile("serverware", {"work_port": 2020, "ssh_ports": [2020, 2222]})
    unset = dict.fromkeys(("password", "private_key", "gui", "wizard", "api"))
    target = Target.model_validate(
        {**values, **unset, "name": "x", "waivers": {}, "connection_arguments": (), "profile": profile}
    )
    for status in (Status.FAIL, Status.UNKNOWN):
        found = [FINE, replace(FINE, check=check, status=status)]
        assert (in_the_way(target, found) != [], in_the_way(target, found, READING) != []) == (change, reading)
    with pytest.raises(AccessCheckError, match="no step"):
        in_the_way(target, [], ["ssh.sholl"])


def test_broken_access_hands_on_whose_move_it_is() -> None:
    (finding,) = [f for f in look_before_anything(facts(access=Dated(NOW, [BROKEN]))) if f.check == "gate.access"]
    assert finding.move is Move.CUSTOMER
    assert finding.remedy == "Forward TCP 81."


def test_maintenance_contract_needs_consent_but_not_to_charging() -> None:
    given = facts(contract="maintenance", consents=[consent(covers_charging=False)])
    assert refused(look_before_anything(given)) == {}


def test_nothing_to_change_needs_no_consent() -> None:
    assert refused(look_before_anything(facts(plan=PlanSeen(HASH, "already-in"), consents=[]))) == {}


def test_unregistered_consent_is_said_and_does_not_block() -> None:
    findings = look_before_anything(facts(consents=[consent(registered=False)]))
    assert [f.code for f in findings if f.check == "gate.consent"] == ["not-registered"]
    assert refused(findings) == {}


def test_emergency_opens_the_window_and_says_so() -> None:
    shut = {"window": ChangeWindow(opens=dt.time(1), closes=dt.time(5)), "emergency": "60 % of calls fail"}
    for phone, code in ((True, "emergency"), (False, "emergency-without-contract")):
        findings = look_before_anything(facts(**shut, emergency_phone=phone))
        assert [(f.status, f.code) for f in findings if f.check == "gate.window"] == [(Status.WARN, code)]
        assert refused(findings) == {}


def second(**changes: Any) -> RightBefore:
    fine = RightBefore(
        now=NOW,
        backup=Dated(NOW - MINUTE, [FINE]),
        backup_seen=[FINE],
        backup_max_age=dt.timedelta(minutes=240),
        calls=0,
        as_planned=[FINE],
        first_look_at=NOW - 5 * MINUTE,
        first_look_max_age=dt.timedelta(minutes=240),
        again=facts(),
    )
    return replace(fine, **changes)


def test_second_look_passes() -> None:
    assert refused(look_right_before(second())) == {}


@pytest.mark.parametrize(
    ("changes", "check", "code"),
    [
        ({"backup": None}, "gate.backup", "none"),
        ({"backup_seen": []}, "gate.backup", "none"),
        ({"backup_seen": [replace(BROKEN, check="gate.backup", code="missing")]}, "gate.backup", "missing"),
        ({"backup": Dated(NOW - 241 * MINUTE, [FINE])}, "gate.backup", "old"),
        ({"backup": Dated(NOW, [BROKEN])}, "gate.backup", "unverified"),
        ({"backup": Dated(NOW, [])}, "gate.backup", "unverified"),
        ({"calls": 1}, "gate.calls", "busy"),
        ({"calls": None}, "gate.calls", "unknown"),
        ({"as_planned": []}, "gate.as_planned", "unknown"),
        ({"as_planned": [BROKEN]}, "tcp.port@81", "timeout"),
        ({"first_look_at": None}, "gate.first_look", "never"),
        ({"first_look_at": NOW - 241 * MINUTE}, "gate.first_look", "old"),
        ({"first_look_at": NOW + 6 * MINUTE}, "gate.first_look", "future"),
        ({"backup": Dated(NOW + 6 * MINUTE, [FINE])}, "gate.backup", "future"),
        ({"again": facts(consents=[consent(spent_by="CO-0001")])}, "gate.consent", "none"),
        ({"again": facts(window=ChangeWindow(opens=dt.time(1), closes=dt.time(5)))}, "gate.window", "closed"),
    ],
)
def test_second_look_refuses(changes: dict[str, Any], check: str, code: str) -> None:
    assert refused(look_right_before(second(**changes))) == {check: code}


def test_check_mode_assumes_the_backup_only() -> None:
    assert refused(look_right_before(second(backup=None, backup_seen=[], assume_backup=True))) == {}
    assert refused(look_right_before(second(calls=2, backup=None, backup_seen=[], assume_backup=True))) == {
        "gate.calls": "busy"
    }


def test_a_drill_is_asked_for_only_where_policy_does() -> None:
    asked = DrillAsked("acme-pbx1", None, max_age=dt.timedelta(days=90))
    assert refused(look_before_anything(facts(drill=asked))) == {"gate.drill": "none"}
    assert refused(look_right_before(second(again=facts(drill=asked)))) == {"gate.drill": "none"}
    in_emergency = facts(drill=asked, emergency="60 % of calls fail")
    assert refused(look_right_before(second(again=in_emergency))) == {}
    assert not [finding for finding in look_before_anything(facts()) if finding.check == "gate.drill"]


def quote(minutes_used: int, cap: int | None = 100) -> QuoteSeen:
    use = None if cap is None else CapUse("Q-0001", Cap(minutes=cap), 60 * minutes_used, None, "EUR")
    return QuoteSeen("Q-0001", "PO-7", NOW - MINUTE, use)


def test_an_accepted_quote_covers_charging() -> None:
    unpaid = consent(covers_charging=False, at=NOW - 2 * MINUTE)
    assert refused(look_before_anything(facts(consents=[unpaid]))) == {"gate.entitled": "not-covered"}
    assert refused(look_before_anything(facts(consents=[unpaid], quote=quote(0, None)))) == {}
    later = consent(covers_charging=False, at=NOW)
    assert refused(look_before_anything(facts(consents=[later], quote=quote(0)))) == {"gate.entitled": "not-covered"}


@pytest.mark.parametrize(("used", "code"), [(79, "ok"), (80, "cap-near"), (99, "cap-near"), (100, "cap-reached")])
def test_the_cap_holds_both_looks(used: int, code: str) -> None:
    capped = facts(quote=quote(used))
    for findings in (look_before_anything(capped), look_right_before(second(again=capped))):
        (found,) = [finding for finding in findings if finding.check == "gate.quote"]
        assert (found.code, found.blocks) == (code, code == "cap-reached")


def test_a_reached_cap_does_not_stop_what_changes_nothing() -> None:
    assert refused(look_before_anything(facts(plan=PlanSeen(HASH, "already-in"), quote=quote(100)))) == {}
