"""The edge towards another system: bounded, never redirected, and the token goes nowhere but where it belongs."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from callout.desk.bridges.address import place_of
from callout.desk.bridges.connection import BridgeConnection
from callout.desk.bridges.records import Request
from callout.errors import BadInput, CalloutError, TrustRefused, Unreachable
from tests.unit.desk.bridges.remote_server import RemoteServer, answer, cut, endless, slow

TOKEN = "1-14-s3cr3t-of-the-bridge"
ASKED = Request("GET", "/REST/2.0/ticket/41")


def connection(remote: RemoteServer, timeout_s: float = 10, ca_file: Path | None = None) -> BridgeConnection:
    """To that server, with a token."""
    place = place_of(remote.url, "url")
    return BridgeConnection("rt", place, SecretStr(f"token {TOKEN}"), timeout_s=timeout_s, ca_file=ca_file)


def test_an_answer_and_what_was_sent_for_it(remote: RemoteServer) -> None:
    said = connection(remote).ask(Request("GET", "/REST/2.0/ticket/41", (("fields", "A,B & C"),)))
    assert said["id"] == 41
    assert remote.asked == [("GET", "/REST/2.0/ticket/41?fields=A%2CB+%26+C", f"token {TOKEN}")]


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], bool]:
    """An answer whose body repeats the token, as servers do."""
    return lambda handler: answer(handler, {"message": f"no: {TOKEN}"}, code, **headers)


def flood_of_headers(handler: BaseHTTPRequestHandler) -> bool:
    """Headers without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % one for one in range(20_000)))
    handler.close_connection = True
    return True


def nonsense(handler: BaseHTTPRequestHandler) -> bool:
    """No HTTP."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    handler.close_connection = True
    return True


FAULTS: list[tuple[Callable[[BaseHTTPRequestHandler], bool], type[CalloutError], str]] = [
    (status(401), BadInput, "refuses the token"),
    (status(403), BadInput, "refuses the token"),
    (status(404), Unreachable, "does not have it"),
    (status(429, Retry_After="17"), Unreachable, "ask too often"),
    (status(429, Retry_After="soon\x7f"), Unreachable, "ask too often"),
    (status(500), Unreachable, "answers with 500"),
    (status(503), Unreachable, "answers with 503"),
    (lambda handler: answer(handler, b"<html>", Content_Type="text/html"), Unreachable, "text/html and not with JSON"),
    (lambda handler: answer(handler, b"{"), Unreachable, "is no JSON"),
    (lambda handler: answer(handler, b"[" * 200_000), Unreachable, "is no JSON"),
    (cut, Unreachable, "no HTTP|was cut"),
    (endless, Unreachable, "more than 4 MiB"),
    (flood_of_headers, Unreachable, "no HTTP|more than"),
    (nonsense, Unreachable, "no HTTP"),
]


@pytest.mark.parametrize(("fault", "kind", "says"), FAULTS)
def test_faults_are_sentences_without_the_token(
    remote: RemoteServer, fault: Callable[[BaseHTTPRequestHandler], bool], kind: type[CalloutError], says: str
) -> None:
    remote.fault = fault
    with pytest.raises(kind, match=says) as caught:
        connection(remote).ask(ASKED)
    assert TOKEN not in f"{caught.value.message} {caught.value.hint} {caught.value!r} {caught.value.__cause__}"
    assert caught.value.message.isprintable()
    assert len(remote.asked) == 1  # nothing is asked twice


def test_when_to_come_back_is_told(remote: RemoteServer) -> None:
    remote.fault = status(429, Retry_After="17")
    with pytest.raises(Unreachable) as caught:
        connection(remote).ask(ASKED)
    assert caught.value.hint == "Run it again in 17 seconds."


def test_a_server_that_drips_ends_with_the_timeout(remote: RemoteServer) -> None:
    remote.fault = slow
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"did not come within 0\.4 s"):
        connection(remote, timeout_s=0.4).ask(ASKED)
    assert time.monotonic() - began < 5


def test_no_redirect_is_followed(remote: RemoteServer) -> None:
    elsewhere = RemoteServer()
    remote.fault = status(302, Location=f"{elsewhere.url}/REST/2.0/ticket/41")
    with pytest.raises(Unreachable, match="no redirect is followed"):
        connection(remote).ask(ASKED)
    assert elsewhere.asked == []
    elsewhere.close()


def test_where_nobody_is_there(remote: RemoteServer) -> None:
    gone = connection(remote)
    remote.close()
    with pytest.raises(Unreachable, match=r"rt at 127\.0\.0\.1"):
        gone.ask(ASKED)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://rt.example.org", "by https only"),
        ("http://127.0.0.1.example.org", "by https only"),
        ("http://10.0.0.1/rt", "by https only"),
        ("ftp://rt.example.org", "no address"),
        ("https://user:pass@rt.example.org", "no address"),
        ("https://rt.example.org/?a=1", "no address"),
        ("https://rt.example.org:99999", "no address"),
        ("https://[::1", "no address"),
        ("https://", "no address"),
    ],
)
def test_addresses_that_are_refused(url: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        place_of(url, "callout_policy.desk.bridges.rt.url")


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://rt.example.org/", "rt.example.org", ""),
        ("https://rt.example.org:8443/help/rt/", "rt.example.org:8443", "/help/rt"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", ""),
        ("http://[::1]/x", "[::1]", "/x"),
        ("http://localhost", "localhost", ""),
    ],
)
def test_addresses_that_are_taken(url: str, authority: str, path: str) -> None:
    place = place_of(url, "url")
    assert (place.authority, place.path) == (authority, path)


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[RemoteServer, Path]]:
    """A server behind TLS, and the file of the authority (itself) that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rt.practice.example")])
    begins = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority, secret = tmp_path / "ca.pem", tmp_path / "key.pem"
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, pkcs8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, secret)
    server = RemoteServer(context)
    yield server, authority
    server.close()


def test_a_certificate_that_nobody_vouches_for_is_sent_nothing(certified: tuple[RemoteServer, Path]) -> None:
    server, _ = certified
    with pytest.raises(TrustRefused, match="is not trusted"):
        connection(server).ask(ASKED)
    assert server.asked == []


def test_the_authority_that_policy_names_is_enough(certified: tuple[RemoteServer, Path]) -> None:
    server, authority = certified
    said: dict[str, Any] = connection(server, ca_file=authority).ask(ASKED)
    assert said["id"] == 41


def test_an_authority_that_cannot_be_read_is_named(certified: tuple[RemoteServer, Path], tmp_path: Path) -> None:
    server, _ = certified
    with pytest.raises(BadInput, match=r"bridges.rt.ca_file: .*nowhere.pem cannot be read"):
        connection(server, ca_file=tmp_path / "nowhere.pem")


def test_plain_http_to_a_tls_port_is_a_sentence(certified: tuple[RemoteServer, Path]) -> None:
    server, _ = certified
    place = place_of(server.url.replace("https", "http"), "url")
    with pytest.raises(Unreachable):
        BridgeConnection("rt", place, SecretStr("token x"), timeout_s=5).ask(ASKED)
