"""One SIP OPTIONS against UDP servers on loopback that count what reaches them."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from access_check.observations import Sip
from access_check.probes.sip import sip_options

Answers = Callable[[bytes], list[bytes]]


@pytest.fixture
def sip_server() -> Iterator[Callable[[Answers], tuple[int, list[bytes]]]]:
    """Starts a UDP server that answers each datagram with those that `answers` makes of it."""
    opened: list[socket.socket] = []

    def start(answers: Answers) -> tuple[int, list[bytes]]:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        opened.append(server)
        received: list[bytes] = []

        def answer() -> None:
            try:
                datagram, sender = server.recvfrom(8192)
            except OSError:
                return  # the test is over
            received.append(datagram)
            for reply in answers(datagram):
                server.sendto(reply, sender)

        threading.Thread(target=answer, daemon=True).start()
        return server.getsockname()[1], received

    yield start
    for server in opened:
        server.close()


def call_id(datagram: bytes) -> bytes:
    found = re.search(rb"Call-ID: (\S+)", datagram)
    assert found
    return found[1]


def well(datagram: bytes) -> list[bytes]:
    head = b"SIP/2.0 200 OK\r\nCall-ID: " + call_id(datagram)
    return [head + b"\r\nServer: Asterisk \x1b[5m16\r\nContent-Length: 0\r\n\r\n"]


def test_answered(sip_server: Any) -> None:
    port, received = sip_server(well)
    seen = sip_options("127.0.0.1", port, 10)
    assert (seen.sip, seen.status, seen.reason) == (Sip.ANSWERED, 200, "OK")
    assert seen.user_agent == "Asterisk \\x1b[5m16"
    assert len(received) == 1
    assert received[0].startswith(f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n".encode())
    assert b"REGISTER" not in received[0]
    assert received[0].endswith(b"\r\n\r\n")


def test_any_status_means_alive(sip_server: Any) -> None:
    port, _ = sip_server(lambda datagram: [b"SIP/2.0 404 Not Found\r\nCall-ID: " + call_id(datagram) + b"\r\n\r\n"])
    assert sip_options("127.0.0.1", port, 10).status == 404


def test_somebody_else_s_answer_is_passed_over(sip_server: Any) -> None:
    port, _ = sip_server(lambda datagram: [b"SIP/2.0 500 Other\r\nCall-ID: other\r\n\r\n", *well(datagram)])
    assert sip_options("127.0.0.1", port, 10).status == 200


@pytest.mark.parametrize(
    ("answers", "sip"),
    [(lambda datagram: [], Sip.SILENT), (lambda datagram: [b"HTTP/1.1 400\r\n"], Sip.NOT_SIP)],
)
def test_no_answer_ends_in_time(sip_server: Any, answers: Answers, sip: Sip) -> None:
    port, received = sip_server(answers)
    began = time.monotonic()
    assert sip_options("127.0.0.1", port, 2).sip is sip
    assert time.monotonic() - began < 3
    assert len(received) == 1


def test_closed_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.connect(("127.0.0.1", 9))  # held, and yet deaf to everybody else: the kernel refuses for it
        assert sip_options("127.0.0.1", server.getsockname()[1], 10).sip is Sip.REFUSED


def test_unknown_name() -> None:
    assert sip_options("no-such-host.invalid", 5060, 3).sip is Sip.RESOLVE_FAILED
