"""Who made a change: a table of cases, each with the verdict, the rule that speaks, and why it may not be another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callout.drift.change import Change
from callout.drift.evidence import CalloutOfOurs, Evidence
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from tests.unit.drift.judging_desk import (
    BASELINE_AT,
    CATALOGUE,
    LOOKED_AT,
    NOW,
    account_words,
    added,
    changed,
    evidence,
    fact,
    patched,
    verdict,
    words,
)
from tests.unit.drift.verdict_cases import BASH, CASES, CRON_LINE, DAEMON, DAY, NGINX, PERSON, UNKNOWN, UNSUPPORTED


@pytest.mark.parametrize(
    ("what", "change", "told", "others", "provenance", "rule"), CASES, ids=[case[0] for case in CASES]
)
def test_each_change_has_its_maker(
    what: str, change: Change, told: dict[str, Any], others: tuple[Change, ...], provenance: Provenance, rule: str
) -> None:
    found = verdict(change, evidence(**told), *others)
    assert (found.provenance, found.rule) == (provenance, rule), found.evidence
    assert found.evidence and all(sentence.endswith((".", "bssup-explanation")) for sentence in found.evidence)


def test_a_line_of_cron_follows_its_file_and_not_the_program_that_it_calls() -> None:
    line = fact(Section.CRON, "/etc/cron.d/tidy: …", None, {**CRON_LINE, "line": "0 3 * * * root /bin/bash"})
    ours = evidence(patched={"/etc/cron.d/tidy": patched()})
    assert verdict(line, ours, added("/etc/cron.d/tidy")).provenance is Provenance.OURS
    upgraded_shell = evidence(packages=words("/bin/bash"))
    found = verdict(line, upgraded_shell, added("/etc/cron.d/tidy"), changed("/bin/bash"), BASH)
    assert found.provenance is UNKNOWN  # a script of the package may have made the file; nothing proves it
    assert verdict(line, evidence(), added("/etc/cron.d/tidy")).provenance is UNSUPPORTED


def test_the_file_of_accounts_is_as_good_as_the_accounts_in_it() -> None:
    passwd, bob = changed("/etc/passwd"), fact(Section.USERS, "bob", None, PERSON)
    made = fact(Section.USERS, "nginx", None, DAEMON)
    told = evidence(packages=account_words("nginx"))
    assert verdict(passwd, told, made, NGINX).provenance is Provenance.PACKAGE_MANAGER
    assert verdict(passwd, told, made, bob, NGINX).provenance is UNSUPPORTED
    assert verdict(passwd).rule == "same-accounts"
    assert verdict(passwd, evidence(not_whole={Section.USERS: "It was cut."})).provenance is UNKNOWN
    assert verdict(changed("/etc/passwd", mode=0o666), told, made, NGINX).provenance is not Provenance.PACKAGE_MANAGER


def test_a_setting_of_the_kernel_follows_the_file_that_gives_it_this_very_value() -> None:
    path = "/etc/sysctl.d/90-x.conf"
    setting = fact(Section.KERNEL, "sysctl net.ipv4.ip_forward", {"value": "0"}, {"value": "1"})
    for said, expected in (("net.ipv4.ip_forward = 1\n", Provenance.OURS), ("net.ipv4.ip_forward=0\n", UNSUPPORTED)):
        told = evidence(patched={path: patched()}, texts_after={path: said})
        assert verdict(setting, told, added(path)).provenance is expected


def test_sshd_may_be_told_to_trust_the_vendor_and_nothing_else() -> None:
    path = "/etc/ssh/sshd_config"
    before = "Port 2020\n"
    for after, expected in (
        (f"{before}TrustedUserCAKeys /etc/ssh/vendor.pub\n", UNKNOWN),
        (f"{before}TrustedUserCAKeys /x\nPermitRootLogin yes\n", UNSUPPORTED),
    ):
        told = evidence(texts_before={path: before}, texts_after={path: after})
        assert verdict(changed(path), told).provenance is expected


def test_what_policy_says_of_new_packages() -> None:
    for word, expected in (("ask", UNKNOWN), ("refuse", UNSUPPORTED), ("explain", Provenance.PACKAGE_MANAGER)):
        catalogue = replace(CATALOGUE, new_packages=word)
        assert verdict(NGINX, catalogue=catalogue).provenance is expected
        assert verdict(BASH, catalogue=catalogue).provenance is Provenance.PACKAGE_MANAGER


def test_an_accusation_names_all_that_was_ruled_out_and_when_it_was() -> None:
    found = verdict(changed("/etc/profile"), evidence(logins=("root pts/0 192.0.2.4 Fri Nov 20 12:00",)))
    told = " ".join(found.evidence)
    for part in ("We did not", "No package did", "No upgrade did", "8.1 (a35a9165)", "catalogue"):
        assert part in told
    hints = " ".join(found.hints)
    assert f"{BASELINE_AT:%Y-%m-%d}" in hints and f"{LOOKED_AT:%Y-%m-%d}" in hints and "192.0.2.4" in hints


def test_a_clock_that_was_set_back_is_said_and_clears_nobody() -> None:
    told = evidence(callouts=(CalloutOfOurs("C-1", NOW - DAY, NOW, hands_on=True),))
    found = verdict(changed("/etc/profile", ctime="1700000000.0"), told)
    assert found.provenance is UNKNOWN
    assert any("clock" in hint for hint in found.hints)


def test_an_empty_evidence_accuses_nobody() -> None:
    bare = Evidence("acme-pbx1", replace(evidence().before, version=""), replace(evidence().after, version=""))
    assert verdict(changed("/etc/profile"), bare).provenance is UNKNOWN
