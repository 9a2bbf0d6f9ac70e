"""Web pages on loopback, good and hostile: bounded, no redirect followed, certificates named."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.observations import Certificate, Page, PageObservation
from access_check.probes.deadline import Deadline
from access_check.probes.tcp import connect
from access_check.probes.web import look_at_web
from tests.unit.access_check.web_servers import certificate

TIMEOUT_S = 1.0
Behaviour = Callable[[socket.socket, threading.Event], None]


@pytest.fixture
def looked(make_target: Any) -> Callable[..., PageObservation]:
    """Looks at the page of a server on loopback, bounded as promised."""

    def look(port: int, scheme: str = "http", timeout_s: float = TIMEOUT_S) -> PageObservation:
        page = {"scheme": scheme, "port": port, "self_signed_tolerated": True}
        target = make_target(profile={"web": {"gui": page}})
        deadline = Deadline(timeout_s)
        opened: list[socket.socket] = []

        def again() -> socket.socket | None:
            sock = connect(["127.0.0.1"], port, deadline)[1]
            opened.extend([sock] if sock else [])
            return sock

        began = time.monotonic()
        seen = look_at_web(target, port, deadline, again)
        assert time.monotonic() - began <= timeout_s + 1
        assert all(sock.fileno() == -1 for sock in opened)
        return seen.pages["gui"]

    return look


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
        (says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8b"), Page.ANSWERED),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"), Page.ANSWERED),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx"), Page.ANSWERED),
        (says(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n"), Page.TOO_MUCH),
        (says(b"HTTP/1.1 200 " + b"y" * 70_000 + b"\r\n\r\n"), Page.TOO_MUCH),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n" * 3000), Page.TOO_MUCH),
        (says(b"\xff\x1b[2J"), Page.NOT_HTTP),
        (says(b""), Page.RESET),
        (silent, Page.TIMEOUT),
        (one_byte_a_time, Page.TIMEOUT),
        (endless_headers, Page.TOO_MUCH),
    ],
)
def test_plain_pages(serve: Any, looked: Any, behaviour: Behaviour, page: Page) -> None:
    seen = looked(serve(behaviour).port)
    assert seen.page is page
    assert seen.detail.isprintable()
    assert seen.certificate is Certificate.NONE


def test_no_redirect_is_followed(serve: Any, looked: Any) -> None:
    elsewhere = serve(says(b"HTTP/1.1 200 OK\r\n\r\n"))
    answer = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere.port}/\x1b[1m\r\nServer: nginx\r\n\r\n"
    seen = looked(serve(says(answer.encode())).port)
    assert (seen.status, seen.server) == (302, "nginx")
    assert seen.location.endswith("/\\x1b[1m")
    assert elsewhere.connections == 0


def over_tls(path: Path, behaviour: Behaviour) -> Behaviour:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def behave(connection: socket.socket, closing: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            behaviour(secure, closing)

    return behave


def test_a_self_signed_certificate_is_named_and_the_page_still_seen(serve: Any, looked: Any, tmp_path: Path) -> None:
    server = serve(over_tls(certificate(tmp_path), says(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n")))
    seen = looked(server.port, "https")
    assert (seen.page, seen.status, seen.certificate) == (Page.ANSWERED, 200, Certificate.SELF_SIGNED)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "page"),
    [
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Page.TLS_FAILED),
        (says(b"\x15\x03\x01\x00\x02\x02\x46"), Page.TLS_FAILED),
        (silent, Page.TIMEOUT),
        (one_byte_a_time, Page.TLS_FAILED),
    ],
)
def test_what_is_no_tls(serve: Any, looked: Any, behaviour: Behaviour, page: Page) -> None:
    assert looked(serve(behaviour).port, "https").page is page


def test_tls_that_dribbles_ends_at_the_deadline(serve: Any, looked: Any) -> None:
    def dribble(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not closing.wait(0.1):
            connection.sendall(b"\x02")

    assert looked(serve(dribble).port, "https").page in (Page.TIMEOUT, Page.TLS_FAILED)
