"""What a real sshd offers → the finding: weak ones by name and list, and what we have nothing in common with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from access_check.findings import Finding, Move, Status
from access_check.sweep import check_system
from tests.unit.access_check.sshd import Sshd, make_key

OLD = """
KexAlgorithms curve25519-sha256@libssh.org,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1
HostKeyAlgorithms ssh-ed25519,ssh-rsa
Ciphers aes256-ctr,3des-cbc,aes128-cbc
MACs hmac-sha2-256,hmac-md5,hmac-sha1
HostKey {folder}/host_rsa
"""
ANCIENT = """
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
Ciphers 3des-cbc
MACs hmac-sha1
HostKey {folder}/host_rsa
"""
SMALL = """
HostKeyAlgorithms rsa-sha2-256
HostKey {folder}/host_rsa
RequiredRSASize 1024
"""


def checked(server: Sshd, make_target: Any) -> dict[str, Finding]:
    report = check_system(make_target(server.port, server.known_hosts()), 20)
    return {finding.check.partition("@")[0]: finding for finding in report.findings}


def test_sshd_as_it_comes_is_not_warned_about(tmp_path: Path, make_target: Any) -> None:
    with Sshd(tmp_path) as server:
        finding = checked(server, make_target)["ssh.algorithms"]
    assert (finding.code, finding.status) == ("strong", Status.PASS)
    assert "hmac-sha1" in [noted["name"] for noted in finding.evidence["noted"]]


def test_weak_ones_are_named_by_list(tmp_path: Path, make_target: Any) -> None:
    make_key(tmp_path / "host_rsa", "rsa", "-b", "2048")
    with Sshd(tmp_path, OLD) as server:
        found = checked(server, make_target)
    finding = found["ssh.algorithms"]
    assert (finding.code, finding.status, finding.move) == ("weak-algorithms", Status.WARN, Move.CUSTOMER)
    assert [(weak["kind"], weak["name"]) for weak in finding.evidence["weak"]] == [
        ("key exchange", "diffie-hellman-group14-sha1"),
        ("key exchange", "diffie-hellman-group-exchange-sha1"),
        ("host key", "ssh-rsa"),
        ("cipher", "3des-cbc"),
        ("MAC", "hmac-md5"),
    ]
    assert all(weak["name"] in finding.seen for weak in finding.evidence["weak"])
    assert {"aes128-cbc", "hmac-sha1"} <= {noted["name"] for noted in finding.evidence["noted"]}
    assert found["ssh.host_key"].code == "known"


def test_nothing_in_common_is_named_by_list(tmp_path: Path, make_target: Any) -> None:
    """Paramiko 5 has neither SHA-1 key exchanges nor ssh-rsa; 3DES and HMAC-SHA-1 it has."""
    make_key(tmp_path / "host_rsa", "rsa", "-b", "2048")
    with Sshd(tmp_path, ANCIENT) as server:
        found = checked(server, make_target)
    finding = found["ssh.handshake"]
    assert (finding.code, finding.status, finding.move) == ("no-common-algorithm", Status.FAIL, Move.US)
    assert finding.evidence["nothing_in_common"] == {
        "key exchange": ["diffie-hellman-group14-sha1"],
        "host key": ["ssh-rsa"],
    }
    assert "only key exchange diffie-hellman-group14-sha1, host key ssh-rsa" in finding.seen
    assert "3des-cbc" in found["ssh.algorithms"].seen
    assert found["ssh.host_key"].code == "not-reached"


def test_a_small_key_is_weak(tmp_path: Path, make_target: Any) -> None:
    make_key(tmp_path / "host_rsa", "rsa", "-b", "1024")
    with Sshd(tmp_path, SMALL) as server:
        finding = checked(server, make_target)["ssh.algorithms"]
    assert finding.code == "weak-algorithms"
    assert "RSA of 1024 bits" in finding.seen
