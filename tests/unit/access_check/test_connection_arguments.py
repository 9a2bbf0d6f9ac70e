"""Ansible's connection arguments: read as ssh reads them, and never passed over in silence."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Any

import pytest

from access_check.connection_arguments import ConnectionArguments, Hop, command_for, connection_arguments
from access_check.findings import Finding, Status
from access_check.inventory_source import RawSystem
from access_check.observations import Observations
from access_check.targets import target_from_variables
from access_check.verdicts import judge

CASES: list[tuple[str, ConnectionArguments]] = [
    ("", ConnectionArguments()),
    ("-o ControlMaster=auto -o ControlPersist=60s -C -4q", ConnectionArguments(not_followed=("-4",))),
    ("-o Port=22", ConnectionArguments(port=22)),
    ("-oport=22 -p 23", ConnectionArguments(port=22)),
    ("-Cp 2222", ConnectionArguments(port=2222)),
    ("-p2222", ConnectionArguments(port=2222)),
    ("-o 'Port 22'", ConnectionArguments(port=22)),
    ("-o Port=http", ConnectionArguments(not_followed=("port",))),
    ("-l admin -o User=root", ConnectionArguments(user="admin")),
    ("-i ~/.ssh/acme", ConnectionArguments(identity=Path("~/.ssh/acme"))),
    ("-o IdentityFile=/k -o 'CertificateFile=\"/c\"'",
     ConnectionArguments(identity=Path("/k"), certificate=Path("/c"))),
    ("-o HostKeyAlias=acme", ConnectionArguments(host_key_alias="acme")),
    ("-J jump", ConnectionArguments(jump=(Hop("jump"),))),
    ("-o ProxyJump=eva@a:2200,ssh://[2001:db8::1]:22",
     ConnectionArguments(jump=(Hop("a", "eva", 2200), Hop("2001:db8::1", "", 22)))),
    ("-o ProxyJump=none", ConnectionArguments()),
    ("-o ProxyCommand=none -J a", ConnectionArguments()),
    ("-o ProxyCommand='ssh -W %h:%p a'", ConnectionArguments(command="ssh -W %h:%p a")),
    ("-J -oProxyCommand=x", ConnectionArguments(jump=(Hop("(unreadable)"),), not_followed=("proxyjump",))),
    ("-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F /x",
     ConnectionArguments(not_followed=("stricthostkeychecking", "userknownhostsfile", "-F"))),
    ("-L 1:b:2 stray", ConnectionArguments(not_followed=("-L", "stray"))),
]  # fmt: skip


@pytest.mark.parametrize(("words", "meant"), CASES, ids=[case[0] for case in CASES])
def test_as_ssh_reads_them(words: str, meant: ConnectionArguments) -> None:
    assert connection_arguments(shlex.split(words)) == meant


def test_tokens_of_a_command() -> None:
    assert command_for("nc -x proxy:1080 %h %p # %r %% %x", "10.0.0.1; id", 22, "root") == (
        "nc -x proxy:1080 '10.0.0.1; id' 22 # root % %x"
    )


def found(target: Any) -> dict[str, Finding]:
    return {finding.check: finding for finding in judge(target, Observations())}


def test_what_is_not_followed_is_named_without_its_value(make_target: Any) -> None:
    target = make_target(connection_arguments=("-o", "ProxyUseFdpass=hunter2", "-o", "LogLevel=DEBUG"))
    finding = found(target)["connection.arguments"]
    assert (finding.code, finding.status) == ("connection-arguments-ignored", Status.WARN)
    assert "proxyusefdpass" in finding.seen
    assert "hunter2" not in repr(finding)
    assert "connection.arguments" not in found(make_target())
    assert found(make_target(connection_arguments=("-C",)))["connection.arguments"].status is Status.PASS


@pytest.mark.parametrize("words", [("-J", "eva@jump"), ("-o", "ProxyCommand=curl http://eva:hunter2@proxy")])
def test_behind_a_jump_host_only_ssh_is_asked_for(make_target: Any, words: tuple[str, ...]) -> None:
    profile = {"tcp_ports": [2020, 443], "web": {"gui": {"scheme": "https", "port": 443}}}
    findings = found(make_target(connection_arguments=words, profile=profile, waivers={}))
    away = {check for check, finding in findings.items() if finding.code == "behind-jump-host"}
    assert away == {"address.resolves", "address.public", "tcp@443", "web.gui@443", "sip.options@5060"}
    assert all(findings[check].status is Status.WAIVED for check in away)
    # Unknown is never read as fine: what could have been seen and was not stays unknown.
    assert findings["tcp@2020"].status is Status.UNKNOWN
    assert findings["ssh.login@2020"].status is Status.UNKNOWN
    assert "hunter2" not in repr(findings)


def raw(**variables: Any) -> RawSystem:
    known = {"ansible_host": "192.0.2.1", "callout_system": {"product": "pbxware"}, **variables}
    return RawSystem("acme-pbx1", (), known, {}, {}, dt.date(2026, 1, 1))


def test_a_variable_of_its_own_counts_before_the_arguments(tmp_path: Path) -> None:
    arguments = "-p 4400 -l admin -i /k -o CertificateFile=/c-cert.pub"
    target = target_from_variables(raw(ansible_ssh_common_args=arguments), tmp_path)
    assert (target.port, target.user, target.private_key) == (4400, "admin", Path("/k"))
    assert target.certificate_file == Path("/c-cert.pub")
    own = {"ansible_port": 22, "ansible_user": "root", "ansible_ssh_private_key_file": "/own"}
    target = target_from_variables(raw(ansible_ssh_common_args=arguments, **own), tmp_path)
    assert (target.port, target.user, target.private_key) == (22, "root", Path("/own"))


def test_a_certificate_on_file_brings_its_key(tmp_path: Path) -> None:
    certificate = {"file": "/keys/acme-cert.pub", "authority": "SHA256:" + "x" * 43}
    target = target_from_variables(raw(callout_system={"product": "pbxware", "certificate": certificate}), tmp_path)
    assert target.private_key == Path("/keys/acme")
    assert target.certificate_authority == certificate["authority"]
