"""The session, like the check: certificates of ours beside or apart from the key, and hosts known by an authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from access_check.profile import access_profile
from access_check.targets import Target
from callout.errors import TrustRefused
from callout.shell import OpenSSHSession
from tests.unit.access_check.sshd import USER, Sshd, make_key, public, sign


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    """A server whose host key is certified for 127.0.0.1, and that lets in whom the user authority has signed."""
    for name in ("host", "user_ca", "host_ca"):
        make_key(tmp_path / name)
    sign(tmp_path / "host_ca", tmp_path / "host", "-h", "-n", "127.0.0.1", "-V", "-1h:+1d")
    with Sshd(tmp_path, "HostCertificate {folder}/host-cert.pub\n") as running:
        certificate = sign(tmp_path / "user_ca", tmp_path / "id", "-n", USER, "-V", "-1h:+1d")
        certificate.rename(tmp_path / "apart-cert.pub")
        yield running


def target(server: Sshd, known_hosts: str) -> Target:
    store = server.folder / "known_hosts"
    store.write_text(known_hosts)
    values = {
        "name": "loop-pbx1", "product": "pbxware", "address": "127.0.0.1", "port": server.port, "user": USER,
        "password": None, "private_key": server.folder / "id", "connection_arguments": (), "known_hosts": store,
        "gui": None, "wizard": None, "api": None, "waivers": {}, "profile": access_profile("pbxware"),
        "certificate_file": server.folder / "apart-cert.pub",
    }  # fmt: skip
    return Target.model_validate(values)


def said(server: Sshd, known_hosts: str) -> bytes:
    session = OpenSSHSession(target(server, known_hosts))
    try:
        return session.run("echo in").stdout
    finally:
        session.close()


def test_a_host_known_by_its_authority_and_a_user_by_certificate(server: Sshd) -> None:
    assert said(server, server.known_hosts(server.folder / "host_ca", "@cert-authority ")) == b"in\n"
    assert "ED25519-CERT" in server.log


def test_a_plain_key_beside_the_authority_counts(server: Sshd) -> None:
    authority = server.known_hosts(server.folder / "host_ca", "@cert-authority ")
    assert said(server, authority + server.known_hosts()) == b"in\n"


@pytest.mark.parametrize(
    "lines", ["@cert-authority {name} {other}", "127.0.0.1 {host}\n@cert-authority {name} {other}"]
)
def test_another_authority_is_refused_and_no_key_without_a_port_stands_in(server: Sshd, lines: str) -> None:
    other = make_key(server.folder / "other")
    words = {"name": f"[127.0.0.1]:{server.port}", "other": public(other), "host": public(server.folder / "host")}
    with pytest.raises(TrustRefused):
        said(server, lines.format(**words) + "\n")
