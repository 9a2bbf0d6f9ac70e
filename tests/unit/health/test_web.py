"""One request: bounded in bytes and time, whatever the server does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from access_check.profile import WebPage
from callout.health.observation import Answer
from callout.health.web import MAXIMUM_BYTES, ask_page

Serve = Callable[[Callable[[socket.socket], None]], WebPage]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A plain TCP server that does what it is told with each connection; gives back the page to ask."""
    listeners: list[socket.socket] = []

    def start(behave: Callable[[socket.socket], None]) -> WebPage:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    behave(connection)
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        return WebPage(scheme="http", port=listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.close()


def test_page_over_self_signed_tls(web: Any) -> None:
    """Tolerated where the profile says so."""
    got = ask_page("127.0.0.1", WebPage(scheme="https", port=web.port, self_signed_tolerated=True))
    assert (got.answer, got.status, got.body) == (Answer.ANSWERED, 200, web.page)


def test_self_signed_is_refused_where_not_tolerated(web: Any) -> None:
    """Without tolerance the certificate counts."""
    got = ask_page("127.0.0.1", WebPage(scheme="https", port=web.port))
    assert got.answer is Answer.TLS_REFUSED
    assert web.asked == []


def test_body_is_bounded(web: Any) -> None:
    """256 KiB, and no more."""
    web.page = b"x" * (MAXIMUM_BYTES + 10)
    got = ask_page("127.0.0.1", WebPage(scheme="https", port=web.port, self_signed_tolerated=True))
    assert got.cut
    assert len(got.body) == MAXIMUM_BYTES


def drip(connection: socket.socket) -> None:
    """A byte now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def say_nothing(connection: socket.socket) -> None:
    """Accepts, and that is all."""
    time.sleep(5)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("behave", [drip, say_nothing])
def test_slow_servers_end_at_the_deadline(serve: Serve, behave: Any, scheme: str) -> None:
    """A byte a second is no way round the deadline, in the TLS handshake neither."""
    page = serve(behave).model_copy(update={"scheme": scheme, "self_signed_tolerated": True})
    began = time.monotonic()
    got = ask_page("127.0.0.1", page, deadline_s=0.4)
    assert time.monotonic() - began < 2
    assert got.status == 0
    assert got.answer in (Answer.SILENT, Answer.TLS_REFUSED)


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 70000, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200],
)
def test_nonsense_is_no_answer(serve: Serve, said: bytes) -> None:
    """What is not HTTP has no status."""
    got = ask_page("127.0.0.1", serve(lambda connection: connection.sendall(said)), deadline_s=2)
    assert (got.answer, got.status) == (Answer.NONSENSE, 0)
    assert got.detail.isprintable()


def test_closed_port_is_refused() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert ask_page("127.0.0.1", WebPage(scheme="http", port=port)).answer is Answer.REFUSED


def test_name_that_is_none() -> None:
    """An address that cannot be one is an answer too, not an exception."""
    assert ask_page("no such host.invalid", WebPage(scheme="http", port=80)).answer is Answer.UNREACHABLE
