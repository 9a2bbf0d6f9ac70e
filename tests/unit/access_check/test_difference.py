"""Two looks → what changed and whether it is worse; by tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from access_check.evidence.difference import FACTS, Change, Looked, Outcome, differences, fact, not_compared, outcome
from access_check.findings import Finding, Status
from access_check.observations import ApiObservation, SipObservation
from access_check.profile import access_profile
from access_check.ssh_certificates import UserCertificate
from access_check.verdicts import judge
from access_check.views.difference import render_text
from access_check.web_observation import PresentedCertificate
from tests.unit.access_check.test_evidence import filled
from tests.unit.access_check.test_verdicts import PAGE, SSH
from tests.unit.access_check.test_verdicts import WELL as WELL_SEEN

PASS, WARN, FAIL, UNKNOWN, WAIVED = Status


def one(status: Status, code: str, check: str = "ssh.banner@2020", **evidence: Any) -> Finding:
    return Finding(check, status, code, f"It is {code}.", evidence=evidence)


def look(*findings: Finding, by: str = "", system: str = "acme-pbx1") -> Looked:
    return Looked(system, findings, "2026-11-23T04:05:06+00:00", by)


WELL = one(PASS, "ssh", banner="SSH-2.0-OpenSSH_9.2")


@pytest.mark.parametrize(
    ("before", "after", "change", "result"),
    [
        (WELL, WELL, None, Outcome.SAME),
        (WELL, one(FAIL, "silent"), Change.BROKEN, Outcome.WORSE),
        (WELL, one(UNKNOWN, "not-reached"), Change.BROKEN, Outcome.WORSE),
        (WELL, one(WARN, "weak-algorithms"), Change.BROKEN, Outcome.WORSE),
        (one(WARN, "weak-algorithms"), one(FAIL, "silent"), Change.BROKEN, Outcome.WORSE),
        (one(FAIL, "silent"), WELL, Change.MENDED, Outcome.CHANGED),
        (one(FAIL, "silent"), one(WARN, "weak-algorithms"), Change.MENDED, Outcome.CHANGED),
        (one(FAIL, "silent"), one(FAIL, "not-ssh"), Change.CODE, Outcome.CHANGED),
        (one(FAIL, "silent"), one(UNKNOWN, "not-reached"), Change.CODE, Outcome.CHANGED),
        (one(FAIL, "silent"), one(WAIVED, "silent"), Change.MENDED, Outcome.CHANGED),
        (one(WAIVED, "silent"), one(FAIL, "silent"), Change.BROKEN, Outcome.WORSE),
        (WELL, one(WAIVED, "silent"), Change.CODE, Outcome.CHANGED),
        (WELL, one(PASS, "ssh", banner="SSH-2.0-OpenSSH_9.9"), Change.FACTS, Outcome.CHANGED),
        (WELL, one(PASS, "ssh", banner="SSH-2.0-OpenSSH_9.2", received_bytes=7), None, Outcome.SAME),
    ],
)
def test_a_check_that_is_not_what_it_was(
    before: Finding, after: Finding, change: Change | None, result: Outcome
) -> None:
    found = differences([look(before)], [look(after)])
    assert [one.change for system in found for one in system.changes] == ([change] if change else [])
    assert outcome(found, [look(after)]) is result


def test_a_new_key_is_named_with_both_fingerprints() -> None:
    keys = [one(PASS, "known", "ssh.host_key@2020", fingerprint=f"SHA256:{name}") for name in "ab"]
    text = render_text(differences([look(keys[0])], [look(keys[1])]), [])
    assert "other facts   ssh.host_key@2020" in text
    assert "fingerprint: SHA256:a → SHA256:b" in text


@pytest.mark.parametrize("check", FACTS)
def test_the_facts_are_those_that_the_verdicts_write(make_target: Any, check: str) -> None:
    """A key of the evidence that was renamed, or never existed, is compared with nothing and never differs."""
    own = filled(UserCertificate, "", lambda place: "x")
    page = replace(PAGE, location="https://globex.example/", presented=filled(PresentedCertificate, "", str))
    seen = replace(
        WELL_SEEN,
        ssh={2020: replace(SSH, certificate=own)},
        web=dict.fromkeys(WELL_SEEN.web, page),
        api=filled(ApiObservation, "", str),
        sip=filled(SipObservation, "", str),
    )
    profile = access_profile("pbxware").model_dump()
    target = make_target(2020, private_key="/home/engineer/id", api={"key": "canary-4711"}, profile=profile)
    judged = [finding for finding in judge(target, seen) if finding.code != "not-reached"]
    of_kind = [one for one in judged if one.check.startswith(check if check.endswith(".") else f"{check}@")]
    if check.startswith("address."):
        of_kind = [one for one in judged if one.check == check]
    assert of_kind
    for name in FACTS[check]:
        assert any(fact(finding, name) is not None for finding in of_kind), name


def test_a_new_version_of_the_product_is_news() -> None:
    looks = [one(PASS, "version", "facts.version@2020", product=name) for name in ("PBXware 7.2", "PBXware 7.3")]
    text = render_text(differences([look(looks[0])], [look(looks[1])]), [])
    assert "product: PBXware 7.2 → PBXware 7.3" in text


def test_facts_are_not_compared_where_stand_ins_differ() -> None:
    before, after = look(WELL, by="00000001"), look(one(PASS, "ssh", banner="[cut 00000000]"), by="00000002")
    assert differences([before], [after]) == []
    aside = not_compared([before], [after])
    assert aside == ["acme-pbx1"]
    assert render_text([], aside).splitlines()[0] == "Nothing changed."
    assert "were not compared for acme-pbx1" in render_text([], aside)


def test_checks_that_come_and_go() -> None:
    missing = one(FAIL, "missing", "details.login")
    on_file = one(PASS, "on-file", "details")
    found = differences([look(missing)], [look(on_file)])
    assert [(each.check, each.change) for each in found[0].changes] == [("details.login", Change.MENDED)]
    found = differences([look(on_file)], [look(missing)])
    assert outcome(found, [look(missing)]) is Outcome.WORSE
    found = differences([look(WELL)], [look(WELL, one(PASS, "open", "tcp@81"))])
    assert found[0].changes[0].change is Change.APPEARED
    assert outcome(found, [look(WELL, one(PASS, "open", "tcp@81"))]) is Outcome.CHANGED


def test_systems_that_come_and_go() -> None:
    other = look(one(FAIL, "silent"), system="globex-sw1")
    gone = differences([look(WELL), other], [look(WELL)])
    assert (gone[0].only_in, outcome(gone, [look(WELL)])) == ("before", Outcome.CHANGED)
    new = differences([look(WELL)], [look(WELL), other])
    assert (new[0].only_in, outcome(new, [look(WELL), other])) == ("after", Outcome.WORSE)
    assert "globex-sw1  only in B" in render_text(new, [])


def test_what_merely_follows_is_counted() -> None:
    before = [one(PASS, "open", "tcp@2020"), WELL, one(PASS, "done", "ssh.handshake@2020")]
    after = [
        one(FAIL, "refused", "tcp@2020"),
        one(UNKNOWN, "not-reached", "ssh.banner@2020", needs="tcp@2020"),
        one(UNKNOWN, "not-reached", "ssh.handshake@2020", needs="ssh.banner@2020"),
    ]
    text = render_text(differences([look(*before)], [look(*after)]), [])
    assert "and 2 checks not reached because of it" in text
    assert "ssh.handshake" not in text


def test_what_a_system_says_moves_no_cursor() -> None:
    after = one(PASS, "ssh", banner="\x1b[2Jevil\nline")
    text = render_text(differences([look(WELL)], [look(after)]), [])
    assert "\x1b" not in text
    assert "\\x1b[2Jevil\\nline" in text
