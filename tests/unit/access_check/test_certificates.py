"""Certificates on real TLS servers: each kind named, one connection where one is enough, nothing sent too early."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.observations import Certificate, Page, PageObservation
from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.probes.web import look_at_web
from tests.unit.access_check.web_servers import FormSite, authority, certificate, fingerprint_of, running

Look = Callable[..., PageObservation]


@pytest.fixture
def look(make_target: Any) -> Look:
    """Looks at an https page on loopback; keywords are the page's."""

    def looked(port: int, **page: Any) -> PageObservation:
        gui = {"scheme": "https", "port": port, **page}
        target = make_target(api=None, profile={"web": {"gui": gui}})
        deadline = Deadline(10)
        seen = look_at_web(target, port, deadline, lambda: connect(["127.0.0.1"], port, deadline)[1])
        return seen.pages["gui"]

    return looked


def test_a_tolerated_self_signed_one_costs_one_connection(look: Look, tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with running(FormSite(), path) as site:
        seen = look(site.port, self_signed_tolerated=True)
    assert (seen.page, seen.status, seen.certificate) == (Page.ANSWERED, 200, Certificate.SELF_SIGNED)
    assert (site.connections, len(site.requests)) == (1, 1)
    assert seen.presented is not None
    assert (seen.presented.subject, seen.presented.issuer) == ("CN=pbx", "CN=pbx")
    assert seen.presented.names == ("pbx.example", "127.0.0.1")
    assert seen.presented.fingerprint == fingerprint_of(path)
    assert seen.presented.protocol.startswith("TLSv1.")
    assert (seen.presented.not_after - seen.presented.not_before).days == 120
    assert seen.presented.chain_length in ((1,) if hasattr(ssl.SSLSocket, "get_unverified_chain") else (0,))


@pytest.mark.parametrize("tolerated", [True, False])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, Certificate.TRUSTED),
        ({"ends": -1}, Certificate.EXPIRED),
        ({"begins": 1}, Certificate.NOT_YET_VALID),
        ({"address": "10.9.9.9"}, Certificate.WRONG_NAME),
        ({"with_chain": True}, Certificate.TRUSTED),
    ],
)
def test_signed_by_an_authority_that_we_trust(
    look: Look,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    expected: Certificate,
    tolerated: bool,
) -> None:
    ours = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.path))
    with running(FormSite(), certificate(tmp_path, by=ours, **options)) as site:
        seen = look(site.port, self_signed_tolerated=tolerated)
    assert (seen.page, seen.certificate) == (Page.ANSWERED, expected)
    assert len(site.requests) == 1
    assert site.connections == 1 + tolerated + (expected is not Certificate.TRUSTED)


@pytest.mark.parametrize("with_chain", [True, False])
@pytest.mark.parametrize("tolerated", [True, False])
def test_an_unknown_authority_is_not_self_signed(look: Look, tmp_path: Path, with_chain: bool, tolerated: bool) -> None:
    path = certificate(tmp_path, by=authority(tmp_path), with_chain=with_chain)
    with running(FormSite(), path) as site:
        seen = look(site.port, self_signed_tolerated=tolerated)
    assert (seen.page, seen.certificate) == (Page.ANSWERED, Certificate.UNTRUSTED)
    assert seen.detail
    assert seen.detail.isprintable()


def test_self_signed_and_not_tolerated(look: Look, tmp_path: Path) -> None:
    with running(FormSite(), certificate(tmp_path)) as site:
        assert look(site.port).certificate is Certificate.SELF_SIGNED


@pytest.mark.parametrize("tolerated", [True, False])
def test_a_pinned_certificate(look: Look, tmp_path: Path, tolerated: bool) -> None:
    path, other = certificate(tmp_path), certificate(tmp_path)
    with running(FormSite(), path) as site:
        pinned = look(site.port, self_signed_tolerated=tolerated, certificate_sha256=fingerprint_of(path))
        changed = look(site.port, self_signed_tolerated=tolerated, certificate_sha256=fingerprint_of(other))
    assert pinned.certificate is Certificate.PINNED
    assert changed.certificate is Certificate.CHANGED
    assert site.connections == 2
