"""Requirement and observation → finding: code, status, whose move, remedy; by tables, without any network."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status, exit_code, worst
from access_check.observations import (
    Banner,
    Certificate,
    Handshake,
    HostKey,
    HostKeyObservation,
    Login,
    LoginObservation,
    NameObservation,
    Observations,
    Page,
    PageObservation,
    Reach,
    Resolution,
    Shell,
    ShellObservation,
    SshObservation,
    TcpObservation,
)
from access_check.profile import access_profile
from access_check.targets import Target
from access_check.verdicts import broken_steps, first_broken, judge
from tests.unit.access_check.well_facts import WELL_FACTS

PORTS = (80, 81, 443, 2020)
SSH = SshObservation(
    2020,
    Banner.SSH,
    "SSH-2.0-OpenSSH_9.9",
    Handshake.DONE,
    host_key=HostKeyObservation(HostKey.KNOWN, "ssh-ed25519", "SHA256:x"),
    login=LoginObservation(Login.ACCEPTED, "password", ("password",), password_attempts=1),
    shell=ShellObservation(Shell.WORKS, facts=WELL_FACTS),
)
PAGE = PageObservation(Page.ANSWERED, 200)
WELL = Observations(
    name=NameObservation(Resolution.RESOLVED, ("8.8.8.8",)),
    tcp={port: TcpObservation(port, Reach.OPEN) for port in PORTS},
    ssh={2020: SSH},
    web={
        "gui": replace(PAGE, certificate=Certificate.SELF_SIGNED),
        "gui_plain": replace(PAGE, status=301),
        "wizard": PAGE,
    },
)


@pytest.fixture
def target(make_target: Any) -> Target:
    made: Target = make_target(2020, address="8.8.8.8", waivers={}, profile=access_profile("pbxware").model_dump())
    return made


def found(target: Target, seen: Observations) -> dict[str, Finding]:
    return {finding.check: finding for finding in judge(target, seen)}


def test_all_well(target: Target) -> None:
    findings = judge(target, WELL)
    assert worst(findings) is Status.PASS
    assert exit_code(findings) == 0
    assert first_broken(findings) is None


@pytest.mark.parametrize(
    ("reach", "move"),
    [
        (Reach.REFUSED, Move.CUSTOMER),
        (Reach.TIMEOUT, Move.CUSTOMER),
        (Reach.RESET, Move.CUSTOMER),
        (Reach.UNREACHABLE, Move.NETWORK_PROVIDER),
    ],
)
def test_tcp(target: Target, reach: Reach, move: Move) -> None:
    seen = replace(WELL, tcp={**WELL.tcp, 81: TcpObservation(81, reach)}, web={})
    finding = found(target, seen)["tcp@81"]
    assert (finding.status, finding.code, finding.move) == (Status.FAIL, str(reach), move)
    assert "81" in finding.seen
    assert "banned" not in finding.seen


def test_silence_on_every_port_reads_as_a_ban(target: Target) -> None:
    tcp = {port: TcpObservation(port, Reach.TIMEOUT) for port in PORTS}
    finding = found(target, Observations(WELL.name, tcp))["tcp@2020"]
    assert "banned our address" in finding.seen
    assert "fail2ban" in finding.remedy


@pytest.mark.parametrize(
    ("address", "code", "move"),
    [
        ("10.0.0.1", "private", Move.CUSTOMER),
        ("100.64.0.1", "carrier-grade-nat", Move.NETWORK_PROVIDER),
        ("203.0.113.1", "documentation", Move.CUSTOMER),
    ],
)
def test_address(target: Target, address: str, code: str, move: Move) -> None:
    name = NameObservation(Resolution.RESOLVED, ("8.8.8.8", address))
    finding = found(target, replace(WELL, name=name))["address.public"]
    assert (finding.status, finding.code, finding.move) == (Status.FAIL, code, move)
    assert "another address of the same name is public" in finding.seen


SSH_CASES: list[tuple[dict[str, Any], str, Status, str, Move]] = [
    ({"banner": Banner.NOT_SSH}, "ssh.banner", Status.FAIL, "not-ssh", Move.CUSTOMER),
    ({"banner": Banner.CLOSED}, "ssh.banner", Status.FAIL, "closed-before-banner", Move.CUSTOMER),
    ({"banner": Banner.SILENT}, "ssh.banner", Status.FAIL, "silent", Move.CUSTOMER),
    ({"handshake": Handshake.NO_COMMON_ALGORITHM}, "ssh.handshake", Status.FAIL, "no-common-algorithm", Move.US),
    ({"handshake": Handshake.TIMEOUT}, "ssh.handshake", Status.UNKNOWN, "timeout", Move.CUSTOMER),
    ({"host_key": HostKey.UNKNOWN}, "ssh.host_key", Status.FAIL, "host-key-unknown", Move.US),
    ({"host_key": HostKey.CHANGED}, "ssh.host_key", Status.FAIL, "host-key-changed", Move.US),
    ({"host_key": HostKey.REVOKED}, "ssh.host_key", Status.FAIL, "host-key-revoked", Move.US),
    ({"login": Login.REFUSED}, "ssh.login", Status.FAIL, "refused", Move.CUSTOMER),
    ({"login": Login.NO_COMMON_METHOD}, "ssh.login", Status.FAIL, "no-common-method", Move.CUSTOMER),
    ({"login": Login.NO_CREDENTIALS}, "ssh.login", Status.UNKNOWN, "no-credentials", Move.US),
    ({"login": Login.KEY_UNUSABLE}, "ssh.login", Status.UNKNOWN, "key-unusable", Move.US),
    ({"login": Login.CLOSED}, "ssh.login", Status.FAIL, "closed", Move.CUSTOMER),
    ({"login": Login.TIMEOUT}, "ssh.login", Status.UNKNOWN, "timeout", Move.CUSTOMER),
    ({"shell": Shell.NO_SHELL}, "ssh.shell", Status.FAIL, "no-shell", Move.CUSTOMER),
    ({"shell": Shell.WRONG_OUTPUT}, "ssh.shell", Status.FAIL, "wrong-output", Move.CUSTOMER),
    ({"shell": Shell.FLOODED}, "ssh.shell", Status.FAIL, "flooded", Move.CUSTOMER),
    ({"shell": Shell.TIMEOUT}, "ssh.shell", Status.UNKNOWN, "timeout", Move.CUSTOMER),
]


@pytest.mark.parametrize(("seen", "ending"), [(HostKey.UNKNOWN, ""), (HostKey.CHANGED, " --replace")])
def test_a_host_key_s_remedy_is_the_command(target: Target, seen: HostKey, ending: str) -> None:
    finding = found(target, replace(WELL, ssh={2020: as_far_as({"host_key": seen})}))["ssh.host_key@2020"]
    command = "callout trust accept acme-pbx1 --port 2020 --fingerprint SHA256:new --ticket TICKET"
    assert f"{command}{ending} (" in finding.remedy


LATER = ("banner", "handshake", "host_key", "login", "shell")


def as_far_as(change: dict[str, Any]) -> SshObservation:
    """SSH as it is when the step in `change` breaks: everything after it was not reached."""
    step, value = next(iter(change.items()))
    whole = {
        "host_key": lambda: HostKeyObservation(value, "ssh-ed25519", "SHA256:new"),
        "login": lambda: LoginObservation(value, "password", ("password",)),
        "shell": lambda: ShellObservation(value, "said"),
    }.get(step, lambda: value)()
    return replace(SSH, **{step: whole, **dict.fromkeys(LATER[LATER.index(step) + 1 :])})


@pytest.mark.parametrize(("change", "check", "status", "code", "move"), SSH_CASES)
def test_ssh(target: Target, change: dict[str, Any], check: str, status: Status, code: str, move: Move) -> None:
    findings = judge(target, replace(WELL, ssh={2020: as_far_as(change)}))
    finding = {finding.check: finding for finding in findings}[f"{check}@2020"]
    assert (finding.status, finding.code, finding.move) == (status, code, move)
    assert finding.remedy.endswith((".", ")"))
    assert first_broken(findings) == finding
    after = [other for other in findings[findings.index(finding) + 1 :] if other.check.startswith("ssh.")]
    assert all(other.status is Status.UNKNOWN and other.code == "not-reached" for other in after)
    assert exit_code(findings) == 3


PAGE_CASES: list[tuple[PageObservation, Status, str]] = [
    (replace(PAGE, certificate=Certificate.TRUSTED), Status.PASS, "answered"),
    (replace(PAGE, certificate=Certificate.SELF_SIGNED), Status.PASS, "answered"),
    (replace(PAGE, certificate=Certificate.EXPIRED), Status.WARN, "certificate-expired"),
    (replace(PAGE, certificate=Certificate.WRONG_NAME), Status.WARN, "certificate-wrong-name"),
    (replace(PAGE, certificate=Certificate.UNTRUSTED), Status.WARN, "certificate-untrusted"),
    (replace(PAGE, status=302), Status.PASS, "answered"),
    (replace(PAGE, status=401), Status.PASS, "answered"),
    (replace(PAGE, status=403), Status.WARN, "page-refused"),
    (replace(PAGE, status=404), Status.WARN, "page-refused"),
    (replace(PAGE, status=502), Status.FAIL, "server-error"),
    *[(PageObservation(page), Status.FAIL, str(page)) for page in Page if page is not Page.ANSWERED],
]


@pytest.mark.parametrize(("observed", "status", "code"), PAGE_CASES)
def test_web(target: Target, observed: PageObservation, status: Status, code: str) -> None:
    finding = found(target, replace(WELL, web={**WELL.web, "gui": observed}))["web.gui@443"]
    assert (finding.status, finding.code) == (status, code)
    assert bool(finding.remedy) is (status is not Status.PASS)


def test_a_waiver_goes_on_to_what_could_not_be_looked_at(target: Target) -> None:
    waiving = target.model_copy(update={"waivers": {"tcp@81": "wizard closed on purpose"}})
    tcp = {**WELL.tcp, 81: TcpObservation(81, Reach.REFUSED)}
    findings = judge(waiving, replace(WELL, tcp=tcp, web={"gui": PAGE, "gui_plain": PAGE}))
    waived = [finding for finding in findings if finding.status is Status.WAIVED]
    assert [finding.check for finding in waived] == ["tcp@81", "web.wizard@81"]
    assert all("wizard closed on purpose" in finding.remedy for finding in waived)
    assert exit_code(findings) == 0
    assert first_broken(findings) is None


def test_a_waiver_leaves_what_passes_alone(target: Target) -> None:
    waiving = target.model_copy(update={"waivers": {"tcp": "x", "address.public": "x"}})
    assert worst(judge(waiving, WELL)) is Status.PASS


def test_nothing_seen_is_unknown_everywhere(target: Target) -> None:
    findings = judge(target, Observations())
    assert {finding.status for finding in findings[1:]} == {Status.UNKNOWN}


def test_a_broken_step_speaks_before_a_missing_detail(target: Target) -> None:
    poor = target.model_copy(update={"gui": None})
    broken = first_broken(judge(poor, replace(WELL, ssh={2020: as_far_as({"login": Login.REFUSED})})))
    assert broken is not None
    assert broken.check == "ssh.login@2020"
    missing = first_broken(judge(poor, WELL))
    assert missing is not None
    assert missing.check == "details.gui_user"


def test_no_secret_reaches_a_finding(target: Target) -> None:
    for change in itertools.chain(case[0] for case in SSH_CASES):
        told = repr([finding.as_dict() for finding in judge(target, replace(WELL, ssh={2020: as_far_as(change)}))])
        assert "correct horse" not in told


def test_without_an_address_it_is_not_the_time_that_was_over(make_target: Any) -> None:
    findings = judge(make_target(address=None), Observations())
    (resolves,) = [finding for finding in findings if finding.check == "address.resolves"]
    assert resolves.seen == "Not looked at: no address is on file."
    assert [finding.check for finding in broken_steps(findings)] == ["details.address"]
