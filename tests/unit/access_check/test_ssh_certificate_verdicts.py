"""Certificate and moment → finding, by a table; and what is read from bytes that others wrote."""

from __future__ import annotations

import base64
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from access_check.findings import Finding, Status
from access_check.observations import (
    Banner,
    Login,
    LoginObservation,
    NameObservation,
    Observations,
    Reach,
    Resolution,
    SshObservation,
    TcpObservation,
)
from access_check.ssh_certificates import (
    FOREVER,
    CertificateFile,
    CertificateTried,
    NotACertificate,
    SshCertificate,
    UserCertificate,
    certificate_in,
    read_certificate,
)
from access_check.verdicts import judge
from tests.unit.access_check.sshd import make_key, sign

NOW, HOUR = 1_800_000_000, 3600
OURS = SshCertificate(
    False, "ssh-ed25519-cert-v01@openssh.com", "SHA256:k", "SHA256:a", "BSSUP 17", 7, ("root",), NOW - HOUR, NOW + HOUR
)


def judged(make_target: Any, about: SshCertificate, login: LoginObservation | None = None, **fields: Any) -> Finding:
    own = UserCertificate(CertificateFile.READ, "/keys/acme-cert.pub", NOW, about)
    seen = Observations(
        NameObservation(Resolution.RESOLVED, ("8.8.8.8",)),
        {2020: TcpObservation(2020, Reach.OPEN)},
        {2020: SshObservation(2020, Banner.SSH, certificate=own, login=login)},
    )
    (finding,) = [
        finding
        for finding in judge(make_target(private_key="/keys/acme", **fields), seen)
        if finding.check == "ssh.certificate@2020"
    ]
    return finding


DAY = 24 * HOUR
# valid from, until (hours from now) → code; the boundaries of each rule
WINDOWS: list[tuple[float, float, str]] = [
    (-1, 240, "valid"),
    (0, 240, "valid"),
    (1 / HOUR, 240, "certificate-not-yet-valid"),
    (-240, 0, "certificate-expired"),
    (-240, 1 / HOUR, "certificate-ends-soon"),
    (-240, 24, "valid"),
    (-240, 24 - 1 / HOUR, "certificate-ends-soon"),
    (-6, 2, "valid"),
    (-6.01, 2, "certificate-ends-soon"),
]


@pytest.mark.parametrize(("after", "before", "code"), WINDOWS)
def test_windows(make_target: Any, after: float, before: float, code: str) -> None:
    about = replace(OURS, valid_after=NOW + round(after * HOUR), valid_before=NOW + round(before * HOUR))
    finding = judged(make_target, about)
    assert finding.code == code
    assert "UTC" in finding.seen


def test_years_that_no_calendar_holds(make_target: Any) -> None:
    assert judged(make_target, replace(OURS, valid_before=FOREVER)).code == "certificate-no-timeout"
    assert judged(make_target, replace(OURS, valid_before=FOREVER - 1)).code == "valid"
    assert judged(make_target, replace(OURS, valid_after=FOREVER)).code == "certificate-not-yet-valid"


@pytest.mark.parametrize(
    ("about", "tried", "code"),
    [
        (OURS, CertificateTried.NOT_TRIED, "valid"),
        (OURS, CertificateTried.ACCEPTED, "valid"),
        (OURS, CertificateTried.REFUSED, "certificate-refused"),
        (OURS, CertificateTried.OTHER_KEY, "certificate-unusable"),
        (replace(OURS, principals=("eva",)), CertificateTried.ACCEPTED, "valid"),
        (replace(OURS, principals=("eva",)), CertificateTried.REFUSED, "certificate-wrong-principal"),
        (replace(OURS, valid_before=NOW - 1), CertificateTried.ACCEPTED, "certificate-expired"),
        (replace(OURS, signed=False), CertificateTried.REFUSED, "certificate-unusable"),
        (replace(OURS, for_hosts=True), CertificateTried.REFUSED, "certificate-wrong-type"),
    ],
)
def test_what_the_server_said_counts(
    make_target: Any, about: SshCertificate, tried: CertificateTried, code: str
) -> None:
    refused = LoginObservation(Login.REFUSED, "key", ("publickey",), key_refused=True, certificate=tried)
    assert judged(make_target, about, refused).code == code
    inside = judged(make_target, about, replace(refused, login=Login.ACCEPTED))
    assert inside.status in (Status.PASS, Status.WARN)


def test_an_address_that_it_is_limited_to_is_told(make_target: Any) -> None:
    refused = LoginObservation(Login.REFUSED, "key", certificate=CertificateTried.REFUSED)
    finding = judged(make_target, replace(OURS, options=("source-address=198.51.100.0/24",)), refused)
    assert "source-address=198.51.100.0/24" in finding.seen


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("keys")
    authority, key = make_key(folder / "ca"), make_key(folder / "id")
    return sign(authority, key, "-n", "root,eva", "-V", "20260101Z:20260201Z", "-O", "source-address=10.0.0.0/8", "-z", "9").read_bytes()  # noqa: E501  # fmt: skip


def test_it_is_read_as_ssh_keygen_reads_it(line: bytes, tmp_path: Path) -> None:
    about = certificate_in(line).about
    (tmp_path / "x-cert.pub").write_bytes(line)
    told = subprocess.run(
        ["ssh-keygen", "-L", "-f", str(tmp_path / "x-cert.pub")],
        capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin"},
    ).stdout  # fmt: skip
    assert about.fingerprint in told
    assert about.authority in told
    assert f'Key ID: "{about.key_id}"' in told
    assert f"Serial: {about.serial}" in told
    assert (about.principals, about.options) == (("root", "eva"), ("source-address=10.0.0.0/8",))
    assert (about.valid_after, about.valid_before) == (1767225600, 1769904000)
    assert about.signed


def test_a_changed_byte_costs_the_signature(line: bytes) -> None:
    blob = base64.b64decode(line.split()[1])
    forged = blob.replace(b"\x04root\x00\x00\x00\x03eva", b"\x04toor\x00\x00\x00\x03eva")
    assert forged != blob
    assert not read_certificate(forged).about.signed


@given(place=some.integers(0, 400), byte=some.integers(0, 255), cut=some.integers(0, 400))
def test_broken_bytes_end_in_one_way(line: bytes, place: int, byte: int, cut: int) -> None:
    blob = bytearray(base64.b64decode(line.split()[1]))
    blob[place % len(blob)] = byte
    for broken in (bytes(blob), bytes(blob[: len(blob) - cut])):
        try:
            about = read_certificate(broken).about
            texts = (about.key_id, *about.principals, *about.options)
        except NotACertificate as error:
            texts = (str(error),)
        assert all(text.isprintable() for text in texts)


@pytest.mark.parametrize(
    "text", [b"", b"ssh-ed25519 AAAA", b"x-cert-v01@openssh.com !", b"x-cert-v01@openssh.com AAAA"]
)
def test_what_is_no_certificate(text: bytes) -> None:
    with pytest.raises(NotACertificate):
        certificate_in(text)
