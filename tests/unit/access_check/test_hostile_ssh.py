"""Servers that misbehave on the SSH port: each ends by the deadline, with a verdict of its own."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status
from access_check.probes.guard import BEFORE_LOGIN_BYTES
from access_check.sweep import check_system, sweep

TIMEOUT_S = 2.5
# Starting the workers is our own time, not the system's; on a busy machine it takes a while.
STARTS_WITHIN_S = 10.0
BANNER = b"SSH-2.0-OpenSSH_9.9\r\n"


def silent(connection: socket.socket, closing: threading.Event) -> None:
    while connection.recv(4096):
        pass


def closes(connection: socket.socket, closing: threading.Event) -> None:
    return


def speaks_http(connection: socket.socket, closing: threading.Event) -> None:
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mnginx\r\nConnection: close\r\n\r\n<html>")


def endless_banner(connection: socket.socket, closing: threading.Event) -> None:
    while not closing.is_set():
        connection.sendall(b"x" * 65536)


def endless_lines(connection: socket.socket, closing: threading.Event) -> None:
    while not closing.is_set():
        connection.sendall(b"welcome\r\n" * 1000)


def one_byte_a_time(connection: socket.socket, closing: threading.Event) -> None:
    for byte in BANNER * 100:
        connection.sendall(bytes([byte]))
        if closing.wait(0.2):
            return


def ill_blocked_packet(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER + struct.pack(">I", 2**32 - 1) + b"\x04\x14" * 100)
    while connection.recv(4096):
        pass


def huge_packet(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER + struct.pack(">I", 2**32 - 4) + b"\x04\x14")
    while not closing.is_set():
        connection.sendall(b"\0" * 65536)


def huge_packet_then_silence(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER + struct.pack(">I", 2**32 - 1) + b"\x04\x14")
    while connection.recv(4096):
        pass


def silent_after_banner(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER)
    while connection.recv(4096):
        pass


def closes_after_banner(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER)
    connection.recv(100)


def rubbish_after_banner(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER + struct.pack(">IBB", 12, 4, 20) + b"\xff" * 6 + b"\0" * 4)
    while connection.recv(4096):
        pass


def old_protocol(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(b"SSH-1.5-1.2.27\r\n")
    while connection.recv(4096):
        pass


def banner_in_latin_1(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(b"SSH-2.0-caf\xe9\x1b[2J\r\n")
    while connection.recv(4096):
        pass


CASES = [
    (silent, "ssh.banner", "silent", Status.FAIL),
    (closes, "ssh.banner", "closed-before-banner", Status.FAIL),
    (speaks_http, "ssh.banner", "not-ssh", Status.FAIL),
    (endless_banner, "ssh.banner", "not-ssh", Status.FAIL),
    (endless_lines, "ssh.banner", "not-ssh", Status.FAIL),
    (one_byte_a_time, "ssh.banner", "silent", Status.FAIL),
    (ill_blocked_packet, "ssh.handshake", "broken", Status.FAIL),
    (huge_packet, "ssh.handshake", "too-much", Status.FAIL),
    (huge_packet_then_silence, "ssh.handshake", "timeout", Status.UNKNOWN),
    (silent_after_banner, "ssh.handshake", "timeout", Status.UNKNOWN),
    (closes_after_banner, "ssh.handshake", "closed", Status.FAIL),
    (rubbish_after_banner, "ssh.handshake", "broken", Status.FAIL),
    (old_protocol, "ssh.handshake", "broken", Status.FAIL),
    (banner_in_latin_1, "ssh.handshake", "broken", Status.FAIL),
]


def by_name(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.check.partition("@")[0]: finding for finding in findings}


@pytest.mark.parametrize(("behaviour", "check", "code", "status"), CASES, ids=[case[0].__name__ for case in CASES])
def test_ends_by_the_deadline_with_its_own_verdict(
    serve: Any, make_target: Any, behaviour: Any, check: str, code: str, status: Status
) -> None:
    server = serve(behaviour)
    began = time.monotonic()
    report = check_system(make_target(server.port), TIMEOUT_S)
    assert time.monotonic() - began <= TIMEOUT_S + 1 + STARTS_WITHIN_S
    finding = by_name(report.findings)[check]
    assert (finding.code, finding.status) == (code, status)
    assert finding.move is Move.CUSTOMER
    assert finding.remedy
    assert finding.seen.isprintable()
    assert by_name(report.findings)["ssh.login"].code == "not-reached"
    assert by_name(report.findings)["ssh.banner"].evidence["received_bytes"] <= BEFORE_LOGIN_BYTES
    assert server.connections == 1


def test_refused_port(make_target: Any, closed_port: int) -> None:
    report = check_system(make_target(closed_port), TIMEOUT_S)
    assert by_name(report.findings)["tcp"].code == "refused"


def test_silent_port_reads_as_off_or_banned(make_target: Any) -> None:
    """A listener whose queue is full drops what comes: the port times out, as behind a firewall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
        assert select.select([], fillers, [], 20)[1]  # one stands in the queue, which is full now
        began = time.monotonic()
        report = check_system(make_target(listener.getsockname()[1]), TIMEOUT_S)
        for filler in fillers:
            filler.close()
    assert time.monotonic() - began <= TIMEOUT_S + 1 + STARTS_WITHIN_S
    finding = by_name(report.findings)["tcp"]
    assert finding.code == "timeout"
    assert "banned" in finding.seen


def test_name_that_does_not_resolve(make_target: Any) -> None:
    report = check_system(make_target(address="no-such-host.invalid"), 5)
    finding = by_name(report.findings)["address.resolves"]
    assert finding.code in ("resolve-failed", "resolve-timeout")
    assert report.findings[2].code == "not-reached"


def test_dead_systems_cost_one_timeout_together_and_order_is_kept(serve: Any, make_target: Any) -> None:
    server, closed = serve(silent), serve(closes)
    targets = [make_target(server.port, name=f"dead-{number}") for number in range(6)]
    targets.insert(3, make_target(closed.port, name="quick"))
    began = time.monotonic()
    reports = sweep(targets, jobs=16, timeout_s=TIMEOUT_S)
    assert time.monotonic() - began <= TIMEOUT_S + 1 + STARTS_WITHIN_S
    assert [report.target.name for report in reports] == [target.name for target in targets]
    assert by_name(reports[3].findings)["ssh.banner"].code == "closed-before-banner"


def test_threads_and_descriptors_are_given_back(serve: Any, make_target: Any) -> None:
    targets = [make_target(serve(behaviour).port) for behaviour in (speaks_http, huge_packet, old_protocol, closes)]
    sweep(targets, timeout_s=TIMEOUT_S)
    assert_settles(lambda: client_threads() == 0)
    before = open_descriptors()
    sweep(targets * 10, timeout_s=TIMEOUT_S, jobs=8)
    assert_settles(lambda: client_threads() == 0)
    assert_settles(lambda: open_descriptors() <= before)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def client_threads() -> int:
    """Threads of ours and of Paramiko's, not of this test's servers."""
    return sum(
        type(thread).__name__ in ("Transport", "Timer") or thread.name == "access-check"
        for thread in threading.enumerate()
    )


def assert_settles(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.05)
