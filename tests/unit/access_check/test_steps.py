"""`--only`: which steps there are, what they need, what is told."""

from __future__ import annotations

from typing import Any

import pytest

from access_check.findings import Finding, Status
from access_check.steps import UnknownStep, needed, refuse_unknown_steps, step_names, told

PAGES = {
    "tcp_ports": [443],
    "web": {"gui": {"scheme": "https", "port": 443}},
}


@pytest.fixture
def target(make_target: Any) -> Any:
    return make_target(2020, profile=PAGES)


@pytest.mark.parametrize(
    ("only", "checks"),
    [
        (["address"], ["address.resolves", "address.public"]),
        (["tcp"], ["address.resolves", "tcp@443", "tcp@2020"]),
        (["ssh.banner"], ["address.resolves", "tcp@2020", "ssh.banner@2020"]),
        (["web.gui"], ["address.resolves", "tcp@443", "web.gui@443"]),
        (["web", "ssh.banner"], ["address.resolves", "tcp@443", "tcp@2020", "ssh.banner@2020", "web.gui@443"]),
    ],
)
def test_a_step_and_what_it_needs(target: Any, only: list[str], checks: list[str]) -> None:
    assert [requirement.check for requirement in needed(target, only)] == checks


def test_the_host_key_needs_no_login(target: Any) -> None:
    checks = {requirement.check for requirement in needed(target, ["ssh.host_key"])}
    assert "ssh.handshake@2020" in checks
    assert "ssh.login@2020" not in checks


def test_without_any_step_all_are_looked_at(target: Any) -> None:
    assert {"ssh.login@2020", "web.gui@443"} <= {requirement.check for requirement in needed(target, ())}


def test_an_unknown_step_is_refused_with_the_choices(target: Any) -> None:
    with pytest.raises(UnknownStep) as refused:
        refuse_unknown_steps(["web", "shh"], [target])
    assert refused.value.exit_status == 2
    assert "'shh'" in refused.value.message
    assert all(name in refused.value.hint for name in step_names([target]))
    assert {"ssh", "ssh.login", "tcp", "web.gui"} <= set(step_names([target]))


def finding(check: str, status: Status = Status.PASS, code: str = "x") -> Finding:
    return Finding(check, status, code, "Seen.")


def test_a_needed_step_is_told_only_where_it_is_broken(target: Any) -> None:
    findings = [
        finding("details.api_key", Status.FAIL),
        finding("address.resolves"),
        finding("tcp@443", Status.FAIL, "refused"),
        finding("tcp@2020", Status.FAIL, "refused"),
        finding("web.gui@443", Status.UNKNOWN, "not-reached"),
        finding("walk", Status.UNKNOWN, "could-not-look"),
    ]
    assert [one.check for one in told(target, findings, ["web"])] == ["tcp@443", "web.gui@443", "walk"]
    assert told(target, findings, ()) == findings
