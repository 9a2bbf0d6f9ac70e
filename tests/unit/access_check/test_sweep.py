"""The sweep against real servers: order, tar pits, steps left out, progress, and what never gets a worker."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding
from access_check.observations import Observations
from access_check.sweep import Progress, SystemReport, check_system, sweep

TIMEOUT_S = 8.0
BANNER = b"SSH-2.0-OpenSSH_9.9\r\n"


def found(report: SystemReport) -> dict[str, Finding]:
    return {finding.check.partition("@")[0]: finding for finding in report.findings}


def never_speaks(connection: socket.socket, closing: threading.Event) -> None:
    while connection.recv(4096):
        pass


def banner_only(connection: socket.socket, closing: threading.Event) -> None:
    connection.sendall(BANNER)
    while connection.recv(4096):
        pass


def drips(connection: socket.socket, closing: threading.Event) -> None:
    while not closing.wait(0.3):
        connection.sendall(b"x")


class TarPit:
    """Speaks SSH up to the key exchange of a real server, and then not a word."""

    def __init__(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as real:
            real.sendall(b"SSH-2.0-x\r\n")
            real.settimeout(5)
            self.words = b""
            while len(self.words) < 300:
                self.words += real.recv(4096)

    def __call__(self, connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(self.words)
        while connection.recv(4096):
            pass


def test_tar_pits_keep_no_good_system_from_its_turn(serve: Any, ssh_server: Any, make_target: Any) -> None:
    """Three places for logins, thirty servers that go quiet in the key exchange, and six good ones behind them."""
    good = ssh_server()
    pit, quiet, slow = serve(TarPit(good.port)), serve(banner_only), serve(drips)
    trust = good.known_hosts_line()
    targets = [make_target(pit.port, trust, name=f"pit-{number}") for number in range(30)]
    targets += [
        make_target(port, trust, name=f"quiet-{port}-{n}") for port in (quiet.port, slow.port) for n in range(9)
    ]
    targets += [make_target(good.port, trust, name=f"good-{number}") for number in range(6)]
    began = time.monotonic()
    reports = sweep(targets, jobs=3, timeout_s=20)
    assert time.monotonic() - began <= 20 * 1.2 + 10
    assert [report.target.name for report in reports] == [target.name for target in targets]
    for report in reports:
        name = report.target.name.partition("-")[0]
        if name == "good":
            assert found(report)["ssh.shell"].code == "works"
        elif name == "pit":
            assert found(report)["ssh.handshake"].code == "timeout"
    assert len(good.passwords) == 6
    assert pit.connections == 30


@pytest.mark.parametrize("behaviour", [never_speaks, drips])
def test_who_says_nothing_gets_no_worker(serve: Any, make_target: Any, behaviour: Any) -> None:
    server = serve(behaviour)
    processes: set[str] = set()

    def look(progress: Progress) -> None:
        for task in Path(f"/proc/{os.getpid()}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # the thread has just ended
                processes.update((task / "children").read_text().split())

    reports = sweep([make_target(server.port)] * 20, timeout_s=2, progress=look)
    assert {found(report)["ssh.banner"].code for report in reports} <= {"silent", "not-ssh"}
    assert processes == set()


def test_progress_ends_with_all_done_and_names_who_is_waited_for(serve: Any, make_target: Any) -> None:
    server = serve(never_speaks)
    told: list[Progress] = []
    targets = [make_target(server.port, name=f"dead-{number}") for number in range(12)]
    sweep(targets, timeout_s=2, progress=told.append)
    assert (told[-1].done, told[-1].total, told[-1].amiss) == (12, 12, 12)
    assert told[-1].waiting == ()
    assert any(progress.waiting[:2] == ("dead-0", "dead-1") for progress in told)


def test_raw_observations_are_handed_out(serve: Any, make_target: Any) -> None:
    server = serve(banner_only)
    seen: dict[str, Observations] = {}
    sweep([make_target(server.port)], timeout_s=1.5, seen=lambda target, raw: seen.update({target.name: raw}))
    assert seen["acme-pbx1"].ssh[server.port].banner_text == BANNER.decode().strip()


def test_only_the_banner_means_no_key_exchange_and_no_login(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server()
    report = check_system(make_target(server.port, server.known_hosts_line()), TIMEOUT_S, only=["ssh.banner"])
    assert [(finding.check, finding.code) for finding in report.findings] == [(f"ssh.banner@{server.port}", "ssh")]
    assert server.passwords == []


def test_only_the_host_key_means_no_login(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server()
    report = check_system(make_target(server.port, server.known_hosts_line()), TIMEOUT_S, only=["ssh.host_key"])
    assert [finding.code for finding in report.findings] == ["known"]
    assert server.passwords == []


def test_only_the_login_means_no_shell(ssh_server: Any, make_target: Any) -> None:
    commands: list[Any] = []

    async def noted(process: Any) -> None:
        commands.append(process.command)
        process.exit(0)

    server = ssh_server(noted)
    report = check_system(make_target(server.port, server.known_hosts_line()), TIMEOUT_S, only=["ssh.login"])
    assert [finding.code for finding in report.findings] == ["accepted"]
    assert (len(server.passwords), commands) == (1, [])


def test_only_the_address_means_no_connection(serve: Any, make_target: Any) -> None:
    server = serve(never_speaks)
    report = check_system(make_target(server.port), TIMEOUT_S, only=["address"])
    assert [finding.check for finding in report.findings] == ["address.resolves", "address.public"]
    assert server.connections == 0


def test_a_broken_step_before_it_is_told_as_well(make_target: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    report = check_system(make_target(port), TIMEOUT_S, only=["ssh.login"])
    assert [(finding.check.partition("@")[0], finding.code) for finding in report.findings] == [
        ("tcp", "refused"),
        ("ssh.login", "not-reached"),
    ]


def test_what_is_in_our_way_is_one_unknown_finding(ssh_server: Any, make_target: Any) -> None:
    server = ssh_server()
    target = make_target(server.port, server.known_hosts_line())
    target.known_hosts.unlink()
    target.known_hosts.mkdir()
    report = check_system(target, TIMEOUT_S)
    assert [finding.check for finding in report.findings if finding.code == "could-not-look"] == ["walk"]
    assert str(target.known_hosts) in found(report)["walk"].seen
    assert found(report)["ssh.login"].evidence["needs"].startswith("ssh.host_key")
    assert server.passwords == []


def test_a_name_that_does_not_resolve_costs_no_other_one(serve: Any, make_target: Any) -> None:
    server = serve(banner_only)
    reports = sweep(
        [make_target(server.port, address="no-such-host.invalid"), make_target(server.port, address="localhost")],
        timeout_s=5,
    )
    assert found(reports[0])["address.resolves"].code in ("resolve-failed", "resolve-timeout")
    assert found(reports[1])["ssh.banner"].code == "ssh"
