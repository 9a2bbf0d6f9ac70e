"""Web pages on loopback, good and hostile: bounded, no redirect followed, certificates named."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from access_check.observations import Certificate, Page, PageObservation
from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.probes.web import look_at_page
from access_check.profile import WebPage

TIMEOUT_S = 1.0
Behaviour = Callable[[socket.socket, threading.Event], None]


def looked(port: int, scheme: str = "http", host: str = "127.0.0.1") -> PageObservation:
    deadline = Deadline(TIMEOUT_S)
    _, sock = connect([host], port, deadline)
    assert sock is not None
    page = WebPage.model_validate({"scheme": scheme, "port": port, "self_signed_tolerated": True})
    began = time.monotonic()
    seen = look_at_page(sock, host, page, deadline, lambda: connect([host], port, deadline)[1])
    assert time.monotonic() - began <= TIMEOUT_S + 1
    assert sock.fileno() == -1
    return seen


def says(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket, closing: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    return behave


def silent(connection: socket.socket, closing: threading.Event) -> None:
    while connection.recv(4096):
        pass


def endless_headers(connection: socket.socket, closing: threading.Event) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not closing.is_set():
        connection.sendall(b"X-Flood: y\r\n" * 500)


def one_byte_a_time(connection: socket.socket, closing: threading.Event) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" * 20:
        connection.sendall(bytes([byte]))
        if closing.wait(0.2):
            return


@pytest.mark.parametrize(
    ("behaviour", "page"),
    [
        (says(b"HTTP/1.1 200 OK\r\n\r\nbody"), Page.ANSWERED),
        (says(b"HTTP/1.0 200\nServer: x\n\n"), Page.ANSWERED),
        (says(b"HTTP/1.1 200 OK\r\nServer: cut off"), Page.ANSWERED),
        (says(b"SSH-2.0-OpenSSH_9.9\r\n"), Page.NOT_HTTP),
        (says(b"HTTP/1.1 999 Odd\r\n\r\n"), Page.NOT_HTTP),
        (says(b"\xff\x1b[2J"), Page.NOT_HTTP),
        (says(b""), Page.RESET),
        (silent, Page.TIMEOUT),
        (one_byte_a_time, Page.TIMEOUT),
        (endless_headers, Page.TOO_MUCH),
    ],
)
def test_plain_pages(serve: Any, behaviour: Behaviour, page: Page) -> None:
    seen = looked(serve(behaviour).port)
    assert seen.page is page
    assert seen.detail.isprintable()
    assert seen.certificate is Certificate.NONE


def test_no_redirect_is_followed(serve: Any) -> None:
    elsewhere = serve(says(b"HTTP/1.1 200 OK\r\n\r\n"))
    answer = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere.port}/\x1b[1m\r\nServer: nginx\r\n\r\n"
    seen = looked(serve(says(answer.encode())).port)
    assert (seen.status, seen.server) == (302, "nginx")
    assert seen.location.endswith("/\\x1b[1m")
    assert elsewhere.connections == 0


def certificate(folder: Path, *, days: int = 30, name: str = "127.0.0.1") -> Path:
    """A self-signed certificate with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=60))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def over_tls(path: Path, behaviour: Behaviour) -> Behaviour:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def behave(connection: socket.socket, closing: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            behaviour(secure, closing)

    return behave


def test_a_self_signed_certificate_is_named_and_the_page_still_seen(serve: Any, tmp_path: Path) -> None:
    server = serve(over_tls(certificate(tmp_path), says(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n")))
    seen = looked(server.port, "https")
    assert (seen.page, seen.status, seen.certificate) == (Page.ANSWERED, 200, Certificate.SELF_SIGNED)
    assert server.connections == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, Certificate.TRUSTED), ({"days": -1}, Certificate.EXPIRED), ({"name": "10.9.9.9"}, Certificate.WRONG_NAME)],
)
def test_certificates_that_our_trust_store_has(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], expected: Certificate
) -> None:
    path = certificate(tmp_path, **options)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    seen = looked(serve(over_tls(path, says(b"HTTP/1.1 200 OK\r\n\r\n"))).port, "https")
    assert (seen.page, seen.certificate) == (Page.ANSWERED, expected)


@pytest.mark.parametrize(
    ("behaviour", "page"),
    [
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Page.TLS_FAILED),
        (says(b"\x15\x03\x01\x00\x02\x02\x46"), Page.TLS_FAILED),
        (silent, Page.TIMEOUT),
        (one_byte_a_time, Page.TLS_FAILED),
    ],
)
def test_what_is_no_tls(serve: Any, behaviour: Behaviour, page: Page) -> None:
    assert looked(serve(behaviour).port, "https").page is page


def test_tls_that_dribbles_ends_at_the_deadline(serve: Any) -> None:
    def dribble(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not closing.wait(0.1):
            connection.sendall(b"\x02")

    assert looked(serve(dribble).port, "https").page in (Page.TIMEOUT, Page.TLS_FAILED)
