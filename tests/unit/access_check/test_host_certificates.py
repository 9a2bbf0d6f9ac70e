"""Host keys behind an authority on file, against a real sshd: known only where the certificate stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding
from access_check.sweep import check_system
from tests.unit.access_check.sshd import Sshd, make_key, public, sign

WELL = ["-h", "-n", "127.0.0.1", "-V", "-1h:+1d"]
WITH_CERTIFICATE = "HostCertificate {folder}/host-cert.pub\n"
# options of ssh-keygen, lines of known_hosts ({ca}, {other}, {host}: keys; {name}: host and port) → code, word in it
CASES: list[tuple[str, list[str], str, str, str]] = [
    ("stands", WELL, "@cert-authority {name} {ca}", "known", "vouches"),
    ("by a pattern", WELL, "@cert-authority [127.*]:* {ca}", "known", "vouches"),
    ("a pattern in it", [*WELL[:1], "-n", "127.0.0.?", *WELL[3:]], "@cert-authority * {ca}", "known", "vouches"),
    ("authority of others", WELL, "@cert-authority [10.*]:* {ca}", "host-key-unknown", "not on file"),
    ("other authority", WELL, "@cert-authority {name} {other}", "host-key-unknown", "another authority"),
    ("over", [*WELL[:4], "-3d:-1d"], "@cert-authority {name} {ca}", "host-key-unknown", "ended at"),
    ("too early", [*WELL[:4], "+1d:+3d"], "@cert-authority {name} {ca}", "host-key-unknown", "only from"),
    ("another host", ["-h", "-n", "192.0.2.1", *WELL[3:]], "@cert-authority {name} {ca}", "host-key-unknown", "is for"),
    ("no host", ["-h", *WELL[3:]], "@cert-authority {name} {ca}", "host-key-unknown", "nobody"),
    ("authority revoked", WELL, "@cert-authority {name} {ca}\n@revoked * {ca}", "host-key-revoked", "revoked"),
    ("key revoked", WELL, "@cert-authority {name} {ca}\n@revoked * {host}", "host-key-revoked", "revoked"),
    ("over, plain key known", [*WELL[:4], "-3d:-1d"], "@cert-authority {name} {ca}\n{name} {host}", "known", "on file"),
    ("over, plain key changed", [*WELL[:4], "-3d:-1d"], "@cert-authority {name} {ca}\n{name} {other}",
     "host-key-changed", "ended at"),
    ("authority as a plain key", WELL, "{name} {ca}", "host-key-changed", "has changed"),
]  # fmt: skip


def host_key(make_target: Any, server: Sshd, known_hosts: str) -> Finding:
    folder = server.folder
    names = {"ca": "user_ca", "other": "other", "host": "host"}
    keys = {word: public(folder / name) for word, name in names.items()}
    text = known_hosts.format(name=f"[127.0.0.1]:{server.port}", **keys)
    report = check_system(make_target(server.port, text + "\n"), 20)
    (finding,) = [finding for finding in report.findings if finding.check.startswith("ssh.host_key@")]
    return finding


@pytest.mark.parametrize(("case", "options", "lines", "code", "word"), CASES, ids=[case[0] for case in CASES])
def test_an_authority_vouches_only_for_what_stands(
    tmp_path: Path, make_target: Any, case: str, options: list[str], lines: str, code: str, word: str
) -> None:
    for name in ("host", "user_ca", "other"):
        make_key(tmp_path / name)
    sign(tmp_path / "user_ca", tmp_path / "host", *options)
    with Sshd(tmp_path, WITH_CERTIFICATE) as server:
        finding = host_key(make_target, server, lines)
    assert finding.code == code, finding
    assert word in finding.seen


def test_a_user_s_certificate_vouches_for_no_host_and_nor_does_none(tmp_path: Path, make_target: Any) -> None:
    with Sshd(tmp_path) as server:
        make_key(tmp_path / "other")
        finding = host_key(make_target, server, "@cert-authority {name} {ca}")
    assert finding.code == "host-key-unknown"
    assert "showed no certificate" in finding.seen


@pytest.mark.parametrize("kind", [("rsa", "-b", "2048"), ("ecdsa", "-b", "256")])
def test_other_kinds_of_host_key(tmp_path: Path, make_target: Any, kind: tuple[str, ...]) -> None:
    make_key(tmp_path / "host", *kind)
    for name in ("user_ca", "other"):
        make_key(tmp_path / name)
    sign(tmp_path / "user_ca", tmp_path / "host", *WELL)
    with Sshd(tmp_path, WITH_CERTIFICATE) as server:
        finding = host_key(make_target, server, "@cert-authority {name} {ca}")
    assert finding.code == "known", finding
    assert finding.evidence["vouching"] == "vouched"
