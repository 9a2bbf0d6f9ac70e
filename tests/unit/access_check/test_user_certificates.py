"""Logins by SSH certificate against a real sshd: what each kind of certificate comes to, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.sweep import check_system
from tests.unit.access_check.sshd import USER, Sshd, make_key, public, sign

TIMEOUT_S = 20.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path) as running:
        make_key(tmp_path / "other_ca")
        yield running


def checked(server: Sshd, make_target: Any, **fields: Any) -> dict[str, Finding]:
    target = make_target(server.port, server.known_hosts(), **server.login(**fields))
    return {finding.check.partition("@")[0]: finding for finding in check_system(target, TIMEOUT_S).findings}


# validity and principals as ssh-keygen wants them → the certificate's code and status, the login's code
CASES: list[tuple[str, list[str], str, Status, str]] = [
    ("well", ["-n", USER, "-V", "-1h:+3d"], "valid", Status.PASS, "accepted"),
    ("short by design", ["-n", USER, "-V", "-1h:+3h"], "valid", Status.PASS, "accepted"),
    ("last hours", ["-n", USER, "-V", "-30d:+3h"], "certificate-ends-soon", Status.WARN, "accepted"),
    ("for ever", ["-n", USER, "-V", "always:forever"], "certificate-no-timeout", Status.WARN, "accepted"),
    ("over", ["-n", USER, "-V", "-3d:-1d"], "certificate-expired", Status.FAIL, "refused"),
    ("too early", ["-n", USER, "-V", "+1d:+3d"], "certificate-not-yet-valid", Status.FAIL, "refused"),
    ("of others", ["-n", "nobody-else", "-V", "-1h:+3d"], "certificate-wrong-principal", Status.FAIL, "refused"),
    ("of nobody", ["-V", "-1h:+3d"], "certificate-wrong-principal", Status.FAIL, "refused"),
    ("of a host", ["-h", "-n", USER, "-V", "-1h:+3d"], "certificate-wrong-type", Status.FAIL, "refused"),
]


@pytest.mark.parametrize(("case", "options", "code", "status", "login"), CASES, ids=[case[0] for case in CASES])
def test_each_certificate_has_its_own_code(
    server: Sshd, make_target: Any, case: str, options: list[str], code: str, status: Status, login: str
) -> None:
    sign(server.folder / "user_ca", server.folder / "id", *options)
    found = checked(server, make_target)
    certificate = found["ssh.certificate"]
    assert (certificate.code, certificate.status) == (code, status)
    assert found["ssh.login"].code == login
    assert found["ssh.login"].evidence["method"] == ("certificate" if login == "accepted" else "key")
    assert certificate.evidence["key_id"] == "BSSUP 17"
    assert bool(certificate.remedy) is (status is not Status.PASS)


def test_an_authority_that_the_server_does_not_know(server: Sshd, make_target: Any) -> None:
    """The server only says no: by itself that can be three things; with the authority on file it is one."""
    sign(server.folder / "other_ca", server.folder / "id", "-n", USER, "-V", "-1h:+3d")
    refused = checked(server, make_target)["ssh.certificate"]
    assert (refused.code, refused.status, refused.move) == ("certificate-refused", Status.FAIL, Move.CUSTOMER)
    assert all(cause in refused.seen for cause in ("authority", "closed", "clock"))
    assert "publickey" in refused.evidence["offered"]

    other = checked(server, make_target, certificate_authority="SHA256:" + "x" * 43)["ssh.certificate"]
    assert (other.code, other.move) == ("certificate-unknown-authority", Move.US)
    same = checked(server, make_target, certificate_authority=refused.evidence["authority"])["ssh.certificate"]
    assert same.code == "certificate-refused"


def test_a_principal_that_the_server_maps_to_root_is_fine(tmp_path: Path, make_target: Any) -> None:
    (tmp_path / "principals").write_text("bicom-support\n")
    with Sshd(tmp_path, "AuthorizedPrincipalsFile {folder}/principals\n") as server:
        sign(tmp_path / "user_ca", tmp_path / "id", "-n", "bicom-support", "-V", "-1h:+3d")
        assert checked(server, make_target)["ssh.certificate"].code == "valid"
        sign(tmp_path / "user_ca", tmp_path / "id", "-n", USER, "-V", "-1h:+3d")
        assert checked(server, make_target)["ssh.certificate"].code == "certificate-refused"


def test_certificate_first_and_then_the_key_by_itself(server: Sshd, make_target: Any) -> None:
    """A certificate that is over keeps nobody out whose key is authorized: it warns, and stays told apart."""
    sign(server.folder / "user_ca", server.folder / "id", "-n", USER, "-V", "-3d:-1d")
    (server.folder / "authorized_keys").write_text(public(server.folder / "id") + "\n")
    found = checked(server, make_target)
    assert (found["ssh.certificate"].code, found["ssh.certificate"].status) == ("certificate-expired", Status.WARN)
    assert found["ssh.login"].evidence["method"] == "key"
    assert "certificate had been refused before" in found["ssh.login"].seen
    assert found["ssh.shell"].code == "works"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "no certificate"),
        (b"ssh-ed25519-cert-v01@openssh.com AAAA\n", ""),
        (b"ssh-ed25519-cert-v01@openssh.com ///\x1b[2J\n", "base64"),
        (b"\xff" * 200_000, "no certificate"),
    ],
)
def test_rubbish_in_place_of_a_certificate(server: Sshd, make_target: Any, content: bytes, detail: str) -> None:
    (server.folder / "authorized_keys").write_text(public(server.folder / "id") + "\n")
    (server.folder / "id-cert.pub").write_bytes(content)
    found = checked(server, make_target)
    assert (found["ssh.certificate"].code, found["ssh.certificate"].status) == ("certificate-unusable", Status.WARN)
    assert found["ssh.certificate"].seen.isprintable()
    assert detail in found["ssh.certificate"].seen
    assert found["ssh.login"].code == "accepted"


def test_a_certificate_of_another_key_is_not_shown_to_the_server(server: Sshd, make_target: Any) -> None:
    other = make_key(server.folder / "other")
    cert = sign(server.folder / "user_ca", other, "-n", USER, "-V", "-1h:+3d")
    found = checked(server, make_target, certificate_file=cert)
    assert found["ssh.certificate"].code == "certificate-unusable"
    assert "another key" in found["ssh.certificate"].seen
    assert "CERT" not in server.log


def test_a_named_file_that_is_missing(server: Sshd, make_target: Any, tmp_path: Path) -> None:
    found = checked(server, make_target, certificate_file=tmp_path / "gone-cert.pub")
    assert found["ssh.certificate"].code == "certificate-unusable"
    assert "is not there" in found["ssh.certificate"].seen


def test_without_a_certificate_the_key_stands_by_itself(server: Sshd, make_target: Any) -> None:
    (server.folder / "authorized_keys").write_text(public(server.folder / "id") + "\n")
    found = checked(server, make_target)
    assert found["ssh.certificate"].code == "no-certificate"
    assert found["ssh.certificate"].status is Status.PASS
    target = make_target(server.port, server.known_hosts(), password="x")
    assert not [check for check in check_system(target, TIMEOUT_S).findings if "certificate" in check.check]


@pytest.mark.parametrize("kind", [("rsa", "-b", "2048"), ("ecdsa", "-b", "384")])
def test_other_kinds_of_key(tmp_path: Path, make_target: Any, kind: tuple[str, ...]) -> None:
    make_key(tmp_path / "id", *kind)
    with Sshd(tmp_path) as server:
        sign(tmp_path / "user_ca", tmp_path / "id", "-n", USER, "-V", "-1h:+3d")
        login = checked(server, make_target)["ssh.login"]
        assert login.evidence["method"] == "certificate", login
